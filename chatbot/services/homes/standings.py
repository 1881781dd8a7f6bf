"""From rows to what App Home shows of each project."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from pydantic import TypeAdapter

from chatbot.domain.environment import digest
from chatbot.domain.homes import Called, Health, OpenIncident, Standing
from chatbot.domain.incidents import Visit
from chatbot.domain.news import Change
from chatbot.domain.operations import DomainProof
from chatbot.domain.releases import ReleaseState
from chatbot.domain.sights import Snapshot
from chatbot.domain.waysback import WayBack, way_told
from chatbot.services.operations.records import findings_of
from storage.models import Glance, Incident, IncidentProject, Operation

MOVES = ("current",)
TOLD = ("current", "domain", "release", "failed", "staged", "gone", "renamed")
"""Kinds of changes that App Home tells of. A pin is seen there as it stands."""

PROVEN_LATELY = timedelta(hours=1)


@cache
def _ways() -> TypeAdapter[WayBack]:
    return TypeAdapter(WayBack)


@cache
def _visits() -> TypeAdapter[tuple[Visit, ...]]:
    return TypeAdapter(tuple[Visit, ...])


def visits_json(visits: Iterable[Visit]) -> str:
    return _visits().dump_json(tuple(visits)).decode()


def way_json(way: WayBack) -> str:
    return _ways().dump_json(way).decode()


def way_from(seen: Snapshot) -> str:
    """Names what a way back goes from."""
    return digest([seen.current_id, sorted(seen.serving or ())])


def way_glanced(glance: Glance | None, seen: Snapshot) -> WayBack | None:
    """None where production has moved since that was looked for."""
    if glance is None or glance.way is None or glance.way_from != way_from(seen):
        return None
    return _ways().validate_json(glance.way)


def incident_of(incident: Incident, projects: Iterable[IncidentProject]) -> OpenIncident:
    names = tuple(project.project_name for project in projects)
    return OpenIncident(incident.what, incident.opened_at, incident.channel, names)


def standing(
    project: Called,
    seen: Snapshot,
    *,
    last: Change | None,
    moved: Change | None,
    health: Health | None,
    back: WayBack | None,
) -> Standing:
    """`moved` is the last change of Current, `back` what is known of the way back besides."""
    serving = seen.serving or {}
    return Standing(
        called=project,
        current=seen.current,
        since=seen.moved_at,
        auto_assign=seen.auto_assign,
        domains=len(serving),
        astray=tuple(sorted(seen.strayed)),
        pinned_because=moved.reason if project.is_pinned and moved is not None else None,
        is_releasing=seen.release is not None and seen.release.state is ReleaseState.ACTIVE,
        last=last,
        health=health,
        back=back or _told_way(seen, moved),
    )


def _told_way(seen: Snapshot, moved: Change | None) -> WayBack | None:
    """The one that the announcement of Current has, while that holds."""
    way = way_told(moved, seen.current_id) if moved else None
    return way if way and set(way.domains) == set(seen.serving or way.domains) else None


def health_of(glance: Glance | None, ended: Iterable[Operation]) -> Health | None:
    """What was met last: by a visit for App Home, or by the proof of an operation."""
    met = None
    if glance is not None and glance.visited_at is not None:
        met = Health(glance.visited_at, _visits().validate_json(glance.visits))
    for row in ended:  # the last to end comes last
        proofs = [p for p in findings_of(row).proofs if _was_visited(p)]
        if proofs and row.finished_at is not None and (met is None or row.finished_at > met.at):
            seen = tuple(Visit(p.name, p.status, p.fault, p.is_well) for p in proofs)
            met = Health(row.finished_at, seen)
    return met


def _was_visited(proof: DomainProof) -> bool:
    return (proof.status is not None or proof.fault not in {None, "skipped"}) and not proof.gone
