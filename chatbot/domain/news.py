"""What happened to a project's production, whoever did it: what channels are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chatbot.domain.deployments import Deployment
from chatbot.domain.repositories import Repository


class Kind(StrEnum):
    """What is told of. A channel subscribes to `current`, which covers domain, release and gone as well, to
    `failed`, to `staged` and to `pinned`.
    """

    CURRENT = "current"
    DOMAIN = "domain"
    RELEASE = "release"
    FAILED = "failed"
    STAGED = "staged"
    PINNED = "pinned"
    GONE = "gone"

    @property
    def subscription(self) -> str:
        return "current" if self in {Kind.CURRENT, Kind.DOMAIN, Kind.RELEASE, Kind.GONE} else self.value


class How(StrEnum):
    """How Current moved, as far as it can be told."""

    BOT = "bot"
    PUSHED = "pushed"
    """A build got the domains by itself."""
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    RELEASED = "released"
    """By a rolling release that came to its end."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Who:
    """Who did it, as the platform or the git host calls them. `slack_user`: the same person here, where the mail
    address says so. An address is never kept.
    """

    name: str
    slack_user: str | None = None


@dataclass(frozen=True)
class Change:
    """`was` and `now` are what was Current before and after. `back`: where one click goes, and `bound` what that
    click is bound to (`Plan.core_fingerprint`). `while_away`: it happened while the bot was not running.
    `newer`: the commit that was Current was newer than the one that is now, and nobody rolled back.
    """

    id: str
    project_id: str
    project_name: str
    number: int
    kind: Kind
    how: How
    at: datetime
    noticed_at: datetime
    who: Who | None = None
    was: Deployment | None = None
    now: Deployment | None = None
    domains: tuple[str, ...] = ()
    repository: Repository | None = None
    pinned: bool = False
    back: Deployment | None = None
    bound: str | None = None
    operation_id: str | None = None
    while_away: bool = False
    newer: Deployment | None = None
    reason: str | None = None
