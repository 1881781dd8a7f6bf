"""Commits out of order: an older one takes the place of a newer one, and nobody meant to go back."""

from collections.abc import Iterable
from datetime import datetime

from chatbot.domain.deployments import Deployment


def is_out_of_order(was: Deployment | None, now: Deployment | None, known: Iterable[Deployment] = ()) -> bool:
    """Whether `now` is of an earlier push than `was`, which it replaced. Not to be asked of a rollback.

    The platform does not tell when a commit was made, so its first deployment counts: one that is built again keeps
    its commit's place. `known` are the other builds of the project. Branches have no order among each other.
    """
    if was is None or now is None:
        return False
    if (
        was.commit
        and now.commit
        and (was.commit.sha == now.commit.sha or was.commit.branch != now.commit.branch)
    ):
        return False
    known = list(known)
    return _pushed(now, known) < _pushed(was, known)


def _pushed(deployment: Deployment, known: Iterable[Deployment]) -> datetime:
    commit = deployment.commit
    same = [d.created_at for d in known if commit and d.commit and d.commit.sha == commit.sha]
    return min([deployment.created_at, *same])
