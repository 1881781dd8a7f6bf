"""Deployments that a message speaks of: ids, addresses and commits in its text, blocks and attachments."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatbot.domain.references import Kind, Reference, dashboard_page

MOST = 10
"""References of one kind that are looked at."""

_READ = ("text", "url", "title", "title_link", "pretext", "fallback", "from_url", "original_url", "footer")
_ID = re.compile(r"(?<![A-Za-z0-9_])dpl_[A-Za-z0-9]{1,64}(?![A-Za-z0-9_])")
_URL = re.compile(r"https?://[^\s<>|\"'`)\]]+", re.IGNORECASE)
_HOST = re.compile(r"https?://([a-z0-9.-]+)", re.IGNORECASE)
_OWN_HOST = re.compile(r"(?<![A-Za-z0-9.-])[a-z0-9][a-z0-9-]*\.vercel\.app(?![A-Za-z0-9-])", re.IGNORECASE)
_SHA = re.compile(r"(?<![A-Za-z0-9_.-])[0-9a-f]{7,40}(?![A-Za-z0-9_-])", re.IGNORECASE)
_QUOTED_SHA = re.compile(r"`([0-9a-f]{7,40})`", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """`exact` are ids and the platform's own addresses, `commits` what reads like one, `hosts` other addresses."""

    exact: tuple[Reference, ...] = ()
    commits: tuple[Reference, ...] = ()
    hosts: tuple[Reference, ...] = ()


def references_in(message: Mapping[str, Any]) -> Found:
    """In the order in which they stand there; each once."""
    exact: dict[Reference, None] = {}
    commits: dict[Reference, None] = {}
    hosts: dict[Reference, None] = {}
    for text in _texts(message):
        exact |= dict.fromkeys(_exact(text))
        commits |= dict.fromkeys(Reference(Kind.SHA, sha) for sha in _shas(_URL.sub(_commit_page, text)))
        hosts |= dict.fromkeys(Reference(Kind.HOST, host.lower()) for host in _HOST.findall(text))
    others = [host for host in hosts if host not in exact and not host.value.endswith("vercel.com")]
    return Found(*(tuple(list(found)[:MOST]) for found in (exact, commits, others)))


def _texts(part: Any) -> Iterator[str]:
    """What is read of a message. What its buttons carry, what they ask first, and the card of a link are not."""
    if isinstance(part, Mapping) and not _is_of_link(part):
        yield from (part[key] for key in _READ if isinstance(part.get(key), str))
        if isinstance(part.get("value"), str) and "type" not in part:  # a field of an attachment
            yield part["value"]
        for key, inner in part.items():
            if key != "confirm" and not isinstance(inner, str):
                yield from _texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)


def _is_of_link(attachment: Mapping[str, Any]) -> bool:
    """An unfurl; ours names what is Current as well. A message that was passed on is none."""
    is_card = bool(attachment.get("is_app_unfurl") or attachment.get("from_url"))
    return is_card and not attachment.get("is_msg_unfurl")


def _exact(text: str) -> Iterator[Reference]:
    yield from (Reference(Kind.ID, found) for found in _ID.findall(text))
    for url in _URL.findall(text):
        page = dashboard_page(url)
        if page is not None and page.deployment is not None:
            yield page.deployment
    yield from (Reference(Kind.HOST, host.lower()) for host in _OWN_HOST.findall(text))


def _shas(text: str) -> Iterable[str]:
    """A number or a word may read like a short hash: one has digits and letters, or stands as code."""
    quoted = set(_QUOTED_SHA.findall(text))
    for found in _SHA.findall(text):
        is_mixed = not found.isdigit() and not found.isalpha()
        if is_mixed or found in quoted or len(found) == 40:
            yield found.lower()


def _commit_page(url: re.Match[str]) -> str:
    """Of an address only the commit that a git host names there."""
    found = re.search(r"/commits?/([0-9a-f]{7,40})(?![0-9a-z])", url[0], re.IGNORECASE)
    return f" `{found[1]}` " if found else " "
