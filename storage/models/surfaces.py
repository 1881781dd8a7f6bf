"""Where else the bot is: App Home, what it is told in words, and steps of workflows."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

RUNS = text("completed_at IS NULL")


class Home(SQLModel, table=True):
    """Somebody's App Home as it was last looked at, with what they search for there, and the page.

    Slack does not tell when it is closed: `opened_at` is when it was last opened or touched. `may_act` and `because`
    are what that person might do then (the click asks again). `shown` names the state of things that it was last
    published with, at `shown_at`; whoever publishes it next has the lease, and grows `fence`. `hash` is Slack's of
    what it shows.
    """

    __tablename__: ClassVar[str] = "homes"
    __table_args__ = (Index("homes_opened", "opened_at"),)

    user_id: str = Field(primary_key=True)
    opened_at: datetime
    search: str = ""
    page: int = 0
    may_act: bool = False
    because: str = ""
    shown: str = ""
    shown_at: datetime | None = None
    hash: str | None = None
    fence: int = 0
    lease_until: datetime | None = None


class Glance(SQLModel, table=True):
    """What was looked at of a project for App Home, besides what the watcher sees. Both are JSON texts.

    `visits` is what was met at its domains at `visited_at`. `way` is where one click goes back from `way_from`, which
    names what production was then.
    """

    __tablename__: ClassVar[str] = "glances"

    project_id: str = Field(primary_key=True)
    visited_at: datetime | None = None
    visits: str = "[]"
    way_from: str | None = None
    way: str | None = None


class Heard(SQLModel, table=True):
    """An event that was taken, by Slack's event_id: delivered again it is left."""

    __tablename__: ClassVar[str] = "heard"
    __table_args__ = (Index("heard_by_time", "at"),)

    id: str = Field(primary_key=True)
    at: datetime


class WorkflowRun(SQLModel, table=True):
    """A step of a workflow, until it is completed. `id` is Slack's function_execution_id.

    `wanted` names a deployment, `channel` is where its operation is told. It waits for a click on `confirmation_id`,
    whose card is message `card_ts` of `card_channel`, and then for `operation_id`. `look_at` is when somebody has to
    look at it; whoever does moves it on first.
    """

    __tablename__: ClassVar[str] = "workflow_runs"
    __table_args__ = (
        Index("workflow_runs_due", "look_at", sqlite_where=RUNS, postgresql_where=RUNS),
        Index("workflow_runs_by_confirmation", "confirmation_id"),
        Index("workflow_runs_by_operation", "operation_id"),
    )

    id: str = Field(primary_key=True)
    actor: str
    wanted: str
    channel: str
    reason: str | None = None
    confirmation_id: str | None = None
    card_channel: str | None = None
    card_ts: str | None = None
    operation_id: str | None = None
    created_at: datetime
    look_at: datetime
    completed_at: datetime | None = None
