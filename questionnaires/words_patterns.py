"""The words that the words check looks for, and how hard words are to read.

Lists, not code: whoever meets a word that children stumble over adds it here. All are matched without regard to case,
against English with straight apostrophes.
"""

from __future__ import annotations

import re


def _any(words: str, *, before: str = r"\b", after: str = r"\b") -> re.Pattern[str]:
    """A pattern for any of the phrases, one a line."""
    phrases = "|".join(line.strip() for line in words.strip().splitlines())
    return re.compile(f"{before}(?:{phrases}){after}", re.IGNORECASE)


UNQUOTED = {ord("’"): "'", ord("‘"): "'", **dict.fromkeys(map(ord, '“”„«»"'))}
"""Straight apostrophes and no quotation marks: a word in quotes is the same word."""
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
SENTENCE_END = re.compile(r"(?<=[.?!:;])\s+|\n+")
CLAUSE_END = re.compile(r",\s+(?=and\b|but\b|or\b)")

NEGATION = re.compile(
    r"\b(?:not|never|no|nobody|nothing|none|nowhere|neither|nor|without|hardly|cannot|disagree\w*|dis(?:like|trust)\w*"
    r"|un(?:able|comfortable|fair|happy|helpful|kind|likely|safe|sure|true|well|wanted|welcome|willing|worried)"
    r"|fail(?:s|ed)? to|\w+n't)\b",
    re.IGNORECASE,
)
NEGATIVE_STEM = re.compile(r"\b(?:not|never|nobody|nothing|none|cannot|\w+n't)\b", re.IGNORECASE)
YES = re.compile(r"(?:yes|no|true|false)\b")
AGREE = re.compile(r"\b(?:dis)?agree\b(?! to)", re.IGNORECASE)

ALLOWED_PAIRS = _any(
    r"""
    brothers? (?:and|or) sisters?
    boys? (?:and|or) girls?
    girls? (?:and|or) boys?
    girlfriends? (?:and|or) boyfriends?
    boyfriends? (?:and|or) girlfriends?
    mums? (?:and|or) dads?
    parents? (?:and|or) carers?
    he or she
    him or her
    his or her
    \w+ or (?:more|less|older|younger|over|under)
    more or less
    (?:one|two|three|once|twice) or (?:two|three|four|twice|more)
    """
)
"""Two words for one thing."""

_PARTICIPLES = (
    "asked|been|beaten|begun|bought|brought|built|called|caught|chosen|done|driven|drawn|eaten|fed|felt|forced|found"
    "|forgotten|given|gone|heard|held|hit|hurt|kept|known|laughed|led|left|let|lied|lost|made|meant|met|paid|put|read"
    "|said|seen|sent|sold|shown|shut|spoken|spread|stolen|taken|taught|thought|thrown|told|treated|understood|won"
    "|written"
)
_STATES = (
    "afraid|allowed|ashamed|bored|confused|concerned|divorced|embarrassed|excited|interested|married|need|pleased"
    "|prepared|scared|stressed|supposed|surprised|tired|upset|used|worried|disabled|relaxed|frightened|annoyed"
)
_NO_PARTICIPLES = "need|speed|indeed|hundred|red|bed|seed|feed|weed|shed|sled|naked|wicked|gifted|talented"
PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|am|get|gets|got|getting|\w+(?:'re|'m))"
    r"(?: (?:not|never|ever|often|always|being|also|\w+ly|you|they|he|she|it|we|i|anyone|someone|anybody|somebody))?"
    r"(?: (?:the|a|an|your|their|this|that|these|those) [a-z]+)?"
    rf" (?!(?:{_STATES})\b)(?:(?!(?:{_NO_PARTICIPLES})\b)[a-z]+ed|{_PARTICIPLES})\b"
    r"(?! (?:on to|to me that))",
    re.IGNORECASE,
)
"""A form of to be and a participle; what is felt rather than done (worried, tired) is no passive."""

IDIOMS = _any(
    r"""
    a piece of cake
    an arm and a leg
    at the end of the day
    back to square one
    (?:bark|barking)(?:s|ed)? up the wrong tree
    beat(?:s|ing)? (?:around|about) the bush
    big deal
    bite the bullet
    bl(?:ow|ew|own)(?:s|ing)? (?:over|off steam|your top)
    bottle[ds]? (?:it )?up
    break(?:s|ing)? the ice
    butterflies in
    by heart
    call it a day
    chill(?:s|ed|ing)? out
    c[ao]m(?:e|es|ing) of (?:it|this|that|what|your|their)
    cold feet
    cross(?:es|ed|ing)? the line
    cut(?:s|ting)? corners
    down in the dumps
    fall(?:s|ing)? (?:out with|apart)
    fed up
    feel(?:s|ing)? blue
    feel(?:s|ing)? (?:down|low|under the weather|on top of the world|like a fish out of water)
    fit(?:s|ting)? in
    freak(?:s|ed|ing)? out
    get(?:s|ting)? (?:away with|over it|cold feet|carried away|the hang of)
    get(?:s|ting)? (?:on|along) (?:well )?with
    get(?:s|ting)? to grips
    get(?:s|ting)? your head (?:round|around)
    give[ns]? up on
    go(?:es|ing)? with the flow
    hang(?:s|ing)? out
    have your back
    (?:heart|head) (?:sinks|is spinning|in the clouds)
    hit(?:s|ting)? the nail on the head
    in (?:hot water|over your head|two minds|good hands)
    in the loop
    in the same boat
    keep(?:s|ing)? an eye
    keep(?:s|ing)? (?:it|yourself) together
    keep(?:s|ing)? your chin up
    let(?:s|ting)? off steam
    let(?:s|ting)? the cat out of the bag
    let(?:s|ting)? (?:you|me|them|us) down
    look(?:s|ing)? (?:up to|down on)
    lose(?:s)? (?:your|their|my) (?:temper|head|cool|way)
    make(?:s)? ends meet
    mean(?:s)? the world to
    miss(?:es|ed)? the boat
    off the (?:hook|rails)
    on (?:edge|top of things|the same page|cloud nine)
    on the (?:fence|ball|right track|wrong track|line)
    once in a blue moon
    open(?:s|ing)? up to
    out of the blue
    out of (?:your depth|order|hand|line)
    over the moon
    pull(?:s|ing)? (?:yourself|myself|themselves) together
    pull(?:s|ing)? (?:your|my|their) weight
    push(?:es|ed|ing)? (?:your|my|their) buttons
    put(?:s|ting)? up with
    raining cats and dogs
    ring(?:s|ing)? a bell
    see(?:s|ing)? eye to eye
    sit(?:s|ting)? on the fence
    so[- ]so
    spill(?:s|ed)? the beans
    st(?:and|ands|anding|ood) by (?:you|me|him|her|us|them|each other)
    st(?:and|ands|anding|ood) by (?:a|your|their|my|his) (?:friend|brother|sister)s?
    stand(?:s|ing)? up for
    stand(?:s|ing)? your ground
    step(?:s|ping)? out of line
    stressed out
    take(?:s)? (?:it|things) (?:easy|on board|to heart|with a pinch of salt)
    take(?:s|n)? it out on
    t(?:ake|akes|aken|aking|ook) in (?:what|anything|everything|it all|all)
    (?:the )?ball is in (?:your|my|their) court
    the elephant in the room
    the last straw
    think(?:s|ing)? outside the box
    through thick and thin
    tip of the iceberg
    turn(?:s|ed|ing)? a blind eye
    under (?:the weather|pressure)
    up to scratch
    walk(?:s|ing)? on eggshells
    weight off (?:your|my|their) (?:shoulders|mind|chest)
    """
)

_COLOURS = "red|amber|orange|yellow|green|blue|purple|pink|grey|gray|black|white"
SENSES = re.compile(
    rf"\b(?:the (?:{_COLOURS}) \w+"
    r"|(?:on|to) the (?:left|right)(?: hand)?(?: side)?"
    r"|(?:shown|listed|see|look) (?:above|below|opposite)|(?:picture|box|list|button|answer)s? (?:above|below)"
    r"|the (?:above|below|following|bottom|top|round|square|big|small) (?:picture|box|list|button|face|answer|question)s?"
    r"|(?:click|tap|swipe|touch|scroll|press the key|listen to (?!what|you|them)|as you (?:can )?(?:see|hear)"
    r"|look at the (?:colou?r|picture))"
    r")\b",
    re.IGNORECASE,
)

BLAME = _any(
    r"""
    put(?:s|ting)? (?:\w+sel(?:f|ves)) (?:at|in)(?: \w+)? (?:risk|danger)
    say(?:ing)? '?no
    stay(?:s|ed|ing)? safe
    (?:good|bad|right|wrong|better|safe|safer|risky|poor|healthy|positive|sensible|smart) (?:choice|decision|lifestyle)s?
    keep(?:ing)? (?:yourself|themselves|myself|ourselves) safe
    lifestyle choices?
    (?:risky|risk-taking|inappropriate|promiscuous|sexualised) (?:behaviours?|clothes|clothing|lifestyles?)
    attention[- ]seeking
    ask(?:ed|ing|s)? for it
    (?:allow|let)(?:s|ed|ting|ing)? (?:it|this|that|them|him|her) (?:to )?happen
    (?:should|could) have (?:known|said|told|stopped|left|resisted|avoided)
    why (?:didn't|did not|don't|do not) (?:you|they)
    (?:your|their) own (?:choice|doing)
    (?:easily led|streetwise|street smart|promiscuous|provocative|provoked? (?:it|him|her|them)|consented to abuse)
    child prostitut\w+
    resist(?:s|ed|ing)? (?:peer )?pressure
    avoid(?:s|ed|ing)? (?:becoming a victim|being (?:abused|exploited|groomed|bullied))
    """
)

SENSITIVE = _any(
    r"""
    hits?
    hitting
    hurt(?:s|ing)?
    (?:self-)?harm(?:s|ed|ing)?
    kick(?:s|ed|ing)? (?:you|me)
    (?:punch|slap|push)(?:es|s|p?ed|p?ing)? (?:you|me)
    beat(?:s|en|ing)? (?:you|me|up)
    touch(?:es|ed|ing)
    nudes?
    naked
    undress\w*
    sex(?:ual\w*|ting)
    (?:have|has|had|having) sex
    private parts
    drugs?
    cannabis
    cocaine
    alcohol
    drunk
    cut(?:ting)? (?:yourself|myself)
    suicid\w*
    kill(?:s|ed|ing)? (?:you|me|yourself|myself)
    want(?:ed)? to die
    abus\w+
    rape[ds]?
    force[ds]? (?:you|me)
    threat\w*
    blackmail\w*
    bull(?:y|ies|ied|ying)
    violen\w+
    weapons?
    kni(?:fe|ves)
    gangs?
    pregnan\w+
    (?:run|ran|running) away
    arrest\w*
    (?:scared|afraid|frightened) of
    (?:safe|unsafe|hurt|happen(?:s|ed|ing)?|afraid|scared)(?:\W+\w+){0,6}\W+at home
    at home(?:\W+\w+){0,6}\W+(?:safe|unsafe|hurt|happen(?:s|ed|ing)?|afraid|scared)
    """
)
"""What a question about harm to whoever answers is likely to say."""

_DONE = (
    "argue|bet|bully|buy|cry|drink|eat|exercise|fight|gamble|go|hit|hurt|meet|miss|play|run|send|share|skip|sleep|smoke"
    "|steal|stay out|take|text|truant|use|vape"
)
"""What somebody does again and again: asked without a time, nobody knows which time is meant."""
ASKS_OF_TIME = re.compile(
    r"\b(?:how often|how many (?:times|days|hours)|how much time|have you (?!ever\b)|has (?:anyone|anybody|someone|somebody|a)\b"
    r"|(?:did|was) (?:anyone|anybody|someone|somebody)\b|do you (?:usually |often )?feel\b|did you feel\b"
    rf"|did you (?:{_DONE})\b"
    r"|how (?:do|did|have) you (?:feel|felt|been)|i (?:feel|felt|have been|have felt|worry|worried)\b)",
    re.IGNORECASE,
)
TIME_FRAME = re.compile(
    r"\b(?:(?:this|last|past|next|each|every|a|per|school) (?:\d+ |two |few )?"
    r"(?:morning|afternoon|evening|day|week|weekend|month|term|year)s?"
    r"|(?:last|past) (?:time|\w+ (?:days|weeks|months|years))|today|yesterday|tonight|now|currently|at the moment"
    r"|since|ever|during|before|after|when|while|in these questions|if)\b",
    re.IGNORECASE,
)

_GOOD = (
    "agree|excellent|good|great|brilliant|fantastic|satisfied|happy|safe|easy|likely|important|useful|helpful|better|clear"
    "|comfortable|confident|positive|fair(?=ly treated)|enjoyable|interesting|kind"
)
_BAD = (
    "disagree|poor|bad|awful|terrible|dissatisfied|unsatisfied|unhappy|sad|unsafe|difficult|hard|unlikely|unimportant"
    "|useless|unhelpful|worse|unclear|uncomfortable|negative|boring|unkind|dangerous"
)
POLES = {
    "good": re.compile(rf"\b(?:{_GOOD})\b", re.IGNORECASE),
    "bad": re.compile(rf"\b(?:{_BAD})\b", re.IGNORECASE),
}


def reading_grade(words: str) -> float:
    """Flesch-Kincaid's grade: years of schooling in the United States; add five for an age. A guess by counting."""
    sentences = [one for one in SENTENCE_END.split(words) if WORD.search(one)]
    found = [word for one in sentences for word in WORD.findall(one)]
    if not found:
        return 0.0
    syllables = sum(_syllables(word.lower()) for word in found)
    return 0.39 * len(found) / len(sentences) + 11.8 * syllables / len(found) - 15.59


def _syllables(word: str) -> int:
    count = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ye")) and count > 1
    dumb_ed = word.endswith("ed") and word[-3:-2] not in ("t", "d") and count > 1
    return max(1, count - (silent or dumb_ed))
