"""The hostnames that the platform makes up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Project
    from chatbot.sandbox.vercel.store import Store

LONGEST_LABEL = 63
"""Of DNS."""


def branch_hostname(store: Store, project: Project, branch: str) -> str:
    """The alias of a branch's newest build, `shop-git-main-acme.vercel.app`."""
    owner = store.slug_of(project.account_id)
    words = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in branch.lower())
    label = f"{project.name}-git-{words.strip('-')}"[: LONGEST_LABEL - 1 - len(owner)].rstrip("-")
    return f"{label}-{owner}.vercel.app"
