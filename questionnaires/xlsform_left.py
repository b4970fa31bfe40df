"""What of an XLSForm Heard has no use for, and what to do instead.

Each type and each column that is not kept has its own advice, so that nobody is told only that something is missing.
"""

from __future__ import annotations

from questionnaires.kinds import PICTURES

NO_SURVEY = (
    "name the sheet with the questions survey, beside it choices and settings; or write one sheet with the columns Question,"
    " Answer 1, Answer 2 and so on. A filled example of each stands where files are brought in: /staff/questionnaires/new"
)
OTHER_TYPE = "use one choice, several choices or a whole number"
TYPES_LEFT_OUT = {
    "metadata": "nothing: Heard stores nothing about the device or the moment",
    "calculate": "nothing is worked out while children answer: figures are made afterwards",
}
METADATA = frozenset(
    {"start", "end", "today", "deviceid", "device_id", "username", "phonenumber", "phone_number", "email", "simserial"}
    | {"subscriberid", "audit", "start-geopoint", "background-audio", "background-geopoint", "hidden"}
)
COLUMNS_LEFT_OUT = {
    "appearance": "how it looks is the same for everybody in Heard",
    "required": "every question may be skipped in Heard",
    "constraint": "give a whole number its range as: . >= 0 and . <= 20",
    "constraint_message": "Heard has its own words for a number out of range",
    "required_message": "every question may be skipped in Heard",
    "relevant": "write it as ${earlier} = 'answer', joined by `or` about one earlier question",
    "calculation": "nothing is worked out while children answer",
    "choice_filter": "write the options of each case as an item of its own",
    "default": "nothing is chosen beforehand in Heard",
    "read_only": "every question can be answered in Heard",
    "repeat_count": "Heard asks each question once",
    "parameters": "remove it",
    "guidance_hint": "put it into the hint",
    "trigger": "remove it",
}
OTHER_SOUNDS = (
    "name a recording of the question such as know_who.opus (small letters, digits, - and _; .mp3, .ogg, .opus or .m4a), in"
    " English and in each language that has one; whoever runs this installation puts the file beside the others"
)
OTHER_FILMS = "say it in words, or record it as a sound: Heard shows no films"
MEDIA_LEFT_OUT = {"audio": OTHER_SOUNDS, "video": OTHER_FILMS}
OTHER_PICTURES = f"Heard has its own drawings only ({', '.join(PICTURES)}): name one of them, or say it in words"
