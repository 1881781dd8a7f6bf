"""Who may act. Until there is a policy, one list decides: Slack users and groups, or workspace admins."""

from dataclasses import dataclass

from chatbot.errors import Refusal


@dataclass(frozen=True)
class Person:
    """What Slack says about a person right now. `groups` holds only groups that were asked about."""

    id: str
    is_admin: bool = False
    groups: frozenset[str] = frozenset()
    name: str = ""


@dataclass(frozen=True)
class Decision:
    """`because` is one of "listed", "group", "admin", "not listed", "not admin"."""

    allowed: bool
    because: str


@dataclass(eq=False)
class NotAllowed(Refusal):
    """This person may not act. `because` as in Decision."""

    user: str
    because: str


class IdentityUnknown(Refusal):
    """Slack did not say who this is, so nothing is allowed."""


def decide(person: Person, allowed: frozenset[str]) -> Decision:
    """`allowed` holds user ids (U…, W…) and group ids (S…); empty means workspace admins."""
    if not allowed:
        return Decision(person.is_admin, "admin" if person.is_admin else "not admin")
    if person.id in allowed:
        return Decision(True, "listed")
    if person.groups & allowed:
        return Decision(True, "group")
    return Decision(False, "not listed")


def groups_to_ask(allowed: frozenset[str]) -> frozenset[str]:
    return frozenset(item for item in allowed if item.startswith("S"))
