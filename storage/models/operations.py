"""What people asked for: confirmations, and operations with the lease of whoever carries them out."""

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

OperationPath: TypeAlias = Literal[
    "promote", "rebuild", "redeploy", "rollback", "advance", "complete", "abort"
]
OperationState: TypeAlias = Literal[
    "waiting",
    "requested",
    "outdated",
    "asked",
    "building",
    "moving",
    "queued",
    "unsure",
    "succeeded",
    "staged",
    "partly_moved",
    "failed",
    "unknown",
    "superseded",
    "cancelled",
]
Answer: TypeAlias = Literal["confirmed", "cancelled", "replaced"]

ACTIVE = text("finished_at IS NULL AND state NOT IN ('waiting', 'queued')")
_DUE = text("finished_at IS NULL OR told_at IS NULL OR watch_until IS NOT NULL")


class Operation(SQLModel, table=True):
    """One requested change to production, and the lease of whoever carries it out.

    `plan` and `outcome` are JSON texts that storage does not read. `fence` grows with every claim; a write
    names the fence it was claimed with. `look_at` is when the next step is due. `asked_at` is written before
    the platform is asked; a rebuild may ask once more: `promote_asked_at`, and so may the wish to keep
    auto-assignment off: `keep_off_asked_at`. An operation leaves the queue once it is finished and `told_at`
    says that its end was told; `ended_by`: somebody gave it up, or took its place; `retired_at`: its buttons are
    gone, since production has moved on. While there is a `watch_until`, an unknown outcome is looked for on.

    One operation of a project is active at a time. Others may wait: for their turn (`in_line_since`), or, while
    that is empty, for their build. What the platform has queued behind a rolling release is not active either.
    """

    __tablename__: ClassVar[str] = "operations"
    __table_args__ = (
        CheckConstraint(
            "path IN ('promote', 'rebuild', 'redeploy', 'rollback', 'advance', 'complete', 'abort')",
            name="operations_path",
        ),
        CheckConstraint(
            "state IN ('waiting', 'requested', 'outdated', 'asked', 'building', 'moving', 'queued', 'unsure', "
            "'succeeded', 'staged', 'partly_moved', 'failed', 'unknown', 'superseded', 'cancelled')",
            name="operations_state",
        ),
        Index(
            "operations_one_active_per_project",
            "project_id",
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
        Index(
            "operations_due",
            "look_at",
            sqlite_where=_DUE,
            postgresql_where=_DUE,
        ),
        Index("operations_by_project", "project_id", "created_at"),
        Index("operations_by_time", "created_at"),
    )

    id: str = Field(primary_key=True)
    project_id: str
    project_name: str
    path: str
    target_id: str
    from_id: str | None = None
    build_id: str | None = None
    plan: str
    fingerprint: str
    state: str = "requested"
    actor: str
    channel: str
    reason: str | None = None
    created_at: datetime
    in_line_since: datetime | None = None
    asked_at: datetime | None = None
    promote_asked_at: datetime | None = None
    keep_off_asked_at: datetime | None = None
    accepted_at: datetime | None = None
    finished_at: datetime | None = None
    told_at: datetime | None = None
    retired_at: datetime | None = None
    ended_by: str | None = None
    watch_until: datetime | None = None
    outcome: str | None = None
    message_ts: str | None = None
    announcement_ts: str | None = None
    fence: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = None
    look_at: datetime


class Confirmation(SQLModel, table=True):
    """A plan shown to one person, waiting for one click. `plan` is a JSON text that storage does not read."""

    __tablename__: ClassVar[str] = "confirmations"
    __table_args__ = (
        CheckConstraint("answer IN ('confirmed', 'cancelled', 'replaced')", name="confirmations_answer"),
        CheckConstraint(
            "(used_at IS NULL) = (used_by IS NULL) AND (used_at IS NULL) = (answer IS NULL)",
            name="confirmations_used_at_once",
        ),
        Index("confirmations_by_expiry", "expires_at"),
    )

    id: str = Field(primary_key=True)
    created_at: datetime
    expires_at: datetime
    actor: str
    channel: str
    project_id: str
    project_name: str
    fingerprint: str
    plan: str
    used_at: datetime | None = None
    used_by: str | None = None
    answer: str | None = None
