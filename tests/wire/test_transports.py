"""Socket Mode is the default; signed HTTP carries the same."""

import aiohttp

from tests.conftest import World


async def test_the_same_promotion_over_signed_http(world: World) -> None:
    await world.start_bot(http_port=0)
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    await world.bob.sees("is Current", channel="deploys")


async def test_a_request_with_a_wrong_signature_is_refused(world: World) -> None:
    ready = await world.start_bot(http_port=0, slack_signing_secret="another")  # noqa: S106 - a wrong one
    body = {"command": "/promote", "text": "x", "user_id": "U0ANA0001", "channel_id": "C0DEPLOYS"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{ready.port}/slack/events", data=body) as answer,
    ):
        assert answer.status == 401
    assert not await world.audit()
