"""The hostnames that the platform makes up."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, Project
    from chatbot.sandbox.vercel.store import Store

LONGEST_LABEL = 63
LONGEST_HOSTNAME = 253
"""Of DNS."""
SHARED_APEXES = frozenset({"vercel.app", "now.sh"})
"""Of the platform itself: everybody may have a name below them that nobody else has."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOSTNAME = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})")


def is_hostname(text: str) -> bool:
    """Whether it could be a domain, in lower case, perhaps with a wildcard in front."""
    return len(text) <= LONGEST_HOSTNAME and _HOSTNAME.fullmatch(text) is not None


def apex_of(hostname: str) -> str:
    """The registrable domain. There is no list of public suffixes here: two labels always make one."""
    return ".".join(hostname.split(".")[-2:])


def production_hostname(store: Store, project: Project) -> str:
    """The first domain of a new project, with a number where others have the plain one."""
    owner = store.slug_of(project.account_id).lower()
    plain = f"{project.name}-{owner}.vercel.app".lower()
    numbered = (f"{project.name}-{owner}-{number}.vercel.app".lower() for number in count(2))
    return next(name for name in chain([plain], numbered) if store.is_free(name, project))


def staging_hostname(store: Store, project: Project) -> str:
    """The alias of the newest `target: staging` build."""
    return f"{project.name}.{store.slug_of(project.account_id)}.now.sh"


def automatic_hostname(store: Store, deployment: Deployment) -> str:
    """The alias that any build takes: its branch's, or, of no repository, its creator's (`shop-ana-acme…`)."""
    project, branch = store.projects[deployment.project_id], deployment.commit.branch
    if branch:
        return branch_hostname(store, project, branch)
    creator = store.users[deployment.creator_id].username
    return f"{project.name}-{creator}-{store.slug_of(project.account_id)}.vercel.app"


def branch_hostname(store: Store, project: Project, branch: str) -> str:
    """The alias of a branch's newest build, `shop-git-main-acme.vercel.app`."""
    owner = store.slug_of(project.account_id)
    words = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in branch.lower())
    label = f"{project.name}-git-{words.strip('-')}"[: LONGEST_LABEL - 1 - len(owner)].rstrip("-")
    return f"{label}-{owner}.vercel.app"
