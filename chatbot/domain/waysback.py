"""The way back that one click goes: what its button promises, and what it is bound to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from chatbot.domain.deployments import Deployment, Domain, Project
from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.news import Change
from chatbot.domain.planning import PlanRefused, plan_rollback
from chatbot.domain.plans import Look, Part, Plan
from chatbot.domain.releases import RollingRelease
from chatbot.errors import Refusal


@dataclass(frozen=True)
class WayBack:
    """An instant rollback of a project from `from_id`, which is Current, to `target`. `domains` are those that move.

    `bound` is the `core_fingerprint` of its plan, whatever auto-assignment is: afterwards it is off, as the dialog
    says. The click does nothing where that is another by then.
    """

    project_id: str
    project_name: str
    target: Deployment
    from_id: str | None
    domains: tuple[str, ...]
    bound: str

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """It promises that no other move is under way, also where one is when it is shown: that one ends."""
        return cls(
            plan.project.id,
            plan.project.name,
            plan.target,
            plan.current.id if plan.current else None,
            tuple(d.name for d in plan.domains),
            _promise(replace(plan, project=replace(plan.project, last_request=None))),
        )


@dataclass(frozen=True)
class Pressed:
    """What the button of a way back carries: ids of ours, and nothing that gives a right."""

    project_id: str
    target_id: str
    from_id: str | None
    bound: str


@dataclass(eq=False)
class WayBackChanged(Refusal):
    """It is not any more what its button said, and `part` is what changed. `by` made Current what it is, where that
    is known. `target`: None where it was deleted. `again`: the same way as it is now, where one click may go it.
    """

    project: Project
    part: Part
    target: Deployment | None
    by: str | None = None
    again: WayBack | None = None
    release: RollingRelease | None = None


def way_back(
    project: Project,
    target: Deployment,
    domains: Iterable[Domain],
    release: RollingRelease | None = None,
) -> WayBack | None:
    """None where an instant rollback cannot go there, or a rolling release is under way: its abort is the way
    back then.
    """
    if release is not None and release.is_active:
        return None
    try:
        return WayBack.of(plan_rollback(Look(project, target, tuple(domains), (), newest_release=release)))
    except PlanRefused:
        return None


def way_told(change: Change, current_id: str | None) -> WayBack | None:
    """The one that the announcement of a change of Current has; None where that is no longer what is Current."""
    if change.back is None or change.bound is None or change.now is None or change.now.id != current_id:
        return None
    return WayBack(
        change.project_id, change.project_name, change.back, current_id, change.domains, change.bound
    )


def core_only(plan: Plan) -> Plan:
    """The plan of a one-click button, as it is stored: it promises nothing about the environment."""
    return replace(plan, environment=EnvironmentChange())


def part_that_changed(pressed: Pressed, now: Plan) -> Part | None:
    """What a click meets that its button did not promise, what matters most first. None: it holds."""
    if _promise(now) == pressed.bound:
        return None
    if (now.current.id if now.current else None) != pressed.from_id:
        return Part.CURRENT
    if now.release is not None:
        return Part.RELEASE
    if now.project.move_under_way is not None:
        return Part.MOVE
    return Part.DOMAINS


def _promise(plan: Plan) -> str:
    return replace(plan, project=replace(plan.project, auto_assign=True)).core_fingerprint()
