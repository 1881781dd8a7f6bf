"""A bare slack_bolt app for the tests of the page: it posts what it is told to, and keeps what it hears."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.slack import Workspace

Json = dict[str, Any]
Listener = Callable[[Json, AsyncWebClient], Awaitable[None]]

EVERYTHING = re.compile(".*")
HEARD_WITHIN = 10.0
"""Seconds."""

SCOPES = [
    "commands",
    "chat:write",
    "users:read",
    "links:read",
    "links:write",
    "pins:read",
    "pins:write",
    "files:write",
]
MANIFEST: Json = {
    "display_information": {"name": "promotebot"},
    "features": {
        "bot_user": {"display_name": "promotebot"},
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [
            {"command": "/promote", "description": "Make it Current", "usage_hint": "[id or URL]"},
            {"command": "/promotebot", "description": "Help", "usage_hint": "help | whoami"},
            {"command": "/rollback", "description": "Go back", "usage_hint": "[project]"},
            {"command": "/silent", "description": "Never answered"},
        ],
        "shortcuts": [
            {
                "name": "Promote this",
                "type": "message",
                "callback_id": "this",
                "description": "What it names",
            },
            {
                "name": "What is Current",
                "type": "global",
                "callback_id": "current",
                "description": "Of all",
            },
        ],
        "unfurl_domains": ["vercel.app"],
        "functions": [
            {
                "callback_id": "step",
                "title": "Promote a deployment",
                "description": "Makes it Current",
                "input_parameters": [
                    {
                        "type": "string",
                        "name": "deployment",
                        "title": "Deployment",
                        "description": "Its id or URL",
                        "is_required": True,
                    },
                    {"type": "slack#/types/user_id", "name": "who", "title": "Who", "is_required": True},
                ],
                "output_parameters": [
                    {"type": "string", "name": "outcome", "title": "Outcome", "is_required": True}
                ],
            }
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["app_home_opened", "function_executed", "link_shared"]},
    },
}

PEOPLE_OF_THE_SEA = ["Cod", "Coley", "Conger", "Herring"]


class Bot:
    """`heard` are the payloads in the order they came; `on_command` and `on_view` answer beyond the ack."""

    def __init__(self, workspace: Workspace) -> None:
        self.client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        self.heard: list[Json] = []
        self.submission_ack: Json = {}
        """What the next view_submission is acked with."""
        self.on_command: Listener | None = None
        self.on_action: Listener | None = None
        self._arrived = asyncio.Condition()
        self._handler = AsyncSocketModeHandler(self._app(workspace), workspace.app_token)

    async def __aenter__(self) -> Self:
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # likewise

    async def posts(self, *blocks: Json, text: str = "From the bot", **more: Any) -> str:
        """The ts of a message in #deploys."""
        answer = await self.client.chat_postMessage(
            channel="C0DEPLOYS", text=text, blocks=list(blocks) or None, **more
        )
        return str(answer["ts"])

    async def hears(self, kind: str, count: int = 1) -> Json:
        """The count-th payload of this type, waiting for it."""

        def of_kind() -> list[Json]:
            return [payload for payload in self.heard if payload.get("type") == kind]

        async with asyncio.timeout(HEARD_WITHIN), self._arrived:
            await self._arrived.wait_for(lambda: len(of_kind()) >= count)
        return of_kind()[count - 1]

    async def hears_action(self, count: int = 1) -> Json:
        action: Json = (await self.hears("block_actions", count))["actions"][0]
        return action

    def count(self, kind: str) -> int:
        return sum(payload.get("type") == kind for payload in self.heard)

    async def _keep(self, payload: Json) -> None:
        async with self._arrived:
            self.heard.append(payload)
            self._arrived.notify_all()

    def _app(self, workspace: Workspace) -> AsyncApp:
        app = AsyncApp(
            client=self.client, signing_secret=workspace.signing_secret, process_before_response=True
        )

        @app.command(re.compile("/(promote|promotebot|rollback)"))
        async def command(ack: Any, body: Json) -> None:
            await ack()
            if self.on_command is not None:
                await self.on_command(body, self.client)
            await self._keep(body | {"type": "command"})

        @app.action(EVERYTHING)
        async def action(ack: Any, body: Json) -> None:
            await ack()
            if self.on_action is not None:
                await self.on_action(body, self.client)
            await self._keep(body)

        @app.options(EVERYTHING)
        async def options(ack: Any, body: Json) -> None:
            found = [name for name in PEOPLE_OF_THE_SEA if name.lower().startswith(body["value"].lower())]
            await ack(options=[option(name) for name in found])
            await self._keep(body)

        @app.view(EVERYTHING)
        async def view(ack: Any, body: Json) -> None:
            await ack(**self.submission_ack)
            await self._keep(body)

        @app.view_closed(EVERYTHING)
        async def view_closed(ack: Any, body: Json) -> None:
            await ack()
            await self._keep(body)

        @app.event("app_home_opened")
        async def home_opened(event: Json) -> None:
            await self._keep(event)

        self._hear_the_rest(app)
        return app

    def _hear_the_rest(self, app: AsyncApp) -> None:
        @app.shortcut(EVERYTHING)
        async def shortcut(ack: Any, body: Json) -> None:
            await ack()
            await self._keep(body)

        @app.event("link_shared")
        async def shared(event: Json) -> None:
            blocks = [section("*shop* · Staged"), actions(button("Promote", "promote_card"))]
            cards = {link["url"]: {"blocks": blocks} for link in event["links"]}
            await self.client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=cards)

        @app.function("step")
        async def step(inputs: Json, complete: AsyncComplete) -> None:
            await complete({"outcome": f"{inputs['deployment']} is Current"})


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str | None = None) -> Json:
    return {"text": plain(text), "value": value or text.lower()}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def entry(label: str, element: Json, **more: Any) -> Json:
    """An input block."""
    return {"type": "input", "label": plain(label), "element": element, **more}


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": list(blocks),
        **more,
    }


CONFIRM: Json = {
    "title": plain("Roll back shop?"),
    "text": mrkdwn("*3 domains* go back to `a3f9c21`."),
    "confirm": plain("Roll back"),
    "deny": plain("Keep"),
    "style": "danger",
}
