"""One person's App Home, read from the database in one go. The platform is not asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from chatbot.domain.access import Decision
from chatbot.domain.homes import Called, Overview, page_of
from chatbot.domain.sights import Snapshot
from chatbot.messages.about import Entry
from chatbot.services.entries import shown
from chatbot.services.homes import standings
from chatbot.services.operations.ledger import Clock
from chatbot.services.operations.records import as_operation
from chatbot.services.telling.records import as_change
from chatbot.services.watching.records import snapshot_of
from storage import audit, homes, operations, watching
from storage.database import Database
from storage.models import Home

KEPT_UP_FOR = timedelta(minutes=30)
"""How long after it was opened or touched: Slack does not tell when it is closed."""

_ENTRIES = 8


@dataclass(frozen=True)
class Read:
    """`state` is that of things when it was read, as `state_of_things` names it; `seen` by project id."""

    overview: Overview
    entries: tuple[Entry, ...]
    state: str
    seen: Mapping[str, Snapshot]


class Overviews:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def read(self, home: Home) -> Read:
        async with self._database.read() as session:
            state = await homes.state_of_things(session)
            named = await homes.names(session)
            unfinished = await operations.all_unfinished(session)
            incidents = await homes.open_incidents(session)
            hurt = {project.project_id for _, projects in incidents for project in projects}
            moving = {operation.project_id for operation in unfinished}
            all_ = [Called(id_, name, id_ in hurt, id_ in moving, pinned) for id_, name, pinned in named]
            page = page_of(all_, home.search, home.page)
            ids = [project.id for project in page.shown]
            rows = await watching.productions_of(session, ids)
            last = await homes.last_changes(session, ids, standings.TOLD)
            moved = await homes.last_changes(session, ids, standings.MOVES)
            glances = await homes.glances_at(session, ids)
            ended = await homes.ended_since(session, ids, self._clock() - standings.PROVEN_LATELY)
            entries = await audit.newest(session, limit=_ENTRIES)
        seen = {project_id: snapshot_of(row) for project_id, row in rows.items()}
        shown_ = [
            standings.standing(
                project,
                seen[project.id],
                last=as_change(last[project.id]) if project.id in last else None,
                moved=as_change(moved[project.id]) if project.id in moved else None,
                health=standings.health_of(
                    glances.get(project.id), (row for row in ended if row.project_id == project.id)
                ),
                back=standings.way_glanced(glances.get(project.id), seen[project.id]),
            )
            for project in page.shown
            if project.id in seen
        ]
        overview = Overview(
            user=home.user_id,
            decision=Decision(home.may_act, home.because) if home.because else None,
            until=home.opened_at + KEPT_UP_FOR,
            search=home.search,
            page=page,
            standings=shown_,
            under_way=[as_operation(row) for row in unfinished],
            incidents=[standings.incident_of(*found) for found in incidents],
        )
        return Read(overview, tuple(map(shown, entries)), state, seen)
