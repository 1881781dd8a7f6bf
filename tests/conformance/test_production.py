"""What the cases say of production is read from every place that could tell otherwise."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.conformance.production import is_serving
from tests.conformance.stage import Cli, Mismatch, Stage, opened

NO_CLI = Cli("node", Path("none"), "0.0.0", asyncio.Semaphore(1))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with aiohttp.ClientSession() as session, opened(NO_CLI, "", tmp_path, session, None) as stage:
        yield stage


@pytest.mark.parametrize("project", ["shop", "docs", "api"])
async def test_the_current_one_is_serving_and_no_other(stage: Stage, project: str) -> None:
    await is_serving(stage, await stage.api.current_id(project), project)
    with pytest.raises(Mismatch, match="what is Current"):
        await is_serving(stage, await stage.api.earlier_id(project), project)


async def test_one_domain_that_serves_another_one_is_noticed(stage: Stage) -> None:
    staged = await stage.api.staged_id()
    answer = await stage.api.post(f"/v2/deployments/{staged}/aliases", {"alias": "eu.shop.example.com"})
    assert answer.status == 200
    with pytest.raises(Mismatch, match=r"what eu\.shop\.example\.com serves"):
        await is_serving(stage, await stage.api.current_id())


async def test_a_domain_that_answers_an_error_is_noticed(stage: Stage) -> None:
    await stage.api.post("/sandbox/break", {"project": "shop"})
    with pytest.raises(Mismatch, match="500"):
        await is_serving(stage, await stage.api.current_id())


async def test_cron_jobs_left_behind_are_noticed(stage: Stage) -> None:
    current = await stage.api.current_id()
    stage.platform.store.projects[(await stage.api.project())["id"]].crons.deployment_id = "dpl_other"
    with pytest.raises(Mismatch, match="whose cron jobs run"):
        await is_serving(stage, current)


async def test_another_substate_is_noticed(stage: Stage) -> None:
    current = await stage.api.current_id()
    stage.platform.store.deployments[current].substate = "STAGED"
    with pytest.raises(Mismatch, match="its substate"):
        await is_serving(stage, current)
