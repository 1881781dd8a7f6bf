"""Production that an instant rollback has pinned: when people are reminded of it, and of what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.domain.deployments import Deployment, Project, State, state_of
from chatbot.domain.news import Change, How, Kind
from chatbot.errors import Refusal

FIRST = timedelta(hours=3)
AGAIN = timedelta(days=1)
KEPT = timedelta(hours=4)
"""How long *Keep 4 h more* lasts."""


@dataclass(frozen=True)
class Pinning:
    """`by` as in the audit log, or a name that is none of Slack's behind a colon. `waiting` are the builds that did
    not go live, the newest first. `channel`: where the bot was asked for the rollback. `kept_until`: somebody keeps
    it so on purpose.
    """

    project_id: str
    project_name: str
    since: datetime
    by: str | None = None
    why: str | None = None
    current: Deployment | None = None
    waiting: tuple[Deployment, ...] = ()
    channel: str | None = None
    kept_by: str | None = None
    kept_until: datetime | None = None


@dataclass(frozen=True)
class Unpinned:
    """How it ended. `by`: who made `current` Current, where that is known. `gone`: the project is deleted."""

    project_id: str
    project_name: str
    since: datetime
    over_at: datetime
    current: Deployment | None = None
    by: str | None = None
    gone: bool = False


@dataclass(eq=False)
class NoLongerPinned(Refusal):
    """There is nothing to keep."""

    project_name: str


def author_to_tell(change: Change) -> str | None:
    """The Slack user whose own push stays Staged because of a rollback, where it is known who that is."""
    is_held_back = change.kind is Kind.STAGED and change.pinned and change.how is How.PUSHED
    return change.who.slack_user if is_held_back and change.who else None


def not_live(project: Project, builds: Iterable[Deployment]) -> tuple[Deployment, ...]:
    """Production builds that are ready, newer than Current, and have never served."""
    current = project.current
    found = [
        d
        for d in builds
        if state_of(d, current.id if current else None) is State.STAGED
        and (current is None or d.created_at > current.created_at)
        and not d.deleted
    ]
    return tuple(sorted(found, key=lambda d: d.created_at, reverse=True))


def is_due(since: datetime, now: datetime) -> bool:
    """Whether it has lasted long enough to remind anybody of it."""
    return now >= since + FIRST


def next_reminder(since: datetime, kept_until: datetime | None, now: datetime) -> datetime:
    """After 3 h, then daily; not as long as somebody keeps it on purpose, and as soon as that is over."""
    if kept_until is not None and kept_until > now:
        return kept_until
    if not is_due(since, now):
        return since + FIRST
    return now + AGAIN - (now - since - FIRST) % AGAIN
