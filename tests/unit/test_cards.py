"""The confirmation shows all that is going to happen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chatbot.domain.changes import CodeChange, Counted
from chatbot.domain.crons import Cron, CronChange, Rescheduled
from chatbot.domain.planning import (
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.plans import (
    MAX_REASON,
    Caution,
    Other,
    Path,
    Plan,
)
from chatbot.messages import actions, confirmation
from chatbot.messages.wording import foreign
from tests.unit.making import (
    NOON,
    current,
    domain,
    look,
    pinned,
    preview,
    project,
    promoted,
    record,
    request,
    staged,
)
from tests.unit.saying import buttons, words
from tests.unit.strategies import plans

PROMOTE = plan_promotion(look(staged()))
REBUILD = plan_promotion(look(preview()))
ROLLBACK = plan_rollback(look(promoted()), "checkout 500s")
TEN_MINUTES = timedelta(minutes=10)


def card(plan: Plan, **changes: Any) -> Any:
    return confirmation.card(plan, "the-id", **{"now": NOON, "valid": TEN_MINUTES, **changes})


@pytest.mark.parametrize(
    ("plan", "title", "verb", "style"),
    [
        (PROMOTE, "Promote shop to 3f2a1bc?", "Promote", "primary"),
        (REBUILD, "Rebuild and promote shop to 3f2a1bc?", "Rebuild and promote", "primary"),
        (ROLLBACK, "Roll back shop to 3f2a1bc?", "Roll back", "danger"),
    ],
)
def test_the_title_and_the_button_name_the_verb(plan: Plan, title: str, verb: str, style: str) -> None:
    said = card(plan)
    assert words(said).splitlines()[0] == title
    assert said.text == f"{title} 1 domain affected."
    assert list(buttons(said)) == [verb, "Choose another", "Cancel"]
    assert buttons(said)[verb]["style"] == style
    assert [b.get("style") for b in buttons(said).values()].count(style) == 1


def test_every_button_carries_the_confirmation_and_nothing_else() -> None:
    shown = buttons(card(PROMOTE))
    assert {b["value"] for b in shown.values()} == {"the-id"}
    assert [b["action_id"] for b in shown.values()] == [actions.CONFIRM, actions.CHOOSE, actions.CANCEL]


def test_both_sides_are_shown() -> None:
    shown = words(card(PROMOTE))
    assert "*Current now*\n`c0ffee0` fix the cart (ana, main)\n24 h old\n`dpl_current`" in shown
    assert "*Current then*\n`3f2a1bc` fix the cart (ana, main)\n1 h old\n`dpl_target`" in shown
    first = words(card(plan_promotion(look(staged(), project=project(current=None), code=CodeChange()))))
    assert "*Current now*\nnothing" in first
    assert "No commit is known" not in first  # there is nothing to compare with


@pytest.mark.parametrize(
    ("plan", "path"),
    [
        (PROMOTE, "*Promote, instant.* The domains move to a finished production build. Nothing is rebuilt."),
        (ROLLBACK, "*Instant rollback.* The domains go back"),
        (REBUILD, "*Complete rebuild.* A preview cannot be promoted as it is"),
        (replace(REBUILD, usual=timedelta(seconds=92)), "This usually takes 1 min."),
        (replace(ROLLBACK, usual=timedelta(seconds=2.34)), "Nothing is rebuilt. This usually takes 2.3 s."),
    ],
)
def test_the_path_says_whether_it_is_rebuilt(plan: Plan, path: str) -> None:
    assert path in words(card(plan))


@given(plans())
@settings(max_examples=25)
def test_every_affected_domain_is_in_the_card_or_behind_show_all(plan: Plan) -> None:
    assume(not plan.stays_staged)
    said, modal = card(plan), words(confirmation.all_domains(plan))
    shown, names = words(said), [d.name for d in plan.domains]
    if len(names) <= confirmation.SHOWN_DOMAINS:
        assert all(name in shown for name in names)
        assert not [b for b in buttons(said) if b.endswith("domains")]
    else:
        assert f"Show all {len(names)} domains" in buttons(said)
        assert f"and {len(names) - confirmation.SHOWN_DOMAINS} more" in shown
    assert f"({len(names)})" in shown or not names
    assert all(name in modal for name in names)


def test_each_domain_says_what_it_serves_now() -> None:
    domains = (domain("a.example"), domain("b.example", serves=None), domain("c.example", serves="dpl_x"))
    plan = plan_promotion(look(staged(), domains=domains))
    for shown in (words(card(plan)), words(confirmation.all_domains(plan))):
        assert "• a.example: serves `c0ffee0` now\n" in shown
        assert "• b.example: serves nothing now\n" in shown
        assert "• c.example: serves `dpl_x` now, not what is Current" in shown


def test_redirects_are_listed_apart() -> None:
    redirect = domain("www.example.com", redirect="shop.example.com")
    plan = plan_promotion(look(staged(), domains=(domain(), redirect)))
    assert "*Affected domains (1)*" in words(card(plan))
    assert "Redirects follow: www.example.com → shop.example.com" in words(card(plan))


def test_the_redirects_that_are_not_named_are_counted() -> None:
    redirects = (domain(f"r{n}.example", redirect="shop.example.com") for n in range(7))
    shown = words(card(plan_promotion(look(staged(), domains=(domain(), *redirects)))))
    assert "r4.example → shop.example.com and 2 more" in shown
    assert "r5.example" not in shown


@pytest.mark.parametrize("length", [95, 130, 253])
def test_long_domains_are_all_shown_to_their_end(length: int) -> None:
    names = [f"{n:02}.".ljust(length - 12, "d") + ".example.com" for n in range(40)]
    some = tuple(domain(name, serves="dpl_other000000000000000000") for name in names)
    plan = plan_promotion(look(staged(), domains=some))
    modal, shown = words(confirmation.all_domains(plan)), words(card(plan))
    assert all(f"• {name}: serves" in modal for name in names)
    assert all(f"• {name}: serves" in shown for name in names[: confirmation.SHOWN_DOMAINS])
    assert "and 30 more" in shown


def test_a_project_without_domains_is_said_to_have_none() -> None:
    assert "*Affected domains*: none, this project has no production domain." in words(
        card(replace(PROMOTE, domains=()))
    )


class TestCode:
    YES = CodeChange(Counted.YES, forward=2, files=6)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (YES, "*2 commits forward*, in 6 files."),
            (replace(YES, forward=1, files=1), "*1 commit forward*, in 1 file."),
            (replace(YES, forward=0, back=3), "*3 commits back*, in 6 files."),
            (replace(YES, back=3), "*2 commits forward and 3 back*, in 6 files."),
            (replace(YES, files=300, cut=True), "*2 commits forward*, in more than 300 files."),
            (CodeChange(Counted.SAME), "*The same commit.*"),
            (CodeChange(Counted.NO_COMMIT, builds_between=0), "0 production builds lie between."),
            (CodeChange(Counted.NOT_ASKED, builds_between=1), "1 production build lies between."),
        ],
    )
    def test_how_far_it_goes_is_counted_or_said_not_to_be(self, change: CodeChange, sentence: str) -> None:
        assert sentence in words(card(replace(PROMOTE, code=change)))

    @pytest.mark.parametrize("why", sorted(set(Counted) - {Counted.YES}))
    def test_every_reason_has_words(self, why: Counted) -> None:
        assert len(words(card(replace(PROMOTE, code=CodeChange(why))))) > len(words(card(PROMOTE))) + 10

    def test_migrations_are_named_either_way(self) -> None:
        change = replace(self.YES, brings=("db/migrate/1.rb",), takes=tuple(f"{n}.sql" for n in range(9)))
        shown = words(card(replace(PROMOTE, code=change)))
        assert "by their names: `db/migrate/1.rb`. Rolling back later does not undo them." in shown
        assert "`4.sql` and 4 more. This does not undo them." in shown


class TestCronJobs:
    SETTLE = Cron("/settle", "0 1 * * *")

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (CronChange(added=(SETTLE,)), "*Cron jobs* move too. These begin: `/settle` `0 1 * * *`\n"),
            (CronChange(removed=(SETTLE,)), "*Cron jobs* move too. These end: `/settle` `0 1 * * *`\n"),
            (
                CronChange(added=(SETTLE,), rescheduled=(Rescheduled("/a", "1", "2"),)),
                "These begin: `/settle` `0 1 * * *`; these get another schedule: `/a` `2` (was `1`)\n",
            ),
            (
                CronChange(kept=2, told=False),
                "*Cron jobs* move too: 2 now. Which ones this deployment defines",
            ),
        ],
    )
    def test_what_begins_ends_or_changes_is_named(self, change: CronChange, sentence: str) -> None:
        assert sentence in words(card(replace(PROMOTE, crons=change)))

    @pytest.mark.parametrize("change", [CronChange(), CronChange(kept=3), CronChange(told=False)])
    def test_nothing_is_said_where_nothing_is_known_to_change(self, change: CronChange) -> None:
        assert "Cron jobs" not in words(card(replace(PROMOTE, crons=change)))


class TestEnvironment:
    def test_a_rebuild_names_the_keys_that_differ(self) -> None:
        records = (
            record("P", "env_1", "production"),
            record("V", "env_2", "preview"),
            record("B", "env_3", "production"),
            record("B", "env_4", "preview"),
        )
        shown = words(card(plan_promotion(look(preview(), environment=records))))
        assert "Preview variables are not used." in shown
        assert "Only in preview, missing then: `V`\n" in shown
        assert "Only in production, new then: `P`\n" in shown
        assert "Set separately for each, may differ: `B`" in shown

    def test_an_instant_change_names_the_keys_that_changed_since(self) -> None:
        plan = plan_promotion(look(staged(), environment=(record("NEW", updated_at=NOON),)))
        assert "Changed since, and not in it: `NEW`" in words(card(plan))
        assert "No production key changed since." in words(card(PROMOTE))

    def test_the_rest_of_many_keys_is_counted(self) -> None:
        records = tuple(record(f"KEY_{n:03}", f"env_{n}", updated_at=NOON) for n in range(500))
        shown = words(card(plan_promotion(look(staged(), environment=records))))
        assert "`KEY_019` and 480 more" in shown
        assert "KEY_020" not in shown

    def test_long_keys_leave_room_for_every_list(self) -> None:
        records = [record("P" * 57 + f"{n:03}", f"p{n}", "production") for n in range(25)]
        records += [record("V" * 57 + f"{n:03}", f"v{n}", "preview") for n in range(25)]
        records += [
            record("B" * 57 + f"{n:03}", f"{target}{n}", target)
            for n in range(25)
            for target in ("preview", "production")
        ]
        shown = words(card(plan_promotion(look(preview(), environment=tuple(records)))))
        for what in ("Only in preview", "Only in production", "Set separately for each"):
            line = next(line for line in shown.splitlines() if line.startswith(what))
            named, rest = line.count("`") // 2, int(line.rsplit(" and ", 1)[1].split()[0])
            assert named >= 9
            assert named + rest == 25


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (PROMOTE, "*Auto-assignment* stays on."),
        (
            PROMOTE.keeping_off(True),  # the rest of a promote that was to keep it off
            "*Auto-assignment* is on now and off afterwards. It was to be kept off.",
        ),
        (ROLLBACK, "*Auto-assignment* is on now and off afterwards. Every rollback switches it off."),
        (
            plan_promotion(look(staged(), project=pinned())),
            "*Auto-assignment* is off now, since a rollback. Every promote switches it on, unless you keep it off.",
        ),
        (
            plan_promotion(look(staged(), project=project(auto_assign=False))),
            "*Auto-assignment* is off now. Every promote switches it on, unless you keep it off.",
        ),
        (plan_rollback(look(promoted(), project=pinned())), "*Auto-assignment* stays off."),
    ],
)
def test_auto_assignment_is_told_before_and_after(plan: Plan, sentence: str) -> None:
    assert sentence in words(card(plan))


@pytest.mark.parametrize("caution", Caution)
def test_every_caution_has_words(caution: Caution) -> None:
    shown = words(card(replace(PROMOTE, cautions=(caution,))))
    assert "*Mind*\n• " in shown
    assert len(shown.split("*Mind*\n• ")[1].splitlines()[0]) > 20
    assert "*Mind*" not in words(card(PROMOTE))


def test_the_reason_is_shown_and_cannot_mention() -> None:
    assert "*Reason*: checkout 500s" in words(card(ROLLBACK))
    plan = replace(ROLLBACK, reason="<!channel> now")
    assert f"*Reason*: {foreign('<!channel> now')}" in words(card(plan))


class TestOthers:
    """Whose operations on the project are not through."""

    ANA = Other("slack:U0ANA0001", Path.REBUILD, "3f2a1bc")
    BOB = Other("slack:U0BOB0002", Path.PROMOTE, "c0ffee0", waits=True)

    def test_who_and_what_is_named_first_among_the_warnings(self) -> None:
        shown = words(card(replace(PROMOTE, others=(self.ANA, self.BOB), cautions=(Caution.UNPINS,))))
        assert (
            "*Mind*\n• <@U0ANA0001>'s rebuild to `3f2a1bc` is under way, <@U0BOB0002>'s promote to `c0ffee0` waits. "
            "This one waits for its turn.\n• Production is pinned"
        ) in shown

    def test_a_way_back_goes_first(self) -> None:
        assert "before those that wait, and what is under way gives way to it." in words(
            card(replace(ROLLBACK, others=(replace(self.ANA, gives_way=True),)))
        )
        assert "This one goes before those that wait.\n" in words(card(replace(ROLLBACK, others=(self.BOB,))))

    def test_a_move_of_ours_is_waited_for_and_its_place_is_not_taken(self) -> None:
        under_way = replace(ROLLBACK, others=(self.ANA,), cautions=(Caution.MOVE_UNDER_WAY,))
        shown = words(card(under_way))
        assert "is under way. This one waits until that is through, and goes before those that wait." in shown
        assert "takes its place" not in shown
        assert "takes its place" in words(card(replace(under_way, others=())))

    def test_what_is_queued_behind_a_rolling_release_holds_nobody_up(self) -> None:
        queued = replace(self.ANA, queued=True)
        shown = words(card(replace(PROMOTE, others=(queued,))))
        assert "*Mind*\n• <@U0ANA0001>'s rebuild to `3f2a1bc` is queued behind the rolling release." in shown
        assert "waits for its turn" not in shown
        assert "gives way" not in words(card(replace(ROLLBACK, others=(queued,))))


def test_a_reason_as_long_as_the_platform_takes_is_shown_to_its_end() -> None:
    longest = "x" * (MAX_REASON - 4) + " end"
    assert f"*Reason*: {longest}\n" in words(card(replace(ROLLBACK, reason=longest)))
    assert longest not in words(card(replace(ROLLBACK, reason=longest + ".")))


def test_how_long_it_is_valid_is_said() -> None:
    assert words(card(PROMOTE)).endswith("Only you see this. Valid for 10 min, for one click.")


def test_a_spent_card_is_one_line_without_buttons() -> None:
    for said in (confirmation.spent(ROLLBACK, "slack:U0ANA0001"), confirmation.cancelled(ROLLBACK)):
        assert said.text == words(said)
        assert "\n" not in said.text
        assert not buttons(said)
        assert said.text.startswith("Roll back shop to 3f2a1bc: ")
    assert "Nothing was done." in confirmation.cancelled(ROLLBACK).text
    assert "<@U0ANA0001>" in confirmation.spent(ROLLBACK, "slack:U0ANA0001").text


@given(st.sampled_from(Path))
def test_every_path_has_a_verb(path: Path) -> None:
    assert confirmation.VERBS[path]
    assert confirmation.title(replace(PROMOTE, path=path)).startswith(confirmation.VERBS[path])


def test_how_long_it_has_been_current_is_told_where_vercel_says_it() -> None:
    moved = project(last_request=request("dpl_current", requested_at=NOON - timedelta(hours=3)))
    assert "24 h old, Current for 3 h\n" in words(card(plan_promotion(look(staged(), project=moved))))
    assigned = project(current=current(assigned_at=NOON - timedelta(hours=5)))
    assert "24 h old, Current for 5 h\n" in words(card(plan_promotion(look(staged(), project=assigned))))
    failed = project(last_request=request("dpl_current", "failed"), current=current())
    assert "24 h old\n" in words(card(plan_promotion(look(staged(), project=failed))))


def test_the_ages_are_from_now() -> None:
    shown = words(card(replace(PROMOTE, project=project(current=current(created_at=NOON)))))
    assert "0 s old\n`dpl_current`" in shown
