"""App Home: who needs somebody first, search and pages, and what stands there within Slack's limits."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.domain.access import Decision
from chatbot.domain.homes import (
    PROJECTS_A_PAGE,
    Called,
    Health,
    OpenIncident,
    Overview,
    Standing,
    page_of,
)
from chatbot.domain.incidents import Visit
from chatbot.domain.news import Change, How, Kind, Who
from chatbot.domain.operations import Stage
from chatbot.domain.waysback import WayBack
from chatbot.messages import about
from chatbot.messages.home import home
from tests.unit.happening import PROMOTE, ROLLBACK, at
from tests.unit.making import NOON, commit, current, promoted
from tests.unit.saying import CHANNEL, PERSON, buttons, payload, words
from tests.unit.strategies import ACTOR
from tests.unit.test_limits import SCRIPTS
from tests.unit.test_payloads import check

MAY, MAY_NOT = Decision(True, "admin"), Decision(False, "not admin")
MAX_VIEW = 250_000
CALM = [Called(f"prj_{n:03}", f"project-{n:03}") for n in range(200)]


def overview(*standings: Standing, decision: Decision | None = MAY, search: str = "") -> Overview:
    page = page_of([s.called for s in standings], search, 0)
    return Overview(PERSON, decision, NOON, search, page, standings)


def shop(**changes: object) -> Standing:
    made = Standing(Called("prj_shop", "shop"), current(), NOON - timedelta(hours=3), domains=3)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_those_that_need_somebody_come_first_and_then_it_goes_by_name() -> None:
    found = [
        Called("prj_1", "beta"),
        Called("prj_2", "Alpha"),
        Called("prj_3", "pinned", is_pinned=True),
        Called("prj_4", "moving", is_moving=True),
        Called("prj_5", "on fire", is_in_incident=True),
    ]
    assert [c.name for c in page_of(found, "", 0).shown] == ["on fire", "moving", "pinned", "Alpha", "beta"]


def test_two_hundred_projects_are_turned_over_page_by_page() -> None:
    pages = [page_of(CALM, "", number) for number in range(page_of(CALM, "", 0).pages)]
    assert [called for page in pages for called in page.shown] == CALM
    assert {len(page.shown) for page in pages[:-1]} == {PROJECTS_A_PAGE}
    assert page_of(CALM, "", 99) == pages[-1]
    assert page_of(CALM, "", -1) == pages[0]
    assert page_of([], "", 0).pages == 1


def test_a_search_finds_every_word_in_any_case() -> None:
    assert [c.name for c in page_of(CALM, "19 PROJECT 01", 0).shown] == ["project-019"]
    assert page_of(CALM, "nothing", 5).shown == ()


def test_whoever_may_change_nothing_sees_no_button_that_does() -> None:
    standing = shop(back=WayBack.of(ROLLBACK))
    assert set(buttons(home(overview(standing)))) == {
        "Refresh",
        "Roll back to 3f2a1bc",
        "Roll back…",
        "Promote…",
    }
    for decision in (MAY_NOT, None):
        shown = home(overview(standing, decision=decision))
        assert set(buttons(shown)) == {"Refresh"}
        assert "*shop*  `c0ffee0`" in words(shown)
    assert "Slack did not tell me who you are" in words(home(overview(standing, decision=None)))


def test_a_way_back_that_is_under_way_is_not_offered_again() -> None:
    shown = home(replace(overview(shop(back=WayBack.of(ROLLBACK))), under_way=(at(Stage.MOVING, ROLLBACK),)))
    assert "Roll back to 3f2a1bc" not in buttons(shown)
    assert "Roll back…" in buttons(shown)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"current": None}, "nothing is Current"),
        ({"called": Called("p", "shop", is_pinned=True)}, "*pinned by a rollback*: new builds stay Staged"),
        (
            {"called": Called("p", "shop", is_pinned=True), "pinned_because": "<500s>"},
            "*pinned by a rollback* (&lt;500s&gt;): new builds stay Staged",
        ),
        ({"called": Called("p", "shop", is_in_incident=True)}, "*An incident is open*"),
        ({"called": Called("p", "shop", is_moving=True)}, "*a change is under way*"),
        ({"auto_assign": False}, "auto-assignment is off: new builds stay Staged"),
        ({"is_releasing": True}, "*a rolling release is under way*"),
        ({}, "3 domains · health not looked at yet"),
        ({"domains": 0}, "no production domain is known"),
        ({"astray": ("eu.example.com",)}, "*not serving Current: eu.example.com*"),
        ({"health": Health(NOON, (Visit("a", 200, is_well=True),) * 3)}, "3 domains · all well, looked at"),
        ({"health": Health(NOON, (Visit("a", 200, is_well=True),))}, "3 domains · 1 visited, all well"),
        (
            {"health": Health(NOON - timedelta(days=1), (Visit("a", 200, is_well=True),) * 3)},
            "12:00 UTC>, before that",
        ),
        (
            {"health": Health(NOON, (Visit("a.com", 502), Visit("b.com", fault="timeout")))},
            "*ill: a.com answers 502, b.com does not answer in time*",
        ),
    ],
)
def test_a_project_is_told_as_it_stands(changes: dict[str, object], sentence: str) -> None:
    assert sentence in words(home(overview(shop(**changes))))


@pytest.mark.parametrize(
    ("kind", "how", "who", "told"),
    [
        (Kind.CURRENT, How.BOT, Who("ana", PERSON), f"`c0ffee0` was promoted from Slack, by <@{PERSON}>"),
        (Kind.CURRENT, How.PUSHED, Who("bob"), "`c0ffee0` became Current by a push, by bob"),
        (Kind.CURRENT, How.ROLLED_BACK, None, "`c0ffee0` was rolled back to outside of Slack,"),
        (Kind.DOMAIN, How.UNKNOWN, None, "a domain was moved alone"),
        (Kind.FAILED, How.UNKNOWN, Who("bob"), "a production build failed, by bob"),
        (Kind.STAGED, How.UNKNOWN, None, "`c0ffee0` is Staged"),
    ],
)
def test_the_last_change_says_what_how_and_who(kind: Kind, how: How, who: Who | None, told: str) -> None:
    change = Change("c", "prj_shop", "shop", 1, kind, how, NOON, NOON, who, now=current())
    assert f"Last change: {told}" in words(home(overview(shop(last=change))))


def test_what_is_under_way_and_open_incidents_say_where() -> None:
    under_way = (at(Stage.MOVING), at(Stage.WAITING, ROLLBACK))
    incidents = (OpenIncident("checkout <500s>", NOON, CHANNEL, ("shop", "api")),)
    shown = words(home(replace(overview(shop()), under_way=under_way, incidents=incidents)))
    assert f"the domains are moving · by <@{PERSON}> · in <#{CHANNEL}>" in shown
    assert "waiting · by" in shown
    assert "*checkout &lt;500s&gt;* · shop, api · since" in shown


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_fullest_home_is_taken(script: str) -> None:
    def text(length: int) -> str:
        return (script * length)[:length]

    said = commit(message=text(4000), author=text(300), branch=text(300))
    names = tuple("d" * 230 + f"{n:03}.example.com" for n in range(200))
    change = Change(
        "c",
        "prj",
        text(100),
        1,
        Kind.CURRENT,
        How.PUSHED,
        NOON,
        NOON,
        Who(text(300)),
        now=current(commit=said),
    )
    full = Standing(
        Called("prj_" + "x" * 28, text(100), True, True, True),
        current(commit=said),
        NOON,
        auto_assign=False,
        domains=200,
        astray=names,
        pinned_because=text(250),
        is_releasing=True,
        last=change,
        health=Health(NOON, tuple(Visit(name, 502) for name in names[:5])),
        back=WayBack("prj_" + "x" * 28, text(100), promoted(commit=said), "dpl_" + "y" * 28, names, "0" * 64),
    )
    entry = about.Entry(10**9, NOON, ACTOR, "operation.requested", text(100), text(300))
    shown = home(
        Overview(
            PERSON,
            MAY,
            NOON,
            "x" * 100,
            page_of(CALM, "", 3),
            (full,) * PROJECTS_A_PAGE,
            (at(Stage.MOVING, PROMOTE),) * 50,
            (OpenIncident(text(300), NOON, CHANNEL, (text(100),) * 20),) * 20,
        ),
        (entry,) * 8,
    )
    check(shown)
    sent = payload(shown)
    assert len(sent["blocks"]) <= 100
    assert len(json.dumps(sent)) < MAX_VIEW
