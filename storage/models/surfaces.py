"""Where else the bot is: App Home, and steps of workflows."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel


class Home(SQLModel, table=True):
    """Somebody's App Home as it was last looked at. Slack does not tell when it is closed."""

    __tablename__: ClassVar[str] = "homes"

    user_id: str = Field(primary_key=True)
    opened_at: datetime
    search: str = ""
    page: int = 0


class WorkflowRun(SQLModel, table=True):
    """A step of a workflow that waits for its operation. `id` is Slack's function_execution_id."""

    __tablename__: ClassVar[str] = "workflow_runs"

    id: str = Field(primary_key=True)
    actor: str
    operation_id: str | None = None
    created_at: datetime
    completed_at: datetime | None = None
