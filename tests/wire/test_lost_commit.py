"""The database has committed, and its answer is lost: what a person confirmed is done, once, and they are told so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.relay import Relay, relay
from tests.conftest import World, a_world
from tests.storage.conftest import Postgres


@pytest.fixture
async def between(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Relay]:
    server = Path(postgres.address.partition("host=")[2].partition("&")[0])
    folder = server / "relay"  # a socket's path has at most 107 bytes
    folder.mkdir(exist_ok=True)
    async with relay(server, folder) as made:
        yield made


@pytest.fixture
async def remote(postgres: Postgres, between: Relay) -> AsyncIterator[World]:
    """A world whose database is reached through the relay."""
    url = postgres.emptied_database()
    host = url.partition("host=")[2].partition("&")[0]
    async with a_world(url.replace(host, f"{host}/relay")) as made:
        yield made


async def test_a_confirmation_whose_commit_is_not_acknowledged_is_carried_out_at_once(
    remote: World, between: Relay
) -> None:
    await remote.start_bot(promotebot_lease_seconds=600)
    card = await remote.card("shop", "Staged")
    between.lose_commit()
    await remote.ana.clicks(card, "Promote")
    await remote.bob.sees("is Current", channel="deploys")
    assert between.forgive() == 0
    await remote.ana.sees("confirmed by <@U0ANA0001>", channel="deploys")
    await remote.until_all_is_told()
    assert len(await remote.promotes()) == 1


@pytest.mark.parametrize("after", [1, 2])
async def test_a_step_whose_commit_is_not_acknowledged_is_gone_on_from(
    remote: World, between: Relay, after: int
) -> None:
    """The ask among them: nobody else can have sent it."""
    await remote.start_bot(promotebot_lease_seconds=600)
    card = await remote.card("shop", "Staged")
    between.lose_commit(after=after)
    await remote.ana.clicks(card, "Promote")
    await remote.bob.sees("is Current", channel="deploys")
    assert between.forgive() == 0
    assert len(await remote.promotes()) == 1
