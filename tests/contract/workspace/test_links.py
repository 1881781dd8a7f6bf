"""Links that people post: the app hears of those of its domains, and puts cards beneath the message."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import SCOPES, Heard, Json, bolt, manifest, signed_http, socket_mode

Connected = Callable[..., Any]
URL = "https://shop.vercel.app/a?b=1"


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    granted = manifest(
        events=["link_shared"],
        scopes=[*SCOPES, "links:read", "links:write"],
        unfurl_domains=["vercel.app", "shop.example.com"],
    )
    async with Workspace(granted) as opened:
        yield opened


def blocks(words: str, button: str = "Promote") -> list[Json]:
    text = {"type": "plain_text", "text": words}
    label = {"type": "plain_text", "text": button}
    actions = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": label}]}
    return [{"type": "section", "text": text}, actions]


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def test_the_app_hears_of_links_of_its_domains_and_no_others(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app, heard = bolt(workspace), Heard()

    @app.event("link_shared")
    async def shared(event: Json) -> None:
        heard.append(event)

    async with connected(app, workspace):
        await ana.posts("see https://elsewhere.org/x and https://evil-vercel.app/")
        message = await ana.posts(f"see {URL}, and https://shop.example.com. {URL} again")
        await heard.reaches(1)
        await ana.posts(f"here too: {URL}", channel="quiet")
        await heard.reaches(2)
    event, in_quiet = heard
    assert event["links"] == [
        {"domain": "vercel.app", "url": URL},
        {"domain": "shop.example.com", "url": "https://shop.example.com"},
    ]
    assert (event["message_ts"], event["channel"], event["user"]) == (message.ts, "C0DEPLOYS", ana.id)
    assert (event["source"], event["is_bot_user_member"]) == ("conversations_history", True)
    assert event["unfurl_id"].startswith(f"C0DEPLOYS.{message.ts}.")
    assert in_quiet["is_bot_user_member"] is False


async def test_a_card_appears_beneath_the_message_and_its_buttons_work(
    workspace: Workspace, connected: Connected, ana: Person, bob: Person
) -> None:
    app, clicks = bolt(workspace), Heard()

    @app.event("link_shared")
    async def shared(event: Json, client: AsyncWebClient) -> None:
        cards = {link["url"]: {"blocks": blocks("Staged")} for link in event["links"]}
        await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=cards)

    @app.action("go")
    async def go(ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        await ack()
        clicks.append(body)
        await respond("Only for you", replace_original=False)

    async with connected(app, workspace):
        await ana.posts(f"look: {URL}")
        card = await bob.sees_card("Staged")
        await bob.clicks(card, "Promote")
        await clicks.reaches(1)
        await bob.sees("Only for you")
    (click,) = clicks
    assert click["container"] == {
        "type": "message_attachment",
        "message_ts": card.ts,
        "attachment_id": 1,
        "channel_id": "C0DEPLOYS",
        "is_ephemeral": False,
        "is_app_unfurl": True,
        "app_unfurl_url": URL,
    }
    assert click["app_unfurl"]["app_unfurl_url"] == URL
    assert click["app_unfurl"]["blocks"] == card.blocks
    assert click["user"]["id"] == bob.id
    assert "message" not in click


async def test_a_second_unfurl_replaces_the_card_of_its_link_and_keeps_the_others(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    other = "https://other.vercel.app/"
    message = await ana.posts(f"{URL} {other}")
    where: Json = {"channel": "C0DEPLOYS", "ts": message.ts}
    await client.chat_unfurl(
        **where, unfurls={URL: {"blocks": blocks("Staged")}, other: {"blocks": blocks("Preview")}}
    )
    await client.chat_unfurl(**where, unfurls={URL: {"blocks": blocks("Current", "Roll back")}})
    (there,) = await ana.reads()
    assert [(card.url, card.buttons) for card in there.cards] == [(URL, ["Roll back"]), (other, ["Promote"])]
    assert there.edited is False
    assert "Current" in there.words


async def test_a_card_can_be_put_by_the_id_that_the_event_gave(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)

    @app.event("link_shared")
    async def shared(event: Json, client: AsyncWebClient) -> None:
        await client.chat_unfurl(
            unfurl_id=event["unfurl_id"], source=event["source"], unfurls={URL: {"blocks": blocks("Staged")}}
        )

    async with socket_mode(app, workspace):
        await ana.posts(URL)
        await ana.sees_card("Staged")


async def test_a_card_answers_to_the_response_url_of_its_click(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)

    @app.action("go")
    async def go(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="", blocks=blocks("Current", "Roll back"), replace_original=True)

    message = await ana.posts(URL)
    async with signed_http(app, workspace):
        client = app.client
        await client.chat_unfurl(
            channel="C0DEPLOYS", ts=message.ts, unfurls={URL: {"blocks": blocks("Staged")}}
        )
        await ana.clicks(await ana.sees_card("Staged"), "Promote")
        card = await ana.sees_card("Current")
    assert card.buttons == ["Roll back"]
    assert (await ana.sees(URL)).ts == message.ts


async def test_what_cannot_be_unfurled_is_refused(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    message = await ana.posts(f"{URL} https://elsewhere.org/")
    here: Json = {"channel": "C0DEPLOYS", "ts": message.ts}
    good = {URL: {"blocks": blocks("Staged")}}
    refused = {
        "cannot_unfurl_message": client.chat_unfurl(**here, unfurls={"https://x.vercel.app": {"text": "x"}}),
        "cannot_unfurl_url": client.chat_unfurl(**here, unfurls={"https://elsewhere.org/": {"text": "x"}}),
        "cannot_find_message": client.chat_unfurl(channel="C0DEPLOYS", ts="1.1", unfurls=good),
        "cannot_find_channel": client.chat_unfurl(channel="C0SECRET1", ts=message.ts, unfurls=good),
        "missing_unfurls": client.chat_unfurl(**here),
        "missing_ts": client.chat_unfurl(channel="C0DEPLOYS", unfurls=good),
        "missing_channel": client.chat_unfurl(ts=message.ts, unfurls=good),
        "missing_source": client.chat_unfurl(unfurl_id="x", unfurls=good),
        "invalid_unfurl_id": client.chat_unfurl(unfurl_id="x", source="composer", unfurls=good),
        "invalid_source": client.chat_unfurl(unfurl_id="x", source="y", unfurls=good),
        "invalid_unfurls_format": client.api_call("chat.unfurl", json=here | {"unfurls": "["}),
        "invalid_blocks": client.chat_unfurl(**here, unfurls={URL: {"blocks": [{"type": "section"}]}}),
    }
    assert {error: await refusal(call) for error, call in refused.items()} == {e: e for e in refused}


async def test_a_card_is_an_attachment_of_the_message_for_whoever_reads_it(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    message = await ana.posts(URL)
    cards = json.dumps({URL: {"title": "shop", "text": "Staged"}})  # in the query, objects come as JSON
    await client.api_call("chat.unfurl", params={"channel": "C0DEPLOYS", "ts": message.ts, "unfurls": cards})
    (told,) = (await client.conversations_history(channel="C0DEPLOYS"))["messages"]
    (attachment,) = told["attachments"]
    assert (attachment["from_url"], attachment["is_app_unfurl"], attachment["title"]) == (URL, True, "shop")
    assert told["text"] == f"<{URL}>"


async def test_addresses_become_links_as_slack_sends_them(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    await ana.types("promote shop.example.com or https://shop.vercel.app/a, or v1.2 of a.ts")
    (told,) = (await client.conversations_history(channel="C0DEPLOYS"))["messages"]
    assert told["text"] == (
        "promote <http://shop.example.com|shop.example.com> or <https://shop.vercel.app/a>, or v1.2 of a.ts"
    )
    elements = told["blocks"][0]["elements"][0]["elements"]
    assert [each for each in elements if each["type"] == "link"] == [
        {"type": "link", "url": "http://shop.example.com", "text": "shop.example.com"},
        {"type": "link", "url": "https://shop.vercel.app/a"},
    ]


async def test_what_is_typed_is_escaped_and_so_is_the_link_that_the_app_hears_of(
    workspace: Workspace, ana: Person
) -> None:
    app, heard = bolt(workspace), Heard()

    @app.event("link_shared")
    async def shared(event: Json, client: AsyncWebClient) -> None:
        (link,) = event["links"]
        heard.append(link["url"])
        cards = {link["url"]: {"blocks": blocks("Staged")}}
        await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=cards)

    async with socket_mode(app, workspace):
        message = await ana.posts("<!channel> R&D: <https://a.vercel.app/?b=1&c=2|safe>")
        await ana.sees_card("Staged")
    assert list(heard) == ["https://a.vercel.app/?b=1&amp;c=2"]
    assert message.text == ("&lt;!channel&gt; R&amp;D: &lt;<https://a.vercel.app/?b=1&amp;c=2>|safe&gt;")
    assert message.blocks[0]["elements"][0]["elements"] == [
        {"type": "text", "text": "<!channel> R&D: <"},
        {"type": "link", "url": "https://a.vercel.app/?b=1&c=2"},
        {"type": "text", "text": "|safe>"},
    ]
