"""The largest plans that there can be, in any script: every card, dialog and line stays within Slack's limits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.domain.changes import CodeChange, Counted
from chatbot.domain.crons import Cron, CronChange, Rescheduled
from chatbot.domain.deployments import Domain
from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.plans import (
    Caution,
    Other,
    Path,
    Plan,
)
from chatbot.domain.repositories import Repository
from chatbot.messages import confirmation
from tests.unit.making import NOON, commit, current, preview, project, request
from tests.unit.saying import CONFIRMATION_ID, VALID, words
from tests.unit.strategies import ACTOR
from tests.unit.test_payloads import check

SCRIPTS = [
    "x",
    "&<>",
    "カート🛒",
    "العربية \u202e",
    "👩\u200d👩\u200d👧",
    "e\u0301\u0302",
    "हिन्दी",
    "\u200b\u2066z",
    "`*_~",
]
DOMAINS = tuple(
    Domain("d" * 230 + f"{n:03}.example.com", serves="dpl_" + "x" * 28, verified=False) for n in range(200)
)
REDIRECTS = tuple(Domain("w" * 240 + f"{n:03}.com", redirect=DOMAINS[0].name) for n in range(12))
KEYS = tuple(f"{'KEY_' * 63}{n:03}" for n in range(500))
REPOSITORY = Repository.of("github", "acme/" + "s" * 100)
PATHS = [Path.PROMOTE, Path.REBUILD, Path.ROLLBACK]


def largest(path: Path, script: str) -> Plan:
    def text(length: int) -> str:
        return (script * length)[:length]

    said = commit(message=text(40_000), author=text(300), branch=text(300), repository=REPOSITORY)
    crons = tuple(Cron(f"/{text(500)}{n}", text(100)) for n in range(40))
    of_rebuild = path is Path.REBUILD
    return Plan(
        path=path,
        project=project(
            name="p" * 100,
            auto_assign=False,
            current=current(commit=replace(said, sha="c" * 40)),
            last_request=request("dpl_current"),
        ),
        target=preview(commit=said, custom_environment=text(60), custom_environment_id="env_x"),
        domains=DOMAINS,
        redirects=REDIRECTS,
        environment=EnvironmentChange(
            changed_since_build=() if of_rebuild else KEYS,
            compared_with=text(60) if of_rebuild else None,
            only_preview=KEYS if of_rebuild else (),
            only_production=KEYS[:300] if of_rebuild else (),
            differing=KEYS[300:] if of_rebuild else (),
            version="x",
            keys=tuple((key, "1") for key in KEYS),
        ),
        auto_assign_after=True,
        usual=timedelta(days=40),
        cautions=tuple(Caution),
        reason=text(250),
        code=CodeChange(
            Counted.YES,
            REPOSITORY,
            "a" * 40,
            "b" * 40,
            forward=3000,
            back=3000,
            files=600,
            cut=True,
            brings=tuple(f"{text(200)}{n}.sql" for n in range(300)),
            takes=tuple(f"{text(200)}{n}.sql" for n in range(300)),
        ),
        crons=CronChange(crons, crons, (Rescheduled(text(500), text(99), text(99)),) * 9),
        others=(Other(ACTOR, Path.REBUILD, "3f2a1bc"),) * 11,
    )


def everything_else(plan: Plan) -> Plan:
    """An earlier plan in which nothing was the same."""
    move = request("dpl_" + "x" * 28, "pending", type="rollback")
    before = replace(plan.project, current=None, auto_assign=True, last_request=move)
    return replace(
        plan,
        path=Path.PROMOTE if plan.path is not Path.PROMOTE else Path.REBUILD,
        project=before,
        domains=tuple(Domain("e" * 240 + f"{n:03}.com") for n in range(200)),
        environment=replace(plan.environment, version="y", keys=tuple((key, "2") for key in KEYS)),
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_the_largest_card_is_taken(path: Path, script: str) -> None:
    plan = largest(path, script)
    shown = confirmation.card(plan, CONFIRMATION_ID, now=NOON, valid=VALID, before=everything_else(plan))
    check(shown)
    check(confirmation.spent(plan, ACTOR))
    check(confirmation.cancelled(plan))
    for heading in (
        "Nothing was done",
        "Affected domains (200)",
        "Current now",
        "3000 commits",
        "Environment",
    ):
        assert heading in words(shown)
    for heading in ("Cron jobs", "Database migrations", "Auto-assignment", "Mind", "Only you see this"):
        assert heading in words(shown)


@pytest.mark.parametrize("path", PATHS)
def test_the_largest_dialogs_hold_everything(path: Path) -> None:
    plan = largest(path, "&")
    domains, keys = confirmation.all_domains(plan), confirmation.all_keys(plan)
    check(domains)
    check(keys)
    assert all(domain.name in words(domains) for domain in plan.domains)
    if path is not Path.REBUILD:
        assert all(key in words(keys) for key in KEYS)


def test_what_does_not_fit_into_a_dialog_is_counted() -> None:
    many = tuple(Domain("d" * 230 + f"{n:05}.example.com") for n in range(3000))
    shown = confirmation.all_domains(replace(largest(Path.PROMOTE, "x"), domains=many))
    check(shown)
    *_, last = words(shown).splitlines()
    left = int(last.removeprefix("and ").removesuffix(" more"))
    assert 0 < left < 3000
    assert words(shown).count(".example.com: ") == 3000 - left
