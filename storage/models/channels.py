"""Who hears what: subscriptions, the outbox of announcements, and who wants to be mentioned."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

CLOSED = text("closed_at IS NOT NULL")
POSTED = text("posted_at IS NOT NULL")
WAITS = text("posted_at IS NULL AND given_up_at IS NULL")
HAS_BUTTONS = text("posted_at IS NOT NULL AND retired_at IS NULL")


class Subscription(SQLModel, table=True):
    """What a channel hears of a project; `*` is all projects. `closed_at`: the channel takes nothing from the bot,
    `why` as Slack calls it, which whoever subscribed was told once at `said_at`.
    """

    __tablename__: ClassVar[str] = "subscriptions"
    __table_args__ = (
        Index("subscriptions_by_project", "project_id"),
        Index("subscriptions_closed", "channel", sqlite_where=CLOSED, postgresql_where=CLOSED),
    )

    channel: str = Field(primary_key=True)
    project_id: str = Field(primary_key=True)
    project_name: str
    current: bool = True
    failed: bool = False
    staged: bool = False
    pinned: bool = False
    created_at: datetime
    created_by: str
    closed_at: datetime | None = None
    why: str | None = None
    said_at: datetime | None = None


class Announcement(SQLModel, table=True):
    """The outbox: one change for one channel (or person), posted once. `id` is the message's client_msg_id. `place` is
    the conversation with a person in which it stands.

    Those of one project go to a channel in the order of `number`. `retired_at`: its buttons are gone, since
    production has moved on, or it never had any.
    """

    __tablename__: ClassVar[str] = "announcements"
    __table_args__ = (
        UniqueConstraint("change_id", "channel", name="announcements_once"),
        Index("announcements_due", "look_at", sqlite_where=WAITS, postgresql_where=WAITS),
        Index(
            "announcements_in_order",
            "project_id",
            "channel",
            "number",
            sqlite_where=WAITS,
            postgresql_where=WAITS,
        ),
        Index(
            "announcements_with_buttons",
            "project_id",
            "number",
            sqlite_where=HAS_BUTTONS,
            postgresql_where=HAS_BUTTONS,
        ),
        Index("announcements_lately", "posted_at", "channel", sqlite_where=POSTED, postgresql_where=POSTED),
        Index("announcements_leased", "lease_until", "channel", sqlite_where=WAITS, postgresql_where=WAITS),
    )

    id: str = Field(primary_key=True)
    change_id: str
    project_id: str
    number: int
    channel: str
    created_at: datetime
    look_at: datetime
    attempts: int = 0
    ts: str | None = None
    place: str | None = None
    posted_at: datetime | None = None
    given_up_at: datetime | None = None
    why: str | None = None
    retired_at: datetime | None = None
    fence: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = None


class Mention(SQLModel, table=True):
    """Somebody who wants to be mentioned by what production changes of theirs do."""

    __tablename__: ClassVar[str] = "mentions"

    user_id: str = Field(primary_key=True)
    since: datetime


class Quiet(SQLModel, table=True):
    """Somebody who does not want to be told directly of merges of theirs that do not go live."""

    __tablename__: ClassVar[str] = "quiet"

    user_id: str = Field(primary_key=True)
    since: datetime
