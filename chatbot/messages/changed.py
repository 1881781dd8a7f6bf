"""What no longer holds of a confirmation: what it was, and what it is now."""

from collections.abc import Iterable, Iterator

from chatbot.domain.deployments import Deployment
from chatbot.domain.environment import changed_keys
from chatbot.domain.plans import (
    Part,
    Path,
    Plan,
    what_changed,
)
from chatbot.messages.wording import code, domain_name, named

PARTS = {
    Part.PATH: "the way it is done",
    Part.DEPLOYMENT: "the state of the deployment",
    Part.GONE: "whether the deployment is there at all",
    Part.CURRENT: "what is Current",
    Part.RELEASE: "the rolling release",
    Part.MOVE: "whether another move is under way",
    Part.DOMAINS: "the affected domains",
    Part.SERVING: "what the affected domains serve",
    Part.AUTO_ASSIGN: "auto-assignment",
    Part.ENVIRONMENT: "the environment keys",
    Part.INCIDENT: "whether an incident is open",
}
PATHS = {
    Path.PROMOTE: "promote",
    Path.REBUILD: "rebuild",
    Path.REDEPLOY: "redeploy",
    Path.ROLLBACK: "rollback",
    Path.ADVANCE: "advance",
    Path.COMPLETE: "complete",
    Path.ABORT: "abort",
}
_SHOWN, _ROOM = 5, 200


def all_of(changed: tuple[Part, ...]) -> str:
    """In words, at least one."""
    *parts, last = (PARTS[part] for part in changed)
    return f"{', '.join(parts)} and {last}" if parts else last


def since(before: Plan, after: Plan) -> list[str]:
    """For the top of a new card: what changed, then how. Nothing where nothing did."""
    changed = what_changed(before, after)
    if not changed:
        return []
    lines = [f"• {how}" for part in changed if (how := _how(part, before, after))]
    return [f"*Nothing was done: {all_of(changed)} changed meanwhile.* This is the new plan:", *lines]


def _how(part: Part, before: Plan, after: Plan) -> str | None:
    """From the old to the new value; None where the new plan itself says it."""
    match part:
        case Part.PATH:
            return f"The way: {PATHS[before.path]} → {PATHS[after.path]}"
        case Part.CURRENT:
            return f"Current: {_label(before.current)} → {_label(after.current)}"
        case Part.AUTO_ASSIGN:
            return f"Auto-assignment: {_on(before)} → {_on(after)}"
        case Part.MOVE:
            return f"Another move: {_move(before)} → {_move(after)}"
        case Part.DOMAINS:
            return _domains(before, after)
        case Part.SERVING:
            return f"Domains: {_some(_served(before, after))}"
        case Part.ENVIRONMENT:
            keys = changed_keys(before.environment, after.environment)
            return f"Keys: {_some(code(key, 60) for key in keys)}"
        case _:
            return None


def _domains(before: Plan, after: Plan) -> str:
    was, now = ({d.name for d in plan.domains} for plan in (before, after))
    parts = (("added", now - was), ("removed", was - now))
    listed = (f"{what} {_some(map(domain_name, sorted(names)))}" for what, names in parts if names)
    return f"Domains: {'; '.join(listed)}"


def _served(before: Plan, after: Plan) -> Iterator[str]:
    was = {d.name: d.serves for d in before.domains}
    for domain in after.domains:
        if was.get(domain.name) != domain.serves:
            old, new = (
                code(serves) if serves else "nothing" for serves in (was.get(domain.name), domain.serves)
            )
            yield f"{domain_name(domain.name)} {old} → {new}"


def _move(plan: Plan) -> str:
    move = plan.project.move_under_way
    return f"a {move.type} to {code(move.to_id)}" if move else "none"


def _label(deployment: Deployment | None) -> str:
    return code(deployment.label) if deployment else "nothing"


def _on(plan: Plan) -> str:
    return "on" if plan.auto_assign_before else "off"


def _some(items: Iterable[str]) -> str:
    return named(items, _SHOWN, _ROOM)
