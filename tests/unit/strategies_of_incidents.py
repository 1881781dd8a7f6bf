"""Hypothesis strategies for incidents: up to twenty projects, with whatever people and platforms write."""

from dataclasses import replace

from hypothesis import strategies as st

from chatbot.domain.drills import CANDIDATES, Drill, drill_of
from chatbot.domain.incidents import MAX_PROJECTS, Entry, Kind, Visit
from chatbot.domain.operations import Stage
from chatbot.domain.plans import Path
from chatbot.domain.scenes import SUSPECTS, BecameCurrent, Incident, KeysChanged, Scene, Standing, Suspect
from chatbot.domain.waysback import WayBack
from tests.unit.making import NOON
from tests.unit.strategies import (
    ACTOR,
    NAMES,
    TIMES,
    changes_of_production,
    deployments,
    hostile,
    key_lists,
    operations,
    plans,
    projects,
)

KINDS = st.sampled_from([kind for kind in Kind if kind is not Kind.OPENED])
FAULTS = st.sampled_from(["timeout", "private", "certificate", "unresolved", "wildcard"]) | hostile(2)
ways_back = plans().map(WayBack.of)

OPENED = Entry(NOON, Kind.OPENED, ACTOR)
lines = st.builds(
    Entry,
    TIMES,
    KINDS,
    st.sampled_from([ACTOR, "bot", "vercel"]) | hostile(),
    project=st.none() | hostile(),
    path=st.none() | st.sampled_from(Path),
    to=st.none() | hostile(),
    stage=st.none() | st.sampled_from(Stage),
    override=st.booleans(),
    domains=st.lists(st.just("d" * 60 + ".example.com"), max_size=9).map(tuple),
)


@st.composite
def incidents(draw: st.DrawFn, *, resolved: bool | None = None) -> Incident:
    over = draw(st.booleans()) if resolved is None else resolved
    return Incident(
        "inc_1",
        draw(hostile()),
        begun=draw(TIMES),
        opened_at=NOON,
        opened_by=draw(st.sampled_from([ACTOR, "vercel"])),
        projects=tuple(draw(st.lists(NAMES, min_size=1, max_size=MAX_PROJECTS))),
        resolved_at=draw(TIMES) if over else None,
        resolved_by=ACTOR if over else None,
    )


@st.composite
def visits(draw: st.DrawFn) -> tuple[Visit, ...]:
    one = Visit("", draw(st.none() | st.sampled_from([200, 500])), draw(FAULTS), is_well=draw(st.booleans()))
    size = draw(st.sampled_from([0, 1, 2, 10]))
    length = draw(st.sampled_from([1, 230]))
    return tuple(replace(one, name=f"{'d' * length}{n}.example.com") for n in range(size))


@st.composite
def standings(draw: st.DrawFn) -> tuple[Standing, ...]:
    """One or two that are drawn, again and again."""
    one = st.builds(
        Standing,
        st.just("prj_shop"),
        NAMES,
        st.none() | projects(),
        visits(),
        st.sampled_from([0, 190]),
        st.lists(ways_back, max_size=3).map(tuple),
        st.booleans(),
    )
    few = draw(st.lists(one, min_size=1, max_size=2))
    return tuple((few * MAX_PROJECTS)[: draw(st.sampled_from([1, 2, 4, 5, MAX_PROJECTS]))])


suspects = st.builds(
    Suspect,
    TIMES,
    st.just("prj_shop"),
    NAMES,
    st.one_of(
        operations(),
        changes_of_production(),
        st.builds(KeysChanged, key_lists(20)),
        st.builds(BecameCurrent, deployments),
    ),
    st.none() | ways_back,
    st.booleans(),
    st.none() | deployments,
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    few = draw(st.lists(suspects, max_size=2))
    return Scene(
        draw(incidents()),
        draw(standings()),
        tuple((few * SUSPECTS)[:SUSPECTS]),
        (OPENED, *draw(st.lists(lines, max_size=12))),
        pinned=draw(st.sampled_from([None, "", "not_in_channel", "<!here>"])),
        looked_at=draw(st.none() | TIMES),
    )


@st.composite
def _drills(draw: st.DrawFn) -> Drill:
    pressed = [
        Entry(draw(TIMES), kind, ACTOR, to=CANDIDATES[1].label) for kind in (Kind.SEEN, Kind.REQUESTED)
    ]
    few = pressed[: draw(st.integers(0, 2))]
    return drill_of("inc_1", draw(hostile()), NOON, ACTOR, few, draw(st.none() | TIMES))


drills = _drills()
