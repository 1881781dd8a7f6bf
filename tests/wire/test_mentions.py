"""`@promotebot …`: the commands in words, answered where people expect it."""

import asyncio
from typing import Any

import pytest

from tests.conftest import World
from tests.wire.forging import Forger


async def said(world: World, text: str) -> int:
    """Of the entries of the audit log that a word has."""
    return sum(entry.action == f"{text}.requested" for entry in await world.audit())


async def test_what_everybody_may_know_is_answered_in_the_thread_and_the_rest_to_the_asker(
    bot: World,
) -> None:
    await bot.bob.types("@promotebot current shop", channel="deploys")
    asked = await bot.ana.sees("current shop", channel="deploys")
    answer = await bot.ana.sees("*Domains*", channel="deploys", thread=asked)
    assert not answer.ephemeral
    assert "shop.example.com: serves Current" in answer.words

    # In a thread the card and the refusal stay there, and only the asker sees them.
    staged = await bot.newest("shop", "Staged")
    await bot.bob.types(f"@promotebot promote {staged['id']}", channel="deploys", thread=asked)
    denied = await bot.bob.sees("workspace admins", channel="deploys", thread=asked)
    assert denied.ephemeral
    await bot.ana.types(f"@promotebot promote <{staged['id']}", channel="deploys", thread=asked)
    await bot.ana.sees("That mentions somebody or holds a link mark", channel="deploys", thread=asked)
    await bot.ana.types(f"hello @promotebot PROMOTE {staged['id']}", channel="deploys", thread=asked)
    card = await bot.ana.sees("Promote shop to", channel="deploys", thread=asked)
    assert card.ephemeral
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Current of shop is now", channel="deploys")
    assert await bot.serving("shop") == {staged["id"]}
    assert await said(bot, "promote") == 3


async def test_unknown_words_get_help_and_direct_messages_are_heard(bot: World) -> None:
    await bot.ana.types("thanks @promotebot", channel="deploys")
    helped = await bot.ana.sees("promotebot changes what your production domains serve", channel="deploys")
    assert helped.ephemeral
    await bot.ana.types("@promotebot promote", channel="deploys")
    await bot.ana.sees("Say what to promote", channel="deploys")
    await bot.ana.types("@promotebot subscribe", channel="deploys")
    await bot.ana.sees("That opens a dialog", channel="deploys")
    backend = bot.workspace.backend
    direct = backend.state.direct_message("U0ANA0001", backend.app.bot_user_id).id
    await bot.ana.types("@promotebot current docs", channel=direct)
    answer = await bot.ana.sees("*Domains*", channel=direct)
    assert await said(bot, "current") == 1
    assert not answer.ephemeral


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_mention_makes_one_card_however_often_it_is_delivered_and_to_whom(shared: World) -> None:
    replicas = [Forger(shared, await shared.start_bot(http_port=0)) for _ in range(2)]
    staged = await shared.newest("shop", "Staged")
    bot_user = shared.workspace.backend.app.bot_user_id
    mention = {
        "type": "app_mention",
        "user": "U0ANA0001",
        "team": "T0ACME001",
        "channel": "C0DEPLOYS",
        "ts": "1700000000.000100",
        "text": f"<@{bot_user}> promote {staged['id']}",
    }
    once = (replica.tells(mention, event_id="Ev0ONCE") for replica in replicas * 2)
    assert set(await asyncio.gather(*once)) == {200}
    left: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"bot_id": "B0OTHER01"}, {}),
        ({"edited": {"user": "U0ANA0001", "ts": "1700000000.000200"}}, {}),
        ({"team": "T0STRANGE"}, {}),
        ({"user": None}, {}),
        ({"channel": "C" * 200}, {}),
    ]
    for number, (changed, around) in enumerate(left):
        assert await replicas[0].tells(mention | changed, event_id=f"Ev{number}", **around) == 200
    cards = [m for m in await shared.ana.reads("deploys") if "Promote shop to" in m.words]
    assert len(cards) == 1
    assert await said(shared, "promote") == 1

    # In a channel that is shared with others, nobody but the asker reads the answer.
    asked = mention | {"text": f"<@{bot_user}> current shop"}
    assert await replicas[0].tells(asked, event_id="EvSHARED", is_ext_shared_channel=True) == 200
    assert (await shared.ana.sees("*Domains*", channel="deploys")).ephemeral
    shared_link = {
        "type": "link_shared",
        "channel": "C0DEPLOYS",
        "user": "U0ANA0001",
        "message_ts": "1700000000.000100",
        "links": [{"domain": "vercel.com", "url": "https://vercel.com/acme/shop"}],
    }
    assert await replicas[0].tells(shared_link, event_id="EvLINK", is_ext_shared_channel=True) == 200
    assert not await shared.sent_to_slack("chat.unfurl")
    step = {
        "type": "function_executed",
        "function": {"callback_id": "promote_deployment"},
        "function_execution_id": "Fx0FORGED",
        "inputs": {"deployment": "main"},
    }
    # Not taken: then the workflow fails, and hangs nowhere.
    assert await replicas[0].tells(step, event_id="EvSTEP") == 400
