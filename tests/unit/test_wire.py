"""The platform's JSON, from bodies that pass its official schema, becomes domain values."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from chatbot.domain.crons import Cron
from chatbot.domain.deployments import AliasRequest, Domain, EnvironmentKey, State, state_of
from chatbot.domain.environment import environment_change
from chatbot.domain.repositories import GitHost, Repository
from chatbot.vercel import wire

SHOP = Repository(GitHost.GITHUB, "acme/shop", "https://github.com")
FIXTURES = Path(__file__).parent.parent / "contract" / "vercel-fixtures"
CURRENT, STAGED, LATEST = (f"dpl_00000000000000000000000{n}" for n in (2, 3, 4))


def body(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def deployment_body(**changes: Any) -> Any:
    return wire.DeploymentWire.model_validate({**body("deployment_staged"), **changes}).to_domain()


@pytest.mark.parametrize(
    ("name", "deployment_id", "state"),
    [
        ("deployment_current", CURRENT, State.CURRENT),
        ("deployment_staged", STAGED, State.STAGED),
        ("deployment_preview", LATEST, State.PREVIEW),
        ("deployment_canceled", LATEST, State.FAILED),
    ],
)
def test_a_deployment_alone(name: str, deployment_id: str, state: State) -> None:
    made = wire.DeploymentWire.model_validate(body(name)).to_domain()
    assert made.id == deployment_id
    assert state_of(made, CURRENT) is state
    assert made.project_id == "prj_shop0000000000000000000"
    assert made.project_name == "shop"


def test_everything_that_a_deployment_says() -> None:
    made = deployment_body()
    assert made.url == "shop-3abc-acme.vercel.app"
    assert made.target == "production"
    assert (made.ready_state, made.ready_substate) == ("READY", "STAGED")
    assert (made.created_at, made.building_at, made.ready_at) == (
        at(1795440180000),
        at(1795440181000),
        at(1795440210000),
    )
    assert made.logs_url == "http://127.0.0.1:4811/acme/shop/3"
    assert made.error is None
    assert not made.rollback_candidate
    assert made.commit is not None
    assert made.commit.sha == "0" * 39 + "3"
    assert (made.commit.message, made.commit.author, made.commit.branch) == ("commit 3", "dev", "main")
    assert made.commit.repository == SHOP


@pytest.mark.parametrize(
    ("told", "checks"),
    [
        ({}, None),
        ({"checksState": "registered"}, "pending"),
        ({"checksState": "running"}, "pending"),
        ({"checksState": "completed", "checksConclusion": "succeeded"}, None),
        ({"checksState": "completed", "checksConclusion": "skipped"}, None),
        ({"checksState": "completed", "checksConclusion": "failed"}, "failed"),
        ({"checksState": "completed", "checksConclusion": "canceled"}, "failed"),
        ({"checks": {"deployment-alias": {"state": "pending"}}}, "pending"),
        ({"checks": {"deployment-alias": {"state": "failed"}}}, "failed"),
        # One that does not block has failed, or runs.
        ({"checksConclusion": "failed", "checks": {"deployment-alias": {"state": "succeeded"}}}, None),
        ({"checksState": "running", "checks": {"deployment-alias": {"state": "succeeded"}}}, None),
        ({"checksState": "running", "checks": {"another": {"state": "failed"}}}, "pending"),
    ],
)
def test_what_checks_say_to_assigning_the_domains(told: dict[str, Any], checks: str | None) -> None:
    assert deployment_body(**{"checksState": None, "checksConclusion": None, **told}).checks == checks


def test_a_list_spells_a_deployment_differently_and_means_the_same() -> None:
    page = wire.DeploymentsPage.model_validate(body("deployments"))
    made = [item.to_domain() for item in page.deployments]
    assert [d.id for d in made[:3]] == [LATEST, STAGED, CURRENT]
    alone = {d["id"]: d for d in map(body, ("deployment_current", "deployment_staged", "deployment_preview"))}
    for listed in made[:3]:
        single = wire.DeploymentWire.model_validate(alone[listed.id]).to_domain()
        for same in ("url", "target", "ready_state", "ready_substate", "created_at", "ready_at", "commit"):
            assert getattr(listed, same) == getattr(single, same)
    assert next(d for d in made if d.id == CURRENT).created_at == at(1795440120000)


def test_only_a_list_says_what_is_a_rollback_candidate() -> None:
    page = body("deployments")
    page["deployments"][0]["isRollbackCandidate"] = True
    page["deployments"][1]["isRollbackCandidate"] = None
    made = [item.to_domain() for item in wire.DeploymentsPage.model_validate(page).deployments]
    assert [d.rollback_candidate for d in made[:2]] == [True, False]


def test_a_list_in_the_oldest_spelling_is_read() -> None:
    item = {
        "uid": "dpl_x",
        "name": "shop",
        "url": None,
        "created": 1000,
        "state": "QUEUED",
        "projectId": "prj_x",
    }
    made = wire.DeploymentWire.model_validate(item).to_domain()
    assert (made.id, made.ready_state, made.created_at, made.url) == ("dpl_x", "QUEUED", at(1000), "")
    assert (made.commit, made.target, made.logs_url) == (None, None, None)


@pytest.mark.parametrize(
    ("meta", "repository", "author"),
    [
        (
            {
                "githubCommitSha": "a" * 40,
                "githubOrg": "acme",
                "githubRepo": "shop",
                "githubCommitAuthorName": "A",
            },
            SHOP,
            "A",
        ),
        (
            {
                "gitlabCommitSha": "a" * 40,
                "gitlabProjectNamespace": "acme",
                "gitlabProjectName": "shop",
                "gitlabCommitAuthorLogin": "a",
            },
            Repository(GitHost.GITLAB, "acme/shop", "https://gitlab.com"),
            "a",
        ),
        (
            {"gitlabCommitSha": "a" * 40, "gitlabProjectPath": "acme/web/shop"},
            Repository(GitHost.GITLAB, "acme/web/shop", "https://gitlab.com"),
            "",
        ),
        (
            {
                "bitbucketCommitSha": "a" * 40,
                "bitbucketRepoOwner": "acme",
                "bitbucketRepoSlug": "shop",
                "bitbucketCommitAuthorName": "A",
            },
            Repository(GitHost.BITBUCKET, "acme/shop", "https://bitbucket.org"),
            "A",
        ),
        ({"bitbucketCommitSha": "a" * 40, "bitbucketCommitAuthorName": "A"}, None, "A"),
        ({"githubCommitSha": "a" * 40, "githubRepoId": 1, "githubCommitMessage": None}, None, ""),
        ({"githubCommitSha": "a" * 40, "githubOrg": "../..", "githubRepo": "user"}, None, ""),
    ],
)
def test_the_commit_of_every_git_provider(
    meta: dict[str, Any], repository: Repository | None, author: str
) -> None:
    made = deployment_body(meta=meta).commit
    assert made.sha == "a" * 40
    assert (made.repository, made.author, made.message) == (repository, author, "")


@pytest.mark.parametrize(
    "meta",
    [
        {},
        {"githubCommitSha": ""},
        {"githubCommitSha": None},
        {"action": "promote"},
        {"githubCommitSha": "<!here>"},
        {"gitlabCommitSha": "\u202e" * 40},
        {"githubCommitSha": "a" * 40 + "\n"},
        {"githubCommitSha": "a" * 6},
        {"githubCommitSha": "a" * 65},
        {"githubCommitSha": 1234567},
    ],
)
def test_without_a_hash_there_is_no_commit(meta: dict[str, Any]) -> None:
    assert deployment_body(meta=meta).commit is None


def test_a_custom_environment_has_an_id_and_a_slug() -> None:
    made = deployment_body(customEnvironment={"id": "env_1", "slug": "qa"})
    assert (made.custom_environment_id, made.custom_environment) == ("env_1", "qa")


def test_the_cron_jobs_of_a_deployment_are_told_or_not() -> None:
    told = deployment_body(crons=[{"path": "/jobs/settle", "schedule": "0 3 * * *"}])
    assert told.crons == (Cron("/jobs/settle", "0 3 * * *"),)
    assert deployment_body(crons=[]).crons == ()
    assert deployment_body().crons is None


@pytest.mark.parametrize(
    ("assigned", "moment"), [(True, None), (False, None), (None, None), (1000, at(1000))]
)
def test_when_a_deployment_got_its_domains_is_a_moment_or_not_told(assigned: Any, moment: Any) -> None:
    assert deployment_body(aliasAssigned=assigned).assigned_at == moment


def test_a_project() -> None:
    made = wire.ProjectWire.model_validate(body("project")).to_domain()
    assert (made.id, made.name) == ("prj_shop0000000000000000000", "shop")
    assert made.auto_assign
    assert not made.pinned
    assert made.repository == SHOP
    assert made.current is not None
    assert made.current.id == CURRENT
    assert made.current.plan == "pro"
    assert made.current.project_id == made.id  # left out by the platform there
    assert made.current.commit is not None
    assert not made.rolling_release


def project_body(**changes: Any) -> Any:
    return wire.ProjectWire.model_validate({**body("project"), **changes}).to_domain()


def test_a_project_whose_rollback_is_under_way() -> None:
    made = project_body(
        autoAssignCustomDomains=False,
        lastRollbackTarget={},
        lastAliasRequest={
            "fromDeploymentId": STAGED,
            "toDeploymentId": CURRENT,
            "jobStatus": "in-progress",
            "requestedAt": 1795440000000,
            "type": "rollback",
        },
        rollbackDescription={
            "userId": "usr_1",
            "username": "dev",
            "description": "checkout 500s",
            "createdAt": 1,
        },
    )
    assert made.pinned
    assert made.last_request == AliasRequest("rollback", "in-progress", STAGED, CURRENT, at(1795440000000))
    assert made.previous_id == STAGED
    assert (made.rollback_reason, made.rollback_by) == ("checkout 500s", "dev")


@pytest.mark.parametrize("targets", [None, {}, {"production": None}])
def test_a_project_that_serves_nothing(targets: Any) -> None:
    assert project_body(targets=targets).current is None


def test_a_project_that_leaves_out_what_it_may() -> None:
    made = wire.ProjectWire.model_validate({"id": "prj_x", "name": "x"}).to_domain()
    assert made.auto_assign
    assert (made.current, made.last_request, made.repository) == (None, None, None)
    assert (made.crons, made.crons_are_off) == ((), False)
    none = project_body(link=None, lastAliasRequest=None, rollingRelease=None, rollbackDescription=None)
    assert (none.last_request, none.rolling_release) == (None, False)
    first = {"toDeploymentId": CURRENT, "jobStatus": "pending", "requestedAt": 1, "type": "promote"}
    assert project_body(lastAliasRequest={**first, "fromDeploymentId": None}).last_request.from_id is None
    assert project_body(rollingRelease={"target": "production", "stages": []}).rolling_release


def test_the_cron_jobs_of_a_project_run_unless_they_are_switched_off() -> None:
    crons = {
        **body("project")["crons"],
        "definitions": [{"host": "shop.example.com", "path": "/jobs/settle", "schedule": "0 3 * * *"}],
    }
    made = project_body(crons=crons)
    assert (made.crons, made.crons_are_off) == ((Cron("/jobs/settle", "0 3 * * *"),), False)
    off = project_body(crons={**crons, "disabledAt": 1795440000000})
    assert (off.crons, off.crons_are_off) == ((), True)


@pytest.mark.parametrize(
    ("link", "host", "name", "site"),
    [
        (
            {"type": "github-limited", "org": "acme", "repo": "shop"},
            "github",
            "acme/shop",
            "https://github.com",
        ),
        (
            {"type": "github-custom-host", "host": "git.acme.example", "org": "acme", "repo": "shop"},
            "github",
            "acme/shop",
            "https://git.acme.example",
        ),
        (
            {"type": "gitlab", "projectUrl": "https://gitlab.acme.example/web/team/shop"},
            "gitlab",
            "web/team/shop",
            "https://gitlab.acme.example",
        ),
        (
            {"type": "bitbucket", "owner": "acme", "slug": "shop"},
            "bitbucket",
            "acme/shop",
            "https://bitbucket.org",
        ),
    ],
)
def test_the_repository_of_every_link(link: Any, host: str, name: str, site: str) -> None:
    assert project_body(link=link).repository == Repository(GitHost(host), name, site)


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"type": "vercel", "org": "acme", "repo": "shop"},
        {"type": "github", "org": "acme"},
        {"type": "github", "org": "acme", "repo": ".."},
        {"type": "github-custom-host", "host": "evil.example/<here>", "org": "acme", "repo": "shop"},
        {"type": "gitlab", "projectUrl": "http://["},
        {"type": "gitlab", "projectUrl": "https://gitlab.com/shop"},
        {"type": "bitbucket"},
    ],
)
def test_what_can_be_no_repository_is_none(link: Any) -> None:
    assert project_body(link=link).repository is None


def test_all_projects_of_a_page() -> None:
    page = wire.ProjectsPage.model_validate(body("projects"))
    assert [p.to_domain().name for p in page.projects] == ["shop"]
    assert page.pagination.next is None


def test_domains_and_what_they_serve() -> None:
    page = wire.DomainsPage.model_validate(body("domains"))
    assert page.domains[0].to_domain("dpl_x") == Domain("shop.example.com", serves="dpl_x")
    assert page.domains[0].to_domain().serves is None
    full = {
        **body("domains")["domains"][0],
        "redirect": "example.com",
        "gitBranch": "next",
        "customEnvironmentId": "env_1",
        "verified": False,
    }
    assert wire.DomainWire.model_validate(full).to_domain() == Domain(
        "shop.example.com", "example.com", "next", "env_1", verified=False
    )


def test_environment_keys_without_their_values() -> None:
    made = [item.to_domain() for item in wire.EnvironmentPage.model_validate(body("env")).envs]
    assert made == [
        EnvironmentKey("env_1", "API_URL", frozenset({"production"}), at(1795440000000)),
        EnvironmentKey("env_2", "API_URL", frozenset({"preview"}), at(1795440000000)),
    ]


@pytest.mark.parametrize(
    ("record", "targets", "changed"),
    [
        ({"key": "A", "target": "production", "updatedAt": 5, "createdAt": 1}, {"production"}, 5),
        ({"key": "A", "target": ["production", "preview"], "createdAt": 1}, {"production", "preview"}, 1),
        ({"key": "A", "target": None}, set(), 0),
        ({"key": "A"}, set(), 0),
    ],
)
def test_an_environment_record_that_leaves_something_out(
    record: dict[str, Any], targets: set[str], changed: int
) -> None:
    made = wire.EnvironmentKeyWire.model_validate(record).to_domain()
    assert made.targets == targets
    assert made.updated_at == at(changed)


def env_key(**changes: Any) -> EnvironmentKey:
    body_ = {"key": "API", "target": ["preview"], "updatedAt": 1, **changes}
    return wire.EnvironmentKeyWire.model_validate(body_).to_domain()


@pytest.mark.parametrize(
    "other", [{"target": ["production"]}, {"gitBranch": "next"}, {"key": "URL"}, {"id": "env_1"}]
)
def test_environment_records_without_ids_are_told_apart_by_what_they_are_for(other: dict[str, Any]) -> None:
    assert env_key().id
    assert env_key().id != env_key(**other).id
    assert env_key(target=["preview", "production"]).id == env_key(target=["production", "preview"]).id


def test_a_key_with_a_record_for_each_environment_may_differ_even_without_ids() -> None:
    records = [env_key(), env_key(target="production")]
    assert environment_change(deployment_body(), records, rebuild=True).differing == ("API",)


def test_aliases_say_what_a_name_points_to() -> None:
    page = {
        "aliases": [
            {"uid": "al_1", "alias": "a.example.com", "deploymentId": "dpl_x"},
            {"uid": "al_2", "alias": "b.example.com", "deploymentId": None},
        ],
        "pagination": {"count": 2, "next": 1795440000000, "prev": None},
    }
    made = wire.AliasesPage.model_validate(page)
    assert [(a.alias, a.deployment_id) for a in made.aliases] == [
        ("a.example.com", "dpl_x"),
        ("b.example.com", None),
    ]
    assert made.pagination.next == 1795440000000


def test_whose_token_it_is() -> None:
    assert wire.User.model_validate(body("user")).user.username == "dev"


@pytest.mark.parametrize(
    ("status_body", "said"),
    [
        (b'{"error":{"code":"forbidden","message":"Not authorized"}}', "Not authorized"),
        (b'{"error":{"code":"rate_limited","message":"wait","limit":{"remaining":0}}}', "wait"),
        (b'{"error":{}}', ""),
    ],
)
def test_what_an_error_says(status_body: bytes, said: str) -> None:
    assert wire.ErrorBody.model_validate_json(status_body).error.message == said


@pytest.mark.parametrize(
    ("shape", "wrong"),
    [
        (wire.DeploymentWire, "{}"),
        (wire.DeploymentWire, "[]"),
        (wire.DeploymentWire, '{"id":"x","readyState":"READY"}'),
        (wire.DeploymentWire, '{"id":"x","readyState":"READY","createdAt":"yesterday"}'),
        (wire.DeploymentWire, '{"id":"x","readyState":"READY","createdAt":99999999999999999}'),
        (wire.DeploymentWire, '{"id":"x","readyState":"READY","createdAt":1e30}'),
        (wire.DeploymentWire, '{"id":"x","readyState":"READY","createdAt":1e999}'),
        (wire.DeploymentWire, '{"id":null,"readyState":"READY","createdAt":1}'),
        (wire.ProjectWire, '{"id":"x"}'),
        (wire.ProjectWire, "<html>"),
        (wire.DeploymentsPage, '{"deployments":{}}'),
        (wire.AliasesPage, '{"aliases":null}'),
        (wire.ErrorBody, "<html>502 Bad Gateway</html>"),
        (wire.ErrorBody, '{"error":"x"}'),
        (wire.ErrorBody, ""),
    ],
)
def test_what_cannot_be_read_is_told_from_what_can(shape: Any, wrong: str) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate_json(wrong)
