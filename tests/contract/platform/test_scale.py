"""A team with many projects: made from a seed, listed completely, and indexed as it is asked for."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Scale, Timing
from chatbot.sandbox.vercel.indexes import Mark, Wanted
from chatbot.sandbox.vercel.records import Deployment
from tests.benchmarks.platform_scale import pages, told
from tests.contract.platform.calling import Api

SCALE = Scale(projects=30, deployments=1_500, seed=11)


@pytest.fixture
async def crowd(session: aiohttp.ClientSession) -> AsyncIterator[Api]:
    timing = Timing(build=0.02, alias=0.01, queue=0.005)
    async with Platform(timing=timing, seeded=False, scale=SCALE) as platform:
        yield Api(session, platform)


async def walk(api: Api, **query: str) -> list[Any]:
    """All pages of the list, newest first."""
    found: list[Any] = []
    until: dict[str, str] = {}
    while True:
        body = await api.get("/v6/deployments", limit="100", **{**query, **until})
        found += body["deployments"]
        if body["pagination"]["next"] is None:
            return found
        until = {"until": str(body["pagination"]["next"])}


def ids(deployments: list[Any]) -> list[str]:
    return [one["uid"] for one in deployments]


def truth(api: Api) -> list[Deployment]:
    """Newest first."""
    return sorted(api.platform.store.deployments.values(), key=lambda one: one.created_at, reverse=True)


async def test_walking_the_pages_meets_every_deployment_exactly_once(crowd: Api) -> None:
    listed, deleted = await walk(crowd), await walk(crowd, state="DELETED")
    assert len(crowd.platform.store.deployments) == len(listed) + len(deleted) == SCALE.deployments
    assert Counter(ids(listed + deleted)).most_common(1)[0][1] == 1
    assert ids(listed) == [one.id for one in truth(crowd) if one.deleted_by_retention_at is None]


async def test_walking_the_projects_meets_every_project_and_its_deployments(crowd: Api) -> None:
    names: list[str] = []
    start: dict[str, str] = {}
    while True:
        body = await crowd.get("/v10/projects", limit="25", **start)
        names += [one["name"] for one in body["projects"]]
        if body["pagination"]["next"] is None:
            break
        start = {"from": str(body["pagination"]["next"])}
    assert len(names) == len(set(names)) == SCALE.projects
    found = [uid for name in names for uid in ids(await walk(crowd, projectId=name))]
    assert sorted(found) == sorted(ids(await walk(crowd)))


async def test_every_filter_finds_what_a_look_at_everything_finds(crowd: Api) -> None:
    chance = random.Random(5)
    everything = truth(crowd)
    kept = [one for one in everything if one.deleted_by_retention_at is None]
    for drawn in chance.sample(kept, 8):
        since, until = sorted((drawn.created_at, chance.choice(kept).created_at))
        span = {"since": str(since), "until": str(until)}
        within = [one for one in kept if since < one.created_at < until]
        cases: list[tuple[dict[str, str], list[Deployment]]] = [
            ({}, within),
            ({"branch": drawn.commit.branch}, [x for x in within if x.commit.branch == drawn.commit.branch]),
            ({"branch": "main"}, [x for x in within if x.commit.branch == "main"]),
            ({"state": "ERROR,CANCELED"}, [x for x in within if x.state in ("ERROR", "CANCELED")]),
            ({"projectId": drawn.project_id}, [x for x in within if x.project_id == drawn.project_id]),
            (
                {"state": "READY,DELETED"},
                [x for x in everything if since < x.created_at < until and x.state == "READY"],
            ),
        ]
        for query, expected in cases:
            assert ids(await walk(crowd, **query, **span)) == [one.id for one in expected], query
        assert ids(await walk(crowd, sha=drawn.commit.sha)) == [drawn.id]
    assert await walk(crowd, branch="nope") == await walk(crowd, sha="0" * 40) == []


async def test_every_value_of_meta_finds_what_a_look_at_everything_finds(crowd: Api) -> None:
    drawn = (await walk(crowd))[40]
    said = {"ticket": "A-1", "githubCommitRef": drawn["meta"]["githubCommitRef"], "githubRepo": drawn["name"]}
    said["githubCommitMessage"] = drawn["meta"]["githubCommitMessage"]
    for meta in (said, {"ticket": "A-1", "githubCommitRef": "elsewhere", "githubOrg": "others"}):
        order = {"name": drawn["name"], "deploymentId": drawn["uid"], "meta": meta}
        built = await crowd.post("/v13/deployments", order)
        await crowd.until_state(built.body["id"], "READY")
    listed = await walk(crowd)
    newest = listed[0]["meta"]
    assert newest["ticket"] == "A-1"
    for key, value in {*drawn["meta"].items(), *said.items(), *newest.items(), ("ticket", "none")}:
        expected = [one["uid"] for one in listed if one["meta"].get(key) == value]
        assert ids(await walk(crowd, **{f"meta-{key}": value})) == expected, key
    assert (await crowd.call("DELETE", f"/v13/deployments/{listed[0]['uid']}")).status == 200
    assert ids(await walk(crowd, **{"meta-ticket": "A-1"})) == [listed[1]["uid"]]


async def test_a_value_of_meta_that_none_has_is_not_looked_for(crowd: Api) -> None:
    store, team = crowd.platform.store, crowd.platform.team_id
    keys = {"ticket", "githubRepo", "githubRepoId", "githubOrg", "githubDeployment", "githubCommitRef"}
    for key in keys | {"githubCommitSha", "githubCommitMessage", "githubCommitAuthorLogin"}:
        assert list(store.listed(Wanted(team, marks=(Mark(key, "none"),)))) == [], key


async def test_what_changes_is_listed_as_it_is(crowd: Api) -> None:
    name = next(iter(crowd.platform.store.projects.values())).name
    await crowd.fault({"build": {"project": name, "hangs": True}})
    pushed = await crowd.push(name, branch="feat/new")
    assert ids(await walk(crowd, branch="feat/new")) == [pushed]
    await crowd.until_state(pushed, "BUILDING")
    assert ids(await walk(crowd, state="BUILDING,QUEUED,INITIALIZING")) == [pushed]
    assert (await crowd.call("PATCH", f"/v12/deployments/{pushed}/cancel")).status == 200
    assert pushed in ids(await walk(crowd, state="CANCELED"))
    assert await walk(crowd, state="BUILDING,QUEUED,INITIALIZING") == []
    assert (await crowd.call("DELETE", f"/v13/deployments/{pushed}")).status == 200
    assert await walk(crowd, branch="feat/new") == []
    assert pushed not in ids(await walk(crowd, state="CANCELED"))
    assert pushed not in ids(await walk(crowd))


async def test_the_projects_serve_and_their_history_is_believable(crowd: Api) -> None:
    projects = (await crowd.get("/v9/projects", limit="100"))["projects"]
    serving = [one for one in projects if one["targets"].get("production")]
    assert len(serving) > SCALE.projects * 0.8
    for project in serving[:10]:
        current = project["targets"]["production"]
        assert (current["readyState"], current["readySubstate"]) == ("READY", "PROMOTED")
        domain = project["alias"][0]["domain"]
        assert (await crowd.deployment(domain))["id"] == current["id"]
        assert (await crowd.call("GET", f"/sites/{domain}/")).headers["X-Served-By"] == current["id"]
        events = await crowd.get(f"/v3/deployments/{current['id']}/events")
        assert events[-1]["text"] == "Deployment completed"
    states = Counter(one["state"] for one in await walk(crowd))
    assert set(states) == {"READY", "ERROR", "CANCELED"}
    assert states["READY"] > states["ERROR"] > states["CANCELED"]


async def test_its_commits_are_on_the_git_side(crowd: Api) -> None:
    two = await walk(crowd, projectId=next(iter(crowd.platform.store.projects)), branch="main")
    head, base = two[0]["meta"], two[-1]["meta"]
    crowd.token, crowd.scope = None, {}
    path = f"/github/repos/acme/{head['githubRepo']}/compare"
    body = await crowd.get(f"{path}/{base['githubCommitSha']}...{head['githubCommitSha']}")
    assert body["status"] == "ahead"
    assert body["ahead_by"] >= len(two) - 1


async def test_production_of_one_of_them_is_rolled_back_and_promoted(crowd: Api) -> None:
    store = crowd.platform.store
    project = next(one for one in store.projects.values() if len(one.served) > 2)
    now, earlier = project.served[-1], project.served[-2]
    assert (await crowd.roll_back(earlier, project.name)).status == 201
    await crowd.until_current(earlier, project.name)
    assert (await crowd.promote(now, project.name)).status == 201
    await crowd.until_current(now, project.name)


async def test_the_same_seed_makes_the_same_crowd() -> None:
    def outline(scale: Scale) -> list[tuple[str, str, str, str, str]]:
        store = Platform(seeded=False, scale=scale).store
        return [
            (one.id, one.project_id, one.url, one.commit.sha, one.state) for one in store.deployments.values()
        ]

    small = Scale(projects=20, deployments=400, seed=3)
    told = outline(small)
    assert len(told) == 400
    assert told == outline(small)
    assert told != outline(Scale(projects=20, deployments=400, seed=4))


async def test_the_stories_are_the_same_beside_a_crowd() -> None:
    alone, among = Platform(), Platform(scale=Scale(projects=5, deployments=50))
    stories = list(alone.store.deployments)
    assert list(among.store.deployments)[: len(stories)] == stories
    assert len(among.store.deployments) == len(stories) + 50


async def test_a_crowd_arrives_by_a_call_once_and_the_panel_stays_short(api: Api) -> None:
    asked = {"projects": 80, "deployments": 400}
    answer = await api.call("POST", "/sandbox/scale", asked)
    assert (answer.status, answer.body) == (200, asked)
    assert len(await walk(api)) + len(await walk(api, state="DELETED")) > 460
    shown = [one["name"] for one in (await api.get("/sandbox/panel"))["projects"]]
    assert len(shown) == 50
    assert {"shop", "docs", "api"} <= set(shown)
    assert (await api.call("POST", "/sandbox/scale", asked)).status == 409


@pytest.mark.parametrize(
    "asked",
    [{"projects": 0}, {"projects": 5, "deployments": 4}, {"projects": 10_001}, {"seed": "x"}, {"more": 1}],
    ids=str,
)
async def test_a_crowd_that_cannot_be_is_refused(api: Api, asked: dict[str, Any]) -> None:
    before = await api.get("/sandbox/panel")
    answer = await api.call("POST", "/sandbox/scale", asked)
    assert (answer.status, answer.body["error"]["code"]) == (400, "bad_request")
    assert await api.get("/sandbox/panel") == before


async def test_the_benchmark_tells_both_figures_and_every_kind_of_page() -> None:
    scale = Scale(projects=5, deployments=60)
    taken = await pages(Platform(scale=scale), rounds=2)
    assert {len(samples) for samples in taken.values()} == {2}
    lines = told(scale, 1.5, 12.0, taken)
    assert lines[0] == "5 projects and 60 deployments: 1.50 s, of 10 s"
    assert lines[1].startswith("a page of 100: ")
    assert lines[2] == "memory: 12 MiB, 204.80 KiB a deployment"
    assert len(lines) == 3 + len(taken)
