"""Who moved production while an operation was under way, as far as anybody says."""

from chatbot.domain.deployments import Project
from chatbot.domain.operations import Overtaking
from chatbot.services.operations.held import Held


async def overtaking(held: Held, project: Project) -> Overtaking | None:
    """This bot knows its own people; of others the platform names only who rolled back."""
    current = project.current
    if current is None:
        return None
    last = project.last_request
    how = last.type if last is not None and last.to_id == current.id else None
    since = held.row.created_at - held.crew.patience.valid  # what was confirmed may be that old
    actor = await held.crew.history.mover(project.id, current.id, since=since)
    if actor is None and how == "rollback" and project.rollback_by:
        actor = f"vercel:{project.rollback_by}"
    return Overtaking(current, actor, how)
