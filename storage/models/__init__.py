"""The tables. Datetimes are UTC-aware, and naive ones are refused (SQLModel's UTCDateTime).

`table=True` models do not validate: states and paths are held by CHECKs, everything else at the edge.
"""

from storage.models.audit import AuditEntry
from storage.models.channels import Announcement, Mention, Quiet, Subscription
from storage.models.incidents import Incident, IncidentEntry, IncidentProject
from storage.models.operations import (
    ACTIVE,
    Answer,
    Confirmation,
    Operation,
    OperationPath,
    OperationState,
)
from storage.models.surfaces import Glance, Heard, Home, WorkflowRun
from storage.models.watching import Change, Delivery, Lease, Pin, Production, Reminder

__all__ = [
    "ACTIVE",
    "Announcement",
    "Answer",
    "AuditEntry",
    "Change",
    "Confirmation",
    "Delivery",
    "Glance",
    "Heard",
    "Home",
    "Incident",
    "IncidentEntry",
    "IncidentProject",
    "Lease",
    "Mention",
    "Operation",
    "OperationPath",
    "OperationState",
    "Pin",
    "Production",
    "Quiet",
    "Reminder",
    "Subscription",
    "WorkflowRun",
]
