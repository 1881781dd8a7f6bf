"""Incidents: what they are about, and what happened in them."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_DUE = text("resolved_at IS NULL OR told_at IS NULL")


class Incident(SQLModel, table=True):
    """`detail` is a JSON text that storage does not read. A drill touches nothing real. `key` is the alert that
    opened it: the same one opens no second. `told_at`: its end was told; until then it is due.
    """

    __tablename__: ClassVar[str] = "incidents"
    __table_args__ = (
        UniqueConstraint("key", name="incidents_once"),
        Index("incidents_due", "look_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    id: str = Field(primary_key=True)
    key: str | None = None
    what: str
    channel: str
    ts: str | None = None
    opened_at: datetime
    opened_by: str
    is_drill: bool = False
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    told_at: datetime | None = None
    detail: str = "{}"
    look_at: datetime
    fence: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = None


class IncidentProject(SQLModel, table=True):
    """`place` is the order in which they were named, from 0."""

    __tablename__: ClassVar[str] = "incident_projects"
    __table_args__ = (Index("incident_projects_by_project", "project_id"),)

    incident_id: str = Field(primary_key=True)
    project_id: str = Field(primary_key=True)
    project_name: str
    place: int = 0


class IncidentEntry(SQLModel, table=True):
    """A line of the timeline, numbered from 1."""

    __tablename__: ClassVar[str] = "incident_entries"

    incident_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    kind: str
    actor: str
    detail: str
