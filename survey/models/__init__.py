"""The store's tables, in eight families; the privacy promises stand in them as constraints."""

from survey.models.answers import OUTCOMES, Decline, Held, Receipt, Response
from survey.models.base import Base, Moment
from survey.models.drafts import DRAFT_STATES, Draft, Publication
from survey.models.keys import SealingKey
from survey.models.messages import Message
from survey.models.observations import AgreedChange, Observation, RecordRelease
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

__all__ = [
    "BASES",
    "DESIGNS",
    "DEVICES",
    "DRAFT_STATES",
    "MODES",
    "ORIGINS",
    "OUTCOMES",
    "ROLES",
    "TIMINGS",
    "Account",
    "AgreedChange",
    "AuditEntry",
    "Base",
    "Budget",
    "Chart",
    "Decline",
    "Draft",
    "Entry",
    "Grant",
    "Held",
    "InstrumentVersion",
    "Job",
    "Message",
    "Moment",
    "Notice",
    "Observation",
    "Opening",
    "Organisation",
    "Participation",
    "Programme",
    "ProgrammeWave",
    "Publication",
    "Receipt",
    "RecordRelease",
    "Release",
    "ReleasedSitting",
    "Response",
    "SealingKey",
    "Setting",
    "SignIn",
    "Sitting",
    "Ticket",
]
