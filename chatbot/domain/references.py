"""What a person typed for X in `/promote X`: an id, a URL, a commit or a branch."""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from chatbot.errors import Refusal

MAX_LENGTH = 255

_DEPLOYMENT_ID = re.compile(r"dpl_[A-Za-z0-9]{1,64}")
_SHA = re.compile(r"[0-9a-f]{7,40}", re.IGNORECASE | re.ASCII)
_URL = re.compile(
    r"(?P<scheme>https?://)?"
    r"(?P<host>(?:[a-z0-9_](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])\.?"
    r"(?P<port>:[0-9]{1,5})?"
    r"(?P<rest>[/?#].*)?",
    re.IGNORECASE | re.ASCII,
)
_DASHBOARD = re.compile(
    r"https?://(?:www\.)?vercel\.com/(?P<owner>[^/?#]+)/(?P<project>[^/?#]+)(?:/(?P<rest>[^?#]*))?(?:[?#].*)?",
    re.IGNORECASE | re.ASCII,
)
_BARE_ID = re.compile(r"(?:dpl_)?([A-Za-z0-9]{16,64})")
"""The dashboard leaves the prefix out. Nothing else that may stand there is as long."""
_SLACK_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>")


class Kind(StrEnum):
    ID = "deployment id"
    HOST = "URL or domain"
    SHA = "commit"
    BRANCH = "branch"


@dataclass(frozen=True)
class Reference:
    """`value` is what its kind makes of it: a host in lower case. `typed` may still be the name of a branch."""

    kind: Kind
    value: str
    typed: str = field(default="", compare=False)

    @property
    def as_branch(self) -> str:
        return self.typed or self.value


@dataclass(frozen=True)
class DashboardPage:
    """A page of the platform's dashboard: of one deployment, or of a project. `owner` is the slug of a team."""

    owner: str
    project: str
    deployment: Reference | None = None


class NothingNamed(Refusal):
    """No X was given."""


@dataclass(eq=False)
class Unreadable(Refusal):
    """X cannot name a deployment. `why` is one of "length", "characters", "mention", "words"."""

    why: str


def parse_reference(text: str) -> Reference:
    """Say what X is, by its spelling alone.

    Raises:
        NothingNamed: X is empty.
        Unreadable: X is too long, holds control characters, mentions somebody, or is more than one word.
    """
    text = text.strip()
    if not text:
        raise NothingNamed
    if len(text) > MAX_LENGTH:
        raise Unreadable("length")
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for c in text):
        raise Unreadable("characters")
    if link := _SLACK_LINK.fullmatch(text):
        text = link[1]
    if re.search(r"[<>]", text):
        raise Unreadable("mention")
    text = text.strip("` ")
    if not text or len(text.split()) > 1:
        raise Unreadable("words")
    return _by_spelling(text)


def dashboard_page(url: str) -> DashboardPage | None:
    """None for everything else, the dashboard's other pages among it."""
    found = _DASHBOARD.fullmatch(url)
    if found is None:
        return None
    first, *_ = (found["rest"] or "").split("/")
    owner, project = found["owner"].lower(), found["project"]
    if deployment := _BARE_ID.fullmatch(first):
        return DashboardPage(owner, project, Reference(Kind.ID, f"dpl_{deployment[1]}", typed=url))
    is_of_project = first == "" or found["rest"] in {"deployments", "deployments/"}
    return DashboardPage(owner, project) if is_of_project else None


def _by_spelling(word: str) -> Reference:
    if _DEPLOYMENT_ID.fullmatch(word):
        return Reference(Kind.ID, word)
    if (page := dashboard_page(word)) and page.deployment:
        return page.deployment
    if url := _URL.fullmatch(word):
        host = url["host"].lower()
        # With a path and no scheme it reads like a branch, unless it is one of the platform's own hosts.
        if url["scheme"] or url["rest"] in {None, "/"} or host.endswith(".vercel.app"):
            return Reference(Kind.HOST, host, typed=word)
    elif re.match(r"https?://", word, re.IGNORECASE):
        raise Unreadable("characters")
    if _SHA.fullmatch(word):
        return Reference(Kind.SHA, word.lower(), typed=word)
    return Reference(Kind.BRANCH, word)
