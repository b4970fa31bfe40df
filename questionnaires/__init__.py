"""What is asked, and what an answer means.

This package knows questionnaires and nothing else: no web, no database, no arrays. Its words, used the same way
everywhere in Heard:

instrument   a questionnaire as published: a key and a version; never edited afterwards
page         questions that belong together under one title
item         one question; its key is also the name of its form field and of its column
kind         how an item is put and answered: one of several, a scale, 0 to 10, things to sort, and so on
part         one thing of an item that is sorted into boxes, or one goal: answered by itself
version      an item in other words (plain, easy read, audio): the same key, the same answers
option       one permitted answer of an item, with the code that is stored for it
absence      a reason why there is no answer: not asked, left blank, don't know, rather not say; never a scale point
condition    "asked only if an earlier item was answered by one of these options"
scale        items scored together by one rule
measure      what an item tells about one respondent: which answers agree with what the programme teaches
codebook     the ordered columns of an instrument: the same in store, CSV, SPSS and analysis
wave         when it is asked: before, after, follow-up; or T1 to Tn in a service
band         ages that are asked alike: 8-10, 11-13, 14-17, 18-25
mode         private (no name is asked, ticks are added up) or linked (a worker holds the key and sees the answers)
sitting      one supervised occasion: in a group, or one to one
trial        children a question was tried with, and what was changed after that
framework    domains of outcomes that are wanted, the indicators that would show them, the measures that feed those
cell         a place on a scorecard: one indicator, one measure, one rater, one timing
key          of a published measure: positions, reversals, tables, norms, cut-offs; numbers only, each with its source
coding       which number stands for which answer of a published measure
threshold    a change of a score that is more than error; at least, or more than
permission   what an organisation may do with the words of a published measure
fault        one thing wrong with an instrument or its file, with the way to mend it
"""
