"""Where else the bot is: App Home, what it is told in words, and steps of workflows."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

RUNS = text("completed_at IS NULL")


class Home(SQLModel, table=True):
    """Somebody's App Home as it was last looked at. Slack does not tell when it is closed."""

    __tablename__: ClassVar[str] = "homes"

    user_id: str = Field(primary_key=True)
    opened_at: datetime
    search: str = ""
    page: int = 0


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
