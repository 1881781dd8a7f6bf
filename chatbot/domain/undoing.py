"""What the one-click buttons of an operation promise: its inverse, or the rest of it.

Only the core of these plans is meant (target, Current, path, domain names, auto-assignment): that is what a
confirm dialog names. The whole plan is made when it is carried out.
"""

from collections.abc import Iterable
from dataclasses import replace

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import (
    Path,
    Plan,
)
from chatbot.domain.releases import RollingRelease
from chatbot.domain.requests import NothingToUndo, Overtaken
from chatbot.domain.serving import moved_by


def undo_of(operation: Operation) -> Plan | None:
    """The way back to what was Current before; None where nothing was, or nothing has moved.

    After a promote or a rebuild that is an instant rollback. After a rollback to something older it is a
    promote: that is how the platform undoes one, although the deployment was promoted before. Where production
    was pinned before as well, it stays so by a rollback forward. After a move
    that ended half way the old deployment may still be Current: then all domains go back to it. As long as a
    rolling release is under way, its abort is the way back; the way back from an abort begins it anew.
    """
    was = operation.was
    if was is None or operation.final_id is None or operation.stage not in _HAVE_MOVED:
        return None
    if operation.plan.path is Path.ABORT:
        canary = operation.plan.release and operation.plan.release.canary
        return _core(operation, Path.PROMOTE, canary) if canary else None
    if (release := still_rolling(operation)) is not None:
        return replace(_core(operation, Path.ABORT, was), newest_release=release)
    went_back = operation.plan.path is Path.ROLLBACK and operation.made.created_at < was.created_at
    unpins = went_back and not operation.plan.project.pinned
    # A promote switches auto-assignment on; where it was off before the rollback, it stays so.
    keep_off = unpins and not operation.plan.auto_assign_before
    return _core(operation, Path.PROMOTE if unpins else Path.ROLLBACK, was, keep_off=keep_off)


def undo_of_last(changes: Iterable[Operation], project: Project) -> Plan:
    """The inverse of the bot's last change of a project, newest first in `changes`.

    Raises:
        NothingToUndo: it has made none, or nothing was Current before.
        Overtaken: production was moved since.
    """
    last = next((o for o in changes if moved_by(o) or o.stage is Stage.SUCCEEDED), None)
    inverse = undo_of(last) if last else None
    if last is None or inverse is None:
        raise NothingToUndo(project)
    expected = inverse.current
    if project.current is None or expected is None or project.current.id != expected.id:
        raise Overtaken(project, last.made)
    return inverse


def was_off_before(changes: Iterable[Operation], project: Project) -> bool:
    """Whether auto-assignment was off already before the bot's rollbacks that pin a project, newest first in
    `changes`. Of several in a row the first one tells: at the others it is off because of that one.
    """
    current = project.current
    for done in (o for o in changes if o.stage in _HAVE_MOVED):
        if current is None or done.made.id != current.id or not done.plan.path.goes_back:
            return False
        if not done.plan.project.pinned:
            return not done.plan.auto_assign_before
        current = done.was
    return False


def retry_of(operation: Operation) -> Plan | None:
    """The same move once more, for the domains that did not follow."""
    if operation.stage is not Stage.PARTLY_MOVED or operation.final_id is None:
        return None
    keep_off = operation.plan.keep_off
    if (release := still_rolling(operation)) is not None:
        rest = _core(operation, Path.COMPLETE, operation.made, keep_off=keep_off)
        return replace(rest, newest_release=release)
    path = Path.ROLLBACK if operation.plan.path.goes_back else Path.PROMOTE
    return _core(operation, path, operation.made, keep_off=keep_off)


_HAVE_MOVED = frozenset({Stage.SUCCEEDED, Stage.PARTLY_MOVED})


def still_rolling(operation: Operation) -> RollingRelease | None:
    """The rolling release to what it makes Current, as last seen, while that is under way."""
    release = operation.findings.release
    if release is None or not release.is_active or operation.plan.path.goes_back:
        return None
    return release if release.canary_id == operation.final_id else None


def _core(operation: Operation, path: Path, target: Deployment, *, keep_off: bool = False) -> Plan:
    done, findings = operation.plan, operation.findings
    arrived = findings.seen in {None, operation.final_id}
    auto_assign = done.auto_assign_after if arrived else done.auto_assign_before
    project = replace(
        done.project,
        current=operation.made if arrived else operation.was,
        auto_assign=auto_assign if findings.auto_assign is None else findings.auto_assign,
        last_request=None,
    )
    return Plan(
        path=path,
        project=project,
        target=target,
        domains=done.domains,
        redirects=done.redirects,
        environment=EnvironmentChange(),
        auto_assign_after=not path.goes_back and not keep_off,
        keep_off=keep_off,
    )
