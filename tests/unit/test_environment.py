from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import EnvironmentKey
from chatbot.domain.environment import EnvironmentChange, changed_keys, environment_change
from chatbot.domain.planning import (
    plan_promotion,
    plan_rollback,
)
from tests.unit.making import NOON, commit, look, preview, promoted, record, staged


def rebuild(*records: EnvironmentKey, branch: str | None = "main") -> EnvironmentChange:
    of = commit(branch=branch) if branch is not None else None
    return environment_change(preview(commit=of), records, rebuild=True)


def instant(*records: EnvironmentKey) -> EnvironmentChange:
    return environment_change(staged(), records, rebuild=False)


class TestRebuild:
    def test_one_record_for_both_is_equal_by_construction(self) -> None:
        change = rebuild(record("API_URL", "env_1", "production", "preview", "development"))
        assert (change.only_preview, change.only_production, change.differing) == ((), (), ())

    def test_a_key_of_preview_only_is_missing_then(self) -> None:
        assert rebuild(record("DEBUG", "env_1", "preview")).only_preview == ("DEBUG",)

    def test_a_key_of_production_only_is_new_then(self) -> None:
        assert rebuild(record("STRIPE_KEY", "env_1", "production")).only_production == ("STRIPE_KEY",)

    def test_two_records_may_differ(self) -> None:
        change = rebuild(record("API_URL", "env_1", "production"), record("API_URL", "env_2", "preview"))
        assert change.differing == ("API_URL",)
        assert (change.only_preview, change.only_production) == ((), ())

    def test_a_record_of_the_branch_wins(self) -> None:
        both = record("API_URL", "env_1", "production", "preview")
        own = record("API_URL", "env_2", "preview", git_branch="feature/cart")
        for records in ((both, own), (own, both)):
            assert rebuild(*records, branch="feature/cart").differing == ("API_URL",)
            assert rebuild(*records, branch="main").differing == ()

    def test_a_record_of_another_branch_is_not_seen(self) -> None:
        other = record("DEBUG", "env_1", "preview", git_branch="next")
        assert rebuild(other, branch="main").only_preview == ()
        assert rebuild(other, branch=None).only_preview == ()
        assert rebuild(other, branch="next").only_preview == ("DEBUG",)

    def test_development_does_not_count(self) -> None:
        change = rebuild(record("DEV", "env_1", "development"))
        assert (change.only_preview, change.only_production, change.differing) == ((), (), ())

    def test_what_changed_since_the_preview_was_built_is_not_said(self) -> None:
        assert rebuild(record(updated_at=NOON)).changed_since_build == ()


class TestCustomEnvironment:
    """A target built for one is compared with its records instead of preview's."""

    QA = preview(custom_environment="qa", custom_environment_id="env_qa")

    def change(self, *records: EnvironmentKey) -> EnvironmentChange:
        return environment_change(self.QA, records, rebuild=True)

    def of_qa(self, key: str, record_id: str, *targets: str) -> EnvironmentKey:
        made = record(key, record_id, custom_environments=frozenset({"env_qa"}))
        return replace(made, targets=frozenset(targets))

    def test_its_own_keys_are_missing_then(self) -> None:
        change = self.change(self.of_qa("QA_ONLY", "env_1"), record("P", "env_2"))
        assert (change.only_preview, change.only_production) == (("QA_ONLY",), ("P",))
        assert change.compared_with == "qa"

    def test_previews_records_are_not_its_own(self) -> None:
        change = self.change(record("API_URL", "env_1", "preview"), record("API_URL", "env_2"))
        assert (change.only_preview, change.differing) == ((), ())
        assert change.only_production == ("API_URL",)

    def test_a_record_of_both_is_equal_by_construction(self) -> None:
        both = self.of_qa("API_URL", "env_1", "production")
        other = self.of_qa("TOKEN", "env_2")
        change = self.change(both, other, record("TOKEN", "env_3"))
        assert (change.only_preview, change.only_production) == ((), ())
        assert change.differing == ("TOKEN",)

    def test_a_preview_is_compared_with_none(self) -> None:
        change = rebuild(self.of_qa("QA_ONLY", "env_1"))
        assert (change.only_preview, change.compared_with) == ((), None)


class TestTwoLooks:
    BEFORE = (record("A", "env_1"), record("B", "env_2"), record("B", "env_3", "preview"))

    def test_keys_whose_records_changed_are_named(self) -> None:
        after = (
            record("A", "env_1", updated_at=NOON),
            record("B", "env_2"),
            record("C", "env_4", "development"),
        )
        assert changed_keys(instant(*self.BEFORE), instant(*after)) == ("A", "B", "C")

    def test_the_same_records_in_another_order_are_no_change(self) -> None:
        assert changed_keys(instant(*self.BEFORE), instant(*reversed(self.BEFORE))) == ()

    def test_a_record_that_joins_a_custom_environment_is_a_change(self) -> None:
        joined = replace(self.BEFORE[0], custom_environments=frozenset({"env_qa"}))
        change = instant(joined, *self.BEFORE[1:])
        assert changed_keys(instant(*self.BEFORE), change) == ("A",)
        assert change.version != instant(*self.BEFORE).version


class TestInstant:
    def test_a_key_that_changed_after_the_build_is_not_in_it(self) -> None:
        built = staged().created_at
        change = instant(
            record("NEW", "env_1", updated_at=built + timedelta(milliseconds=1)),
            record("AT_ONCE", "env_2", updated_at=built),
            record("OLD", "env_3", updated_at=built - timedelta(days=1)),
        )
        assert change.changed_since_build == ("NEW",)

    def test_only_production_counts(self) -> None:
        assert instant(record("DEBUG", "env_1", "preview", updated_at=NOON)).changed_since_build == ()

    def test_previews_are_not_compared(self) -> None:
        change = instant(record("DEBUG", "env_1", "preview"))
        assert (change.only_preview, change.only_production, change.differing) == ((), (), ())


def test_a_promote_and_a_rollback_keep_what_was_built_in_and_a_rebuild_does_not() -> None:
    changed = (record("API_URL", updated_at=NOON),)
    assert plan_promotion(look(staged(), environment=changed)).environment.changed_since_build == ("API_URL",)
    assert plan_rollback(look(promoted(), environment=changed)).environment.changed_since_build == (
        "API_URL",
    )
    assert plan_promotion(look(preview(), environment=changed)).environment.only_production == ("API_URL",)


def test_records_are_read_alike_in_any_order_even_without_ids() -> None:
    for_all, for_next = record("API", "", "preview"), record("API", "", "preview", git_branch="next")
    assert rebuild(for_all, for_next) == rebuild(for_next, for_all)


KEYS = st.sampled_from(["A", "B", "C", "D"])
TARGETS = st.frozensets(st.sampled_from(["production", "preview", "development"]), max_size=3)


@st.composite
def records(draw: st.DrawFn) -> list[EnvironmentKey]:
    """At most one record a key and target, one more a key and branch: as the platform allows it."""
    made = []
    for number, key in enumerate(draw(st.lists(KEYS, unique=True))):
        first = draw(TARGETS)
        made.append(record(key, f"env_{number}a", updated_at=NOON - timedelta(hours=draw(st.integers(0, 3)))))
        made[-1] = EnvironmentKey(made[-1].id, key, first, made[-1].updated_at)
        rest = frozenset({"production", "preview", "development"}) - first
        if draw(st.booleans()):
            made.append(EnvironmentKey(f"env_{number}b", key, rest, NOON))
        if draw(st.booleans()):
            made.append(
                record(key, f"env_{number}c", "preview", git_branch=draw(st.sampled_from(["main", "next"])))
            )
    return draw(st.permutations(made))


@given(records())
def test_a_key_is_in_one_list_at_most_and_each_list_is_sorted(some: list[EnvironmentKey]) -> None:
    change = rebuild(*some)
    lists = (change.only_preview, change.only_production, change.differing)
    every = [key for keys in lists for key in keys]
    assert len(every) == len(set(every))
    assert all(list(keys) == sorted(keys) for keys in lists)
    assert set(every) <= {r.key for r in some}


@given(records())
def test_the_order_of_the_records_means_nothing(some: list[EnvironmentKey]) -> None:
    turned = sorted(some, key=lambda r: r.id, reverse=True)
    assert rebuild(*some) == rebuild(*turned)
    assert instant(*some) == instant(*turned)


@given(records())
def test_what_a_preview_lacks_and_has_is_what_the_two_sets_of_keys_say(some: list[EnvironmentKey]) -> None:
    in_preview = {r.key for r in some if "preview" in r.targets and r.git_branch in {None, "main"}}
    in_production = {r.key for r in some if "production" in r.targets}
    change = rebuild(*some)
    assert set(change.only_preview) == in_preview - in_production
    assert set(change.only_production) == in_production - in_preview
    assert set(change.differing) <= in_preview & in_production
