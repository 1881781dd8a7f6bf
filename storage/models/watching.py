"""What is seen of production: what serves now, each change of it, and who looks."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_UNSETTLED = text("settle_at IS NOT NULL")


class Production(SQLModel, table=True):
    """A project as it was last seen. `seen` is a JSON text that storage does not read.

    `number` is that of its newest change: whoever records the next one names it, and the second of two who saw
    the same changes nothing. `gone_at`: the platform knows the project no more.
    """

    __tablename__: ClassVar[str] = "production"
    __table_args__ = (Index("production_by_number", "number"),)

    project_id: str = Field(primary_key=True)
    project_name: str
    number: int = 0
    current_id: str | None = None
    pinned: bool = False
    seen: str
    seen_at: datetime
    gone_at: datetime | None = None


class Change(SQLModel, table=True):
    """One thing that happened to a project's production, numbered from 1 in each project without gaps.

    `key` says what it is about, so that it is recorded once. `at` is when it happened as far as that is known,
    `noticed_at` when the bot saw it. `how` and `who` are words of the domain; `detail` is a JSON text, which
    storage does not read. `operation_id`: the bot's own doing. `settle_at`: when it is next looked at whether the
    messages from before have lost their buttons; empty once they have.
    """

    __tablename__: ClassVar[str] = "changes"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('current', 'domain', 'release', 'failed', 'staged', 'pinned', 'gone', 'renamed')",
            name="changes_kind",
        ),
        UniqueConstraint("project_id", "number", name="changes_numbered"),
        UniqueConstraint("key", name="changes_once"),
        Index("changes_by_time", "noticed_at"),
        Index("changes_unsettled", "settle_at", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
    )

    id: str = Field(primary_key=True)
    project_id: str
    project_name: str
    number: int
    kind: str
    key: str
    from_id: str | None = None
    to_id: str | None = None
    how: str
    who: str | None = None
    operation_id: str | None = None
    at: datetime
    noticed_at: datetime
    detail: str
    settle_at: datetime | None = None


class Delivery(SQLModel, table=True):
    """A webhook that was taken: its id is known, so that the same one again is left.

    `at` is when the platform says it happened; `detail` a JSON text, which storage does not read. `looked_at`:
    somebody has looked at the project since.
    """

    __tablename__: ClassVar[str] = "deliveries"
    __table_args__ = (
        Index("deliveries_by_time", "received_at"),
        Index("deliveries_of_project", "project_id", "at"),
    )

    id: str = Field(primary_key=True)
    event: str
    project_id: str | None = None
    at: datetime
    detail: str
    received_at: datetime
    looked_at: datetime | None = None


class Lease(SQLModel, table=True):
    """A task that one process among all replicas has at a time. `fence` grows with every holder."""

    __tablename__: ClassVar[str] = "leases"

    name: str = Field(primary_key=True)
    owner: str
    until: datetime
    fence: int = 0


class Pin(SQLModel, table=True):
    """Production that an instant rollback has pinned, until it is `over_at`.

    `by` as in the audit log, or `vercel:` and the platform's name for somebody. `channel` is where the bot was asked
    for that rollback. `quiet_until`: somebody keeps it so on purpose. `look_at` is when its reminders are next to be
    shown; None once its end is told. `looked_at` is when somebody last set about that.
    """

    __tablename__: ClassVar[str] = "pins"
    __table_args__ = (Index("pins_due", "look_at"),)

    project_id: str = Field(primary_key=True)
    project_name: str
    since: datetime
    by: str | None = None
    why: str | None = None
    channel: str | None = None
    quiet_until: datetime | None = None
    kept_by: str | None = None
    look_at: datetime | None = None
    looked_at: datetime | None = None
    over_at: datetime | None = None
    fence: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = None


class Reminder(SQLModel, table=True):
    """The one message about a pin in a channel; it is updated."""

    __tablename__: ClassVar[str] = "reminders"

    project_id: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    ts: str
    shown_at: datetime
