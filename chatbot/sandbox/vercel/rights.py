"""What each role and each kind of token may change. Everybody in a team may read what it has.

| | production, settings, domains, the team | previews and their variables, checks |
|---|---|---|
| owner, member | yes | yes |
| developer | no | yes |
| viewer, a read-only token | no | no |

A token for one project reaches nothing of any other, and nothing of the team but its name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.errors import ApiError

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Role, Token

READS = frozenset({"GET", "HEAD", "OPTIONS"})
_FULL: frozenset[Role] = frozenset({"OWNER", "MEMBER"})
_DEVELOPS = re.compile(
    r"/v\d+/(deployments$|deployments/[^/]+(/cancel|/checks(/[^/]+)*)?$|files$|projects/[^/]+/env(/[^/]+)?$)"
)
"""Paths that a developer may write to; the handlers refuse what of it concerns production."""
_OF_ONE_PROJECT = re.compile(
    r"/(v\d+/)?((now/)?deployments|now/aliases|projects/[^/]+|aliases|files|user|teams)(/|$)"
)
"""Paths that a token for one project may call."""
NOT_PERMITTED = "Not authorized: you do not have permission to change this resource."


def may_move_production(role: Role, token: Token) -> bool:
    return role in _FULL and not token.read_only


def require_right(token: Token, role: Role, method: str, path: str) -> None:
    """Raises ApiError 403."""
    if token.project_id is not None and not _OF_ONE_PROJECT.match(path) and not _lists_projects(method, path):
        raise ApiError(403, "Not authorized: the token is limited to one project.")
    if method in READS:
        return
    develops = role == "DEVELOPER" and _DEVELOPS.fullmatch(path) is not None
    if token.read_only or not (role in _FULL or develops):
        raise ApiError(403, NOT_PERMITTED)


def _lists_projects(method: str, path: str) -> bool:
    return method in READS and re.fullmatch(r"/v\d+/projects", path) is not None
