from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.crons import Cron, CronChange, Rescheduled, cron_change

SETTLE, EXPIRE = Cron("/jobs/settle", "*/15 * * * *"), Cron("/jobs/expire", "0 3 * * *")


def test_what_the_target_defines_and_current_does_not_is_added() -> None:
    assert cron_change([SETTLE], [SETTLE, EXPIRE]) == CronChange(added=(EXPIRE,), kept=1)


def test_what_only_current_defines_is_removed() -> None:
    assert cron_change([SETTLE, EXPIRE], [EXPIRE]) == CronChange(removed=(SETTLE,), kept=1)


def test_another_schedule_of_a_path_is_a_change() -> None:
    later = Cron(SETTLE.path, "0 * * * *")
    assert cron_change([SETTLE], [later]) == CronChange(
        rescheduled=(Rescheduled("/jobs/settle", "*/15 * * * *", "0 * * * *"),)
    )


def test_a_path_with_several_schedules_is_added_and_removed() -> None:
    twice = [Cron("/a", "0 1 * * *"), Cron("/a", "0 2 * * *")]
    change = cron_change([SETTLE, Cron("/a", "0 9 * * *")], twice)
    assert change.added == tuple(twice)
    assert change.removed == (Cron("/a", "0 9 * * *"), SETTLE)
    assert change.rescheduled == ()


def test_a_target_that_does_not_say_changes_nothing_that_is_known() -> None:
    assert cron_change([SETTLE], None) == CronChange(kept=1, told=False)
    assert cron_change([], None) == CronChange(told=False)


CRONS = st.lists(st.builds(Cron, st.sampled_from(["/a", "/b"]), st.sampled_from(["1", "2", "3"])), max_size=5)


@given(CRONS, CRONS)
def test_the_change_turns_one_into_the_other(current: list[Cron], target: list[Cron]) -> None:
    change = cron_change(current, target)
    became = set(current) - set(change.removed)
    for one in change.rescheduled:
        became -= {Cron(one.path, one.before)}
        became |= {Cron(one.path, one.after)}
    assert became | set(change.added) == set(target)
    assert change.kept == len(set(current) & set(target))
    assert (change == CronChange(kept=change.kept)) == (set(current) == set(target))
