"""Where production can go to without a rebuild: back, forward again, or on."""

from collections.abc import Iterable

from chatbot.domain.deployments import Deployment, Project, State, state_of


def rollback_candidates(
    project: Project, builds: Iterable[Deployment], before: str | None = None
) -> list[Deployment]:
    """Deployments that an instant rollback can go to. What served just before Current (`before`) comes first, then
    the newest; those that are newer than Current come last: a rollback left them.
    """
    current_id = project.current.id if project.current else None
    eligible = [d for d in builds if state_of(d, current_id) is State.PROMOTED and d.rollback_candidate]
    return sorted(eligible, key=lambda d: (is_newer(d, project), d.id != before, -d.created_at.timestamp()))


def is_newer(deployment: Deployment, project: Project) -> bool:
    """Than Current: to go there is to go forward."""
    return project.current is not None and deployment.created_at > project.current.created_at


def resume_with(project: Project, builds: Iterable[Deployment]) -> Deployment | None:
    """What to promote where a rollback has pinned production: the newest Staged build, else the newest that has
    served, which is how a rollback is undone. Nothing that is older than Current.
    """
    if not project.pinned or project.current is None:
        return None
    states = {State.STAGED: 1, State.PROMOTED: 0}
    newer = [(states.get(state_of(d, project.current.id)), d) for d in builds if is_newer(d, project)]
    good = [(rank, d) for rank, d in newer if rank is not None and not d.deleted]
    return max(good, key=lambda one: (one[0], one[1].created_at))[1] if good else None
