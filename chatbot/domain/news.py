"""What happened to a project's production, whoever did it: what channels are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chatbot.domain.deployments import Deployment
from chatbot.domain.releases import RollingRelease
from chatbot.domain.repositories import Repository


class Kind(StrEnum):
    """What is told of. A channel subscribes to `current`, which covers domain, release, gone and renamed as well,
    to `failed`, to `staged` and to `pinned`.

    DOMAIN: `domains` serve `now`, and Current has not moved; where `now` is Current they serve it again.
    PINNED: `pinned` says which way it went. RELEASE: `release` as it stands and the `step` it took; a complete
    one is a change of Current.
    """

    CURRENT = "current"
    DOMAIN = "domain"
    RELEASE = "release"
    FAILED = "failed"
    STAGED = "staged"
    PINNED = "pinned"
    GONE = "gone"
    RENAMED = "renamed"

    @property
    def subscription(self) -> str:
        return self.value if self in {Kind.FAILED, Kind.STAGED, Kind.PINNED} else "current"


class Step(StrEnum):
    """What a rolling release did."""

    BEGUN = "begun"
    ADVANCED = "advanced"
    ABORTED = "aborted"


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
    click is bound to (`WayBack.bound`). `while_away`: it happened while the bot was not running.
    `newer`: the commit that was Current was newer than the one that is now, and nobody rolled back.
    `passing`: Current moved on before it was seen; the change after it has the newer state. `along`: a change of
    Current noticed at the same moment says the same, so whoever hears of that need not hear of this.
    `now` is None where there is no production any more; `was` where there was none, or it is deleted.
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
    auto_assign: bool = True
    back: Deployment | None = None
    bound: str | None = None
    operation_id: str | None = None
    while_away: bool = False
    newer: Deployment | None = None
    reason: str | None = None
    passing: bool = False
    along: bool = False
    release: RollingRelease | None = None
    step: Step | None = None
    was_named: str | None = None

    @property
    def is_by_author(self) -> bool:
        """Whether `who` is the author of its commit, as the git host calls them."""
        commit = self.now.commit if self.now else None
        if commit is None or self.who is None:
            return False
        return self.how is How.PUSHED and self.who.name == commit.author
