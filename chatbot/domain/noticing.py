"""What has happened to a project between two looks at it."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chatbot.domain.deployments import AliasRequest
from chatbot.domain.finished import finished_builds
from chatbot.domain.moves import Move, fresh_request, is_new, moves, unexplained
from chatbot.domain.news import Change, How, Kind
from chatbot.domain.reporting import Report, change_id
from chatbot.domain.sights import Builds, Glimpse, ReleaseMark, Sight, Snapshot, Told

SURE_AFTER = timedelta(seconds=5)
"""How long a Current that nothing explains has to be seen before it is believed."""
SET_BACK_AFTER = timedelta(seconds=15)
"""How long a request that is older than the last one has to be seen. Reads lag behind for less: then the platform's
clock was set back, and what happens from there on is news, although it bears earlier times.
"""
ABANDONED_AFTER = timedelta(minutes=3)
"""The official CLI takes no notice of a request older than this."""


@dataclass(frozen=True)
class Noticed:
    """`missing` are deployments to be asked for before anything can be told. `settled`: nothing is under way that
    another look should soon be taken at.
    """

    after: Snapshot
    changes: tuple[Change, ...] = ()
    missing: frozenset[str] = frozenset()
    settled: bool = True


def baseline(sight: Sight, now: datetime) -> Snapshot:
    """The very first sight of a project: nothing in it is news."""
    empty = Snapshot(sight.project.name, None)
    _, builds, _ = finished_builds(empty, sight, Told(), now)
    return _after(empty, sight, builds, moved_at=sight.project.current_since)


def first_glimpse(glimpse: Glimpse, builds: Builds, now: datetime) -> Snapshot:
    """The same from a list. What that does not tell is not news at the first look either."""
    project = glimpse.project
    return Snapshot(
        name=project.name,
        current=project.current,
        auto_assign=project.auto_assign,
        last_request=project.last_request,
        request_is_known=glimpse.tells_request,
        pinned=project.pinned,
        serving=glimpse.serving,
        builds=builds,
        since=now,
        moved_at=project.current_since,
    )


def notice(before: Snapshot, number: int, sight: Sight, told: Told, now: datetime) -> Noticed:
    """The changes since `before`, numbered from `number` + 1, and what to keep for the next look.

    `now` is the bot's own time; it is only compared with the bot's own, and in minutes.
    """
    if _is_under_way(sight, now):
        return Noticed(before, settled=False)
    lagging = _lagging(before, sight)
    stale = lagging or _overtaken(before, sight)
    if stale and not _is_believed(before, stale, now, SET_BACK_AFTER if lagging else SURE_AFTER):
        return _doubting(before, stale, now)
    if lagging:
        before = replace(before, last_request=None, request_is_known=False)
    steps = moves(before, sight, told.hints)
    if steps is None:
        step = unexplained(before, sight)
        doubt = step.to_id or "none"
        is_sure = stale is not None or _is_explained(step, before, sight)
        if not is_sure and not _is_believed(before, doubt, now):
            return _doubting(before, doubt, now)
        steps = [step]
    if missing := _missing(before, sight, steps):
        return Noticed(before, missing=missing)
    lost = sorted(step.to_id for step in steps if step.to_id in sight.deleted)  # or not to be seen yet
    if lost and not stale and not _is_believed(before, " ".join(lost), now):
        return _doubting(before, " ".join(lost), now)
    finished, builds, waits = finished_builds(before, sight, told, now)
    elsewhere = {} if steps or waits else _elsewhere(before, sight)
    if elsewhere and not _is_believed(before, where := str(sorted(elsewhere.items(), key=str)), now):
        return _doubting(before, where, now)
    report = Report(before, number, sight, told, now)
    report.renamed()
    report.current(steps)
    report.domains(elsewhere)
    report.release()
    report.pinned()
    arrived = {step.to_id for step in steps}
    report.builds([build for build in finished if build.id not in arrived])
    moved_at = max(filter(None, (before.moved_at, *(step.last_told for step in steps))), default=None)
    after = _after(before, sight, builds, moved_at=moved_at)
    named = {name for names in elsewhere.values() for name in names}
    astray = {d.name for d in sight.moving if d.serves != sight.current_id}
    after = replace(after, strayed=(before.strayed | named) & astray)
    if waits and not steps:
        after = replace(after, serving=before.serving)  # its domains are on their way
    return Noticed(after, tuple(report.changes), settled=not waits)


def gone(before: Snapshot, number: int, project_id: str, now: datetime) -> Change:
    """The platform knows the project no more."""
    return Change(
        id=change_id(project_id, number + 1),
        project_id=project_id,
        project_name=before.name,
        number=number + 1,
        kind=Kind.GONE,
        how=How.UNKNOWN,
        at=now,
        noticed_at=now,
        was=before.current,
    )


def key_of(change: Change) -> str:
    """What a change is about, so that it is recorded once."""
    if change.kind in {Kind.FAILED, Kind.STAGED} and change.now is not None:
        return f"{change.kind}:{change.now.id}"
    return f"{change.project_id}:{change.number}"


def without(told: Container[str], changes: Iterable[Change], number: int) -> tuple[Change, ...]:
    """Those that were not told already, by their keys, numbered from `number` + 1."""
    fresh = [change for change in changes if key_of(change) not in told]
    return tuple(
        replace(change, number=n, id=change_id(change.project_id, n))
        for n, change in enumerate(fresh, number + 1)
    )


def _is_under_way(sight: Sight, now: datetime) -> bool:
    """Somebody's move that is not through: what is Current is told when it is."""
    move = sight.project.move_under_way
    return move is not None and now - move.requested_at < ABANDONED_AFTER


def _lagging(before: Snapshot, sight: Sight) -> str | None:
    """A read from before the last look, unless the platform's clock was set back."""
    last, kept = sight.project.last_request, before.last_request
    if last is None or kept is None or last.requested_at >= kept.requested_at:
        return None
    return _read(last, sight)


def _overtaken(before: Snapshot, sight: Sight) -> str | None:
    """A request from before what webhooks have told meanwhile: most likely the read is, too."""
    request = fresh_request(before, sight)
    if request is None or before.moved_at is None or request.requested_at > before.moved_at:
        return None
    return _read(request, sight)


def _read(request: AliasRequest, sight: Sight) -> str:
    """A doubt of what is Current, too: once it is believed, that is."""
    return f"{request.to_id} {request.requested_at.isoformat()} {sight.current_id}"


def _doubting(before: Snapshot, doubt: str, now: datetime) -> Noticed:
    since = before.doubt_since if before.doubt == doubt else now
    return Noticed(replace(before, doubt=doubt, doubt_since=since), settled=False)


def _is_explained(step: Move, before: Snapshot, sight: Sight) -> bool:
    """A new build got the domains by itself, or a rolling release came to its end."""
    current = sight.project.current
    if current is None:
        return False
    is_first = before.current is None
    return step.how is How.RELEASED or is_first or is_new(before, current)


def _is_believed(before: Snapshot, doubt: str, now: datetime, after: timedelta = SURE_AFTER) -> bool:
    return before.doubt == doubt and before.doubt_since is not None and now - before.doubt_since >= after


def _missing(before: Snapshot, sight: Sight, steps: list[Move]) -> frozenset[str]:
    """Deployments that are named, and that no list has."""
    named = {step.to_id for step in steps}
    if not steps and before.serving is not None:
        named |= {d.serves for d in sight.moving if d.serves != before.serving.get(d.name, d.serves)}
    release, kept = sight.release, before.release
    if release is not None and ReleaseMark.of(release) != kept and before.release_is_known:
        named |= {release.canary_id}
    return frozenset(n for n in named if n and n not in sight.deleted and sight.find(n) is None)


def _elsewhere(before: Snapshot, sight: Sight) -> dict[str | None, list[str]]:
    """By what they serve now, the domains that went elsewhere or came back since the last look."""
    kept, current_id = before.serving, sight.current_id
    moved: dict[str | None, list[str]] = {}
    if kept is None or current_id is None:
        return moved
    for domain in sight.moving:
        was, has_strayed = kept.get(domain.name, domain.serves), domain.name in before.strayed
        strays = domain.serves != current_id and (was == current_id or (has_strayed and domain.serves != was))
        returns = domain.serves == current_id and has_strayed
        if strays or returns:
            moved.setdefault(domain.serves, []).append(domain.name)
    return moved


def _after(
    before: Snapshot,
    sight: Sight,
    builds: Builds | None,
    *,
    moved_at: datetime | None,
) -> Snapshot:
    project = sight.project
    return Snapshot(
        name=project.name,
        current=project.current,
        auto_assign=project.auto_assign,
        last_request=project.last_request or before.last_request,
        pinned=project.pinned,
        serving={d.name: d.serves for d in sight.moving},
        release=ReleaseMark.of(sight.release),
        release_is_known=True,
        builds=builds,
        moved_at=moved_at,
    )
