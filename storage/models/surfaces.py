"""Where else the bot is: App Home, what it is told in words, and steps of workflows."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


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
    """A step of a workflow that waits for its operation. `id` is Slack's function_execution_id."""

    __tablename__: ClassVar[str] = "workflow_runs"

    id: str = Field(primary_key=True)
    actor: str
    operation_id: str | None = None
    created_at: datetime
    completed_at: datetime | None = None
