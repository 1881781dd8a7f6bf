"""The words of incidents: a card that fits whatever its names are, and the timeline as message and file."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.domain.deployments import Commit
from chatbot.domain.incidents import Entry, Kind, Visit
from chatbot.domain.operations import Stage
from chatbot.domain.plans import Path
from chatbot.domain.scenes import BecameCurrent, Incident, Scene, Standing, Suspect
from chatbot.domain.waysback import WayBack
from chatbot.messages import incident, incidenttimeline
from chatbot.messages.message import written
from tests.unit import making
from tests.unit.making import NOON
from tests.unit.saying import buttons, words

ANA, BOB = "slack:U0ANA0001", "slack:U0BOB0002"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

LONG = Commit("3f2a1bc" * 5, "&" * 300, "a&" * 40, "b&" * 60)
SITES = tuple(Visit(("d" * 60 + ".") * 4 + f"{n}.com", 500) for n in range(10))
LONG_CURRENT = making.current(commit=LONG)
WAY = WayBack(
    "prj_shop",
    "p" * 100,
    making.promoted(commit=LONG),
    LONG_CURRENT.id,
    tuple(site.name for site in SITES),
    "0" * 64,
)


def longest(projects: int) -> Scene:
    made = making.project(name="p" * 100, current=LONG_CURRENT, last_request=making.request(LONG_CURRENT.id))
    ill = Entry(NOON, Kind.ILL, "bot", domains=WAY.domains)
    return Scene(
        Incident("inc_1", "&" * 500, NOON, NOON, ANA, ("p" * 100,) * projects),
        (Standing("prj_shop", "p" * 100, made, SITES, 0, (WAY,) * 3),) * projects,
        (Suspect(NOON, "prj_shop", "p" * 100, BecameCurrent(LONG_CURRENT), WAY),) * 6,
        (Entry(NOON, Kind.OPENED, ANA), *(ill,) * 9),
    )


@pytest.mark.parametrize("projects", [1, 4, 5, 10, 20])
def test_a_card_fits_into_a_message_and_names_every_project_with_a_way_back(projects: int) -> None:
    made = incident.card(longest(projects))
    assert written(made) <= 13_000
    assert len(made.blocks) <= 50
    assert words(made).count("Roll back to 3f2a1bc\n") >= projects
    assert words(made).count("*0 of 10 domains well*") == projects


def test_names_that_are_ordinary_have_all_the_room() -> None:
    scene = longest(4)
    short = replace(scene.standings[0], name="shop", project=making.project(), visits=SITES[:1])
    made = incident.card(replace(scene, standings=(short,) * 4, suspects=()))
    assert "fix the cart" in words(made)


def test_while_a_rolling_release_is_under_way_its_abort_is_the_way_back() -> None:
    scene = longest(1)
    rolling = Standing("prj_shop", "shop", making.project(), SITES[:1], rolling=True)
    made = incident.card(replace(scene, standings=(rolling,), suspects=()))
    assert "A rolling release is under way: its abort is the way back." in words(made)
    assert "nothing to roll back to" not in words(made)
    assert "Rolling release…" in buttons(made)


ENTRIES = [
    Entry(NOON, Kind.OPENED, ANA),
    Entry(NOON + 2 * SECOND, Kind.ILL, "bot", domains=("shop.example.com",)),
    Entry(NOON + 60 * SECOND, Kind.REQUESTED, BOB, "shop", Path.PROMOTE, "3f2a1bc", override=True),
    Entry(NOON + 70 * SECOND, Kind.REQUESTED, ANA, "shop", Path.ROLLBACK, "9ab8c7d"),
    Entry(NOON + 74 * SECOND, Kind.ENDED, ANA, "shop", Path.ROLLBACK, "9ab8c7d", Stage.SUCCEEDED),
    Entry(NOON + 76 * SECOND, Kind.WELL, "bot", domains=("shop.example.com",)),
    Entry(NOON + 80 * SECOND, Kind.MOVED, "dee", "docs", Path.ROLLBACK, "5fc11cc"),
    Entry(NOON + 90 * SECOND, Kind.RESOLVED, BOB),
]
OVER = Incident("inc_1", "it is <slow>", NOON - MINUTE, NOON, ANA, ("shop", "docs"), NOON + 90 * SECOND, BOB)


def test_the_timeline_tells_each_line_and_how_long_each_took_from_the_beginning() -> None:
    told = words(incidenttimeline.timeline(OVER, ENTRIES))
    for line in (
        "+1 min Opened by <@U0ANA0001>",
        "+1 min 2 s Not well: shop.example.com",
        "<@U0BOB0002> asked for a promote of shop to 3f2a1bc, with an override",
        "The rollback of shop to 9ab8c7d is through",
        "docs rolled back to 5fc11cc outside of me, by dee",
    ):
        assert line in told
    assert "*Detected*" in told
    assert [line.rpartition(", after ")[2] for line in told.split("\n") if ", after " in line] == [
        "1 min.",
        "2 min 14 s.",
        "2 min 16 s.",
        "2 min 30 s.",
    ]


def test_the_file_has_every_line_in_utc_with_names_and_no_markup() -> None:
    text = incidenttimeline.text_file(OVER, "it is <slow>", ENTRIES, {ANA: "Ana & co"})
    assert text.startswith("Incident it is <slow>\nProjects: shop, docs\n")
    lines = text.split("\n")
    assert lines[3].startswith("began        2026-")
    assert "Opened by Ana & co" in text
    assert "slack:U0BOB0002 asked for a promote of shop to 3f2a1bc, with an override" in text
    assert len([line for line in lines if " UTC  " in line]) >= len(ENTRIES)
    assert "*" not in text


def test_what_was_not_seen_is_said() -> None:
    told = words(incidenttimeline.timeline(OVER, [ENTRIES[0], ENTRIES[-1]], "not_in_channel"))
    assert "Not rolled back." in told
    assert "No recovery was seen" in told
    assert "There is no file: I am not in this channel" in told
