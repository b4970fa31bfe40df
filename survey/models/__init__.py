"""The store's tables, in eleven families; the privacy promises stand in them as constraints."""

from survey.models.answers import OUTCOMES, Decline, Held, OpenedCount, Receipt, Response
from survey.models.base import Base, Moment
from survey.models.cases import ALERT_STATES, Alert, Case
from survey.models.drafts import DRAFT_STATES, Draft, Publication
from survey.models.keys import SealingKey
from survey.models.messages import Message
from survey.models.observations import AgreedChange, Observation, RecordRelease
from survey.models.pauses import Pause
from survey.models.people import BASES, ROLES, Account, AuditEntry, Budget, Grant, Notice, Organisation, SignIn
from survey.models.programmes import (
    DESIGNS,
    DEVICES,
    MODES,
    ORIGINS,
    TIMINGS,
    Entry,
    InstrumentVersion,
    Opening,
    Participation,
    Programme,
    ProgrammeWave,
    Setting,
    Sitting,
    Ticket,
)
from survey.models.releases import Chart, Job, Release, ReleasedSitting
from survey.models.sheets import PaperBatch, PaperSheet
from survey.models.talks import TALK_STATES, TalkEnvelope, TalkSlip
from survey.models.words import (
    CHOSEN_READERS,
    DECISIONS,
    DUTY_TASKS,
    REMARK_STATES,
    Duty,
    Envelope,
    PlantedNote,
    ReaderKey,
    Remark,
)

__all__ = [
    "ALERT_STATES",
    "BASES",
    "CHOSEN_READERS",
    "DECISIONS",
    "DESIGNS",
    "DEVICES",
    "DRAFT_STATES",
    "DUTY_TASKS",
    "MODES",
    "ORIGINS",
    "OUTCOMES",
    "REMARK_STATES",
    "ROLES",
    "TALK_STATES",
    "TIMINGS",
    "Account",
    "AgreedChange",
    "Alert",
    "AuditEntry",
    "Base",
    "Budget",
    "Case",
    "Chart",
    "Decline",
    "Draft",
    "Duty",
    "Entry",
    "Envelope",
    "Grant",
    "Held",
    "InstrumentVersion",
    "Job",
    "Message",
    "Moment",
    "Notice",
    "Observation",
    "OpenedCount",
    "Opening",
    "Organisation",
    "PaperBatch",
    "PaperSheet",
    "Participation",
    "Pause",
    "PlantedNote",
    "Programme",
    "ProgrammeWave",
    "Publication",
    "ReaderKey",
    "Receipt",
    "RecordRelease",
    "Release",
    "ReleasedSitting",
    "Remark",
    "Response",
    "SealingKey",
    "Setting",
    "SignIn",
    "Sitting",
    "TalkEnvelope",
    "TalkSlip",
    "Ticket",
]
