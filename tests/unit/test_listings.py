from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.access import Decision
from chatbot.domain.deployments import Deployment, State, state_of
from chatbot.domain.serving import Served
from chatbot.messages import about, actions, listings
from chatbot.messages.wording import deployment_line, moment
from tests.unit.making import (
    NOON,
    current,
    deployment,
    domain,
    pinned,
    preview,
    project,
    promoted,
    request,
    staged,
)
from tests.unit.saying import everything_in, payload, words
from tests.unit.strategies import deployments


def buttons(said: Any) -> list[dict[str, Any]]:
    return [p for p in everything_in(payload(said)) if p.get("type") == "button"]


class TestCurrent:
    def test_every_project_by_name_with_what_it_serves(self) -> None:
        said = listings.current_of_all([project(), project(name="docs", current=None)], NOON)
        assert said.text == "Current: docs nothing, shop c0ffee0."
        shown = words(said)
        assert shown.index("*docs*: nothing is Current.") < shown.index(
            "*shop*: `c0ffee0` fix the cart (ana, main)"
        )

    def test_no_project_is_said(self) -> None:
        assert "no project" in listings.current_of_all([], NOON).text
        assert "no project" in listings.which_project([]).text

    def test_the_rest_of_many_projects_is_counted(self) -> None:
        many = [project(name=f"p{n:02}") for n in range(23)]
        said = listings.current_of_all(many, NOON)
        assert "And 3 more: name one after `/current`." in words(said)
        assert "*p19*" in words(said)
        assert "*p20*" not in words(said)
        assert "more" not in words(listings.current_of_all(many[:20], NOON))

    def test_since_when(self) -> None:
        asked = project(last_request=request("dpl_current", requested_at=NOON - timedelta(days=3)))
        assert "Current for 3 d" in words(listings.current_of_all([asked], NOON))
        built = project(current=current(ready_at=NOON - timedelta(hours=5)))
        assert "Current for 5 h" in words(listings.current_of_all([built], NOON))
        assert "since" not in words(listings.current_of_all([project()], NOON))

    @pytest.mark.parametrize(
        ("made", "sentence"),
        [
            (
                pinned(rollback_reason="checkout <500s>"),
                "pinned by a rollback: checkout &lt;500s&gt;. New builds",
            ),
            (pinned(), "pinned by a rollback. New builds stay Staged until somebody promotes."),
            (project(auto_assign=False), "auto-assignment is off, new builds stay Staged"),
        ],
    )
    def test_when_new_builds_do_not_go_live_it_is_said(self, made: Any, sentence: str) -> None:
        assert sentence in words(listings.current_of_all([made], NOON))
        assert "Staged" not in words(listings.current_of_all([project()], NOON))

    def test_each_domain_of_one_project(self) -> None:
        domains = [
            domain("b.example"),
            domain("a.example", serves="dpl_x"),
            domain("c.example", serves=None),
            domain("www.example", redirect="b.example"),
            domain("next.example", git_branch="next"),
        ]
        said = listings.current_of_one(project(), domains, NOON)
        assert (
            "*Domains*\n• a.example: serves `dpl_x`, not Current\n• b.example: serves Current\n"
            "• c.example: serves nothing\n• www.example → b.example"
        ) in words(said)
        assert "next.example" not in words(said)
        assert [(b["action_id"], b["value"]) for b in buttons(said)] == [(actions.CANDIDATES, "prj_shop")]

    @pytest.mark.parametrize("length", [20, 60, 90, 253])
    def test_domains_of_any_length_are_shown_to_their_end(self, length: int) -> None:
        names = [f"{n:02}.".ljust(length - 12, "d") + ".example.com" for n in range(45)]
        some = [domain(name, serves="dpl_other000000000000000000") for name in names]
        shown = words(listings.current_of_one(project(), some, NOON))
        served = "serves `dpl_other000000000000000000`, not Current"
        assert all(f"• {name}: {served}\n" in shown for name in names[:40])
        assert "and 5 more" in shown


class TestDeployments:
    @pytest.mark.parametrize(
        ("made", "state", "action"),
        [
            (staged(), "Staged", actions.PROMOTE),
            (preview(), "Preview", actions.PROMOTE),
            (promoted(), "Promoted", actions.ROLL_BACK),
            (promoted(rollback_candidate=False), "Promoted", None),
            (current(), "Current", None),
            (deployment(ready_state="BUILDING"), "Building", None),
            (deployment(ready_state="ERROR"), "Failed", None),
            (deployment(ready_substate="ROLLING"), "Canary", None),
        ],
    )
    def test_each_has_its_state_and_what_can_be_done_with_it(
        self, made: Deployment, state: str, action: str | None
    ) -> None:
        said = listings.newest([made], {"prj_shop": "dpl_current"}, NOON)
        assert f"*{state}* · shop · {deployment_line(made)}\n" in words(said)
        assert said.text.endswith(f"shop {made.label} {state}")
        assert [(b["action_id"], b["value"]) for b in buttons(said)] == (
            [(action, made.id)] if action else []
        )

    def test_each_button_says_to_a_screen_reader_what_it_acts_on(self) -> None:
        labels = [
            b["accessibility_label"] for b in buttons(listings.newest([staged(), promoted()], {}, NOON))
        ]
        assert labels == ["Promote… 3f2a1bc fix the cart", "Roll back… 3f2a1bc fix the cart"]

    @given(st.lists(deployments, max_size=14, unique_by=lambda d: d.id))
    @settings(max_examples=20)
    def test_what_else_could_become_current(self, some: list[Deployment]) -> None:
        said = listings.choices(project(), some, NOON)
        can = [d for d in some if state_of(d, "dpl_current") in {State.STAGED, State.PREVIEW, State.PROMOTED}]
        shown = words(said)
        if can:
            assert all(f"`{d.id}`" in shown for d in can[:10])
        else:
            assert "no other deployment" in said.text
        assert all(b["value"] in {d.id for d in can} for b in buttons(said))


class TestCandidates:
    def test_the_previous_one_is_named_and_a_newer_one_as_well(self) -> None:
        found = [promoted("dpl_a"), promoted("dpl_b", created_at=NOON)]
        served = {"dpl_a": Served("dpl_a", NOON - timedelta(days=2), NOON)}
        said = listings.candidates(project(), found, served, NOON, reason="checkout 500s")
        assert f"served 2 d until {moment(NOON)}\n" in words(said)
        assert "0 s old · newer than Current: this goes forward" in words(said)
        assert said.text == "2 rollback candidates of shop, the first is 3f2a1bc."
        assert [(b["action_id"], b["value"]) for b in buttons(said)] == [
            ("deployment.roll_back:1", "dpl_a checkout 500s"),
            ("deployment.roll_back:2", "dpl_b checkout 500s"),
        ]

    @pytest.mark.parametrize(
        ("served", "note"),
        [
            (
                Served("dpl_a", NOON - timedelta(hours=5), NOON, about=True),
                f"served about 5 h until {moment(NOON)}",
            ),
            (Served("dpl_a", None, NOON), f"served until {moment(NOON)}"),
            (Served("dpl_a", NOON, None), f"served from {moment(NOON)} on"),
            (None, "9 d old"),
        ],
    )
    def test_how_long_it_served_as_far_as_that_is_known(self, served: Served | None, note: str) -> None:
        said = listings.candidates(project(), [promoted("dpl_a")], {"dpl_a": served} if served else {}, NOON)
        assert f"(ana, main)\n{note}\n" in words(said)

    def test_of_many_the_newer_ones_keep_a_place_and_the_rest_is_counted(self) -> None:
        back = [promoted(f"dpl_back{n:02}") for n in range(12)]
        forward = [promoted(f"dpl_forward{n}", created_at=NOON) for n in range(5)]
        said = listings.candidates(project(), [*back, *forward], {}, NOON)
        shown = [b["value"] for b in buttons(said)]
        assert shown == [d.id for d in (*back[:3], *forward[:3])]
        assert "And 11 more: name one after `/rollback`." in words(said)
        assert "more:" not in words(listings.candidates(project(), back[:6], {}, NOON))

    def test_where_production_is_pinned_a_button_resumes(self) -> None:
        said = listings.candidates(pinned(), [promoted("dpl_a")], {}, NOON, resume=staged())
        assert "Production is pinned by a rollback" in words(said)
        assert buttons(said)[-1]["text"]["text"] == "Resume with 3f2a1bc"
        assert (buttons(said)[-1]["action_id"], buttons(said)[-1]["value"]) == (actions.RESUME, "prj_shop")
        one = listings.current_of_one(pinned(), [], NOON, staged())
        assert [b["action_id"] for b in buttons(one)] == [actions.CANDIDATES, actions.RESUME]

    def test_without_a_reason_a_button_carries_the_id_alone(self) -> None:
        said = listings.candidates(project(current=None), [promoted("dpl_a")], {}, NOON)
        assert "Nothing is Current." in words(said)
        assert [b["value"] for b in buttons(said)] == ["dpl_a"]

    def test_a_project_is_picked_by_its_name(self) -> None:
        undo = listings.which_project([project()], undo=True)
        assert "Undo the last change of which project?" in words(undo)
        assert [b["action_id"] for b in buttons(undo)] == ["project.undo:1"]
        said = listings.which_project([project(), project(name="docs", id="prj_docs")])
        assert [(b["text"]["text"], b["action_id"], b["value"]) for b in buttons(said)] == [
            ("docs", "project.candidates:1", "prj_docs"),
            ("shop", "project.candidates:2", "prj_shop"),
        ]

    def test_of_many_projects_some_are_named_and_the_others_can_be(self) -> None:
        many = [project(name=f"p{n:02}") for n in range(21)]
        said = listings.which_project(many)
        assert len(buttons(said)) == 20
        assert "There are more: name one after `/rollback`." in words(said)
        assert "There are more" not in words(listings.which_project(many[:20]))
        assert "There are more" in words(listings.which_project(many[:2], of_channel=True))


class TestAbout:
    def test_help_knows_the_four_words(self) -> None:
        shown = words(about.help_text())
        assert all(f"*{word}*: " in shown for word in ("Staged", "Preview", "Promoted", "Current"))
        assert "I do not know `&lt;!here&gt;`. " in words(about.unknown("<!here>"))

    @pytest.mark.parametrize(
        ("decision", "words_"),
        [
            (
                Decision(True, "admin"),
                "you may promote and roll back every project: you are a workspace admin",
            ),
            (Decision(True, "listed"), "you are named in the bot's settings"),
            (Decision(True, "group"), "a group of yours is named"),
            (Decision(False, "not admin"), "but change nothing: nobody is named"),
            (Decision(False, "not listed"), "but change nothing: neither you nor a group of yours is named"),
        ],
    )
    def test_who_i_am(self, decision: Decision, words_: str) -> None:
        assert words_ in about.whoami("U0ANA0001", decision).text

    def test_the_log_is_shown_line_by_line(self) -> None:
        entry = about.Entry(7, NOON, "slack:U0ANA0001", "operation.asked", "shop", "promote <dpl_x>")
        shown = words(about.audit([entry, replace(entry, seq=6, actor="bot", project=None, about="")]))
        assert (
            "`7` 2026-11-23 12:00:00 UTC · <@U0ANA0001> · operation.asked · shop · promote &lt;dpl_x&gt;\n"
            "`6` 2026-11-23 12:00:00 UTC · bot · operation.asked\n"
        ) in shown
        assert "no such entry" in about.audit([]).text
