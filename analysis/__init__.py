"""Numbers about groups of people: what was counted, how sure it is, and what of it may be shown.

A leaf: it knows neither the web, nor the database, nor the questionnaires. Work flows one way through it:

    tables -> (proportions, change, clustering, scales ...) -> Estimate -> disclosure -> Released -> charts

Checked against published and simulated figures, but not yet used by a page: agreement, crossings, linking, ordinal, overlap,
printed, scales, scores, series and weighting (and `questionnaires.scores` and `scoring`, which would feed them).

Where to look
-------------
shares          proportions: Wilson, exact, simultaneous, by schools; bounds for the silent
change          change: everybody by schools (the headline), pairs, McNemar; comparison: arms and baselines
ordered pairs   ordinal: signed-rank, improvement, margins, symmetry, floor and ceiling; tables: up, same, down
scores          scores: t, standardised change, equivalence; overlap: partly linked; printed: others' tables
schools         clustering: CR2 with Satterthwaite, contrasts, intraclass correlation; weighting: strata, raking
people          reliable_change: indices, cut-offs, categories, drift; rates: events over time at risk
scales, coders  scales: scoring, alpha, omega, error; agreement: kappa, Krippendorff, raters
time and place  trends: XmR, p, p-prime; funnel; headlines: many findings at once; linking: cards and codes

Glossary
--------
code        one byte that stands for one answer; 252 to 255 are the four kinds of absence
wave        before, after or follow-up
base        the people a figure is about, after exclusions: exclude first, count second
agreed      how many of the base gave the answer the programme agreed to look for
share       agreed / base, a fraction from 0 to 1 here; whole percentages only past the gate
change      share after minus share before, as a fraction; *points* (in every 100) past the gate
pair        the answers of one person before and after
moves       of the pairs: how many went up, stayed, went down
school      the cluster: intervals treat schools, not pupils, as what was drawn by chance
estimate    a value with interval, n, method and design; never a bare number
group       a set of people (never an item's base)
breakdown   all people of a release split into groups by one thing about them
remainder   the people in a total who are in none of its shown groups
released    past the gate: shown, or suppressed with a reason
"""
