"""The audit log."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class AuditEntry(SQLModel, table=True):
    """One fact. `storage.audit.append` writes it; triggers refuse every change (migration 0001).

    `seq` starts at 1 and has no gaps. `actor` reads like "slack:U123", "cli:ana" or "bot".
    `detail` is the text of a canonical JSON object; `body` the exact text that `hash` (SHA-256, hex) is of.
    """

    __tablename__: ClassVar[str] = "audit"
    __table_args__ = (
        UniqueConstraint("operation_id", "action", name="audit_once_per_operation"),
        UniqueConstraint("prev", name="audit_no_fork"),
        Index("audit_by_project", "project", "seq"),
        Index("audit_by_actor", "actor", "seq"),
        Index("audit_by_time", "at", "seq"),
        Index("audit_by_project_and_actor", "project", "actor", "seq"),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    action: str
    actor: str
    project: str | None = None
    operation_id: str | None = None
    channel: str | None = None
    detail: str
    body: str
    prev: str
    hash: str
