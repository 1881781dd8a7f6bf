"""Production builds that came to their end: failed, or ready without getting the domains."""

from datetime import UTC, datetime, timedelta

from chatbot.domain.deployments import Deployment, State, state_of
from chatbot.domain.sights import Builds, Sight, Snapshot, Told

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_ASSIGNED_WITHIN = timedelta(minutes=2)


def finished_builds(
    before: Snapshot, sight: Sight, told: Told, now: datetime
) -> tuple[list[Deployment], Builds | None, bool]:
    """What has failed or stays Staged since the last look, what to keep of the builds, and whether one is about to
    get its domains.
    """
    kept = before.builds
    finished: list[Deployment] = []
    still_open: set[str] = set()
    waits = False
    asked = {doing.final_id for doing in told.doings if doing.finished_at is None}
    for build in sight.builds:
        if kept is not None and not kept.are_news(build):
            continue
        state = state_of(build, sight.current_id)
        if state is State.BUILDING:
            still_open.add(build.id)
        elif state is State.STAGED and (build.id in asked or _gets_domains(build, sight, now)):
            still_open.add(build.id)
            waits = True
        elif state is State.STAGED or build.ready_state == "ERROR":
            finished.append(build)
    if kept is None:
        return [], Builds(_BEFORE_ALL).after(sight.builds, frozenset(still_open)), waits
    return finished, kept.after(sight.builds, frozenset(still_open)), waits


def _gets_domains(build: Deployment, sight: Sight, now: datetime) -> bool:
    """Whether the platform is about to make it Current: then it is not Staged for good."""
    if not sight.project.auto_assign or not build.auto_assign or build.checks == "failed":
        return False
    if build.checks == "pending":
        return True
    return build.ready_at is not None and now - build.ready_at < _ASSIGNED_WITHIN
