"""Which of a project's deployments could become Current, and by which path: what the picker offers."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatbot.domain.deployments import Deployment, Project, State, state_of
from chatbot.domain.planning import (
    undoes_a_rollback,
)
from chatbot.domain.plans import (
    Path,
)


@dataclass(frozen=True)
class Choice:
    deployment: Deployment
    state: State
    path: Path

    def answers(self, typed: str) -> bool:
        """Whether every word that was typed is somewhere in what a person knows it by."""
        deployment, commit = self.deployment, self.deployment.commit
        known = [self.state, self.path, deployment.id, deployment.url, deployment.custom_environment or ""]
        if commit:
            known += [commit.sha, commit.subject, commit.author, commit.branch]
        text = " ".join(known).casefold()
        return all(word in text for word in typed.casefold().split())


def choices(project: Project, found: Iterable[Deployment]) -> list[Choice]:
    """Newest first. One that an instant rollback cannot go to is left out."""
    newest_first = sorted(found, key=lambda d: d.created_at, reverse=True)
    return [choice for deployment in newest_first if (choice := _choice(project, deployment))]


def _choice(project: Project, deployment: Deployment) -> Choice | None:
    state = state_of(deployment, project.current.id if project.current else None)
    path: Path | None = None
    match state:
        case State.STAGED:
            path = Path.PROMOTE
        case State.PREVIEW:
            path = Path.REBUILD
        case State.PROMOTED if undoes_a_rollback(project, deployment):
            path = Path.PROMOTE
        case State.PROMOTED if deployment.rollback_candidate:
            path = Path.ROLLBACK
    return None if path is None or deployment.deleted else Choice(deployment, state, path)
