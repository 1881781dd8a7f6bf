"""Somebody with the signing secret, who sends what no Slack client would."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from chatbot.app import Running
from tests.conftest import World


@dataclass
class Forger:
    """Somebody with the signing secret."""

    world: World
    ready: Running

    async def sends(self, fields: dict[str, str]) -> int:
        """Returns the HTTP status, once everything that the request set off has ended."""
        return (await self.asks(fields))[0]

    async def asks(self, fields: dict[str, str]) -> tuple[int, str]:
        """The HTTP status with the body of the acknowledgement."""
        return await self._posts(urlencode(fields), "application/x-www-form-urlencoded")

    async def tells(self, event: dict[str, Any], *, event_id: str, **changes: Any) -> int:
        """An event, as Slack delivers it. Returns the HTTP status."""
        payload = {"type": "event_callback", "event_id": event_id, "team_id": "T0ACME001", "event": event}
        return (await self._posts(json.dumps(payload | changes), "application/json"))[0]

    async def _posts(self, body: str, content_type: str) -> tuple[int, str]:
        stamp = str(int(time.time()))
        verifier = SignatureVerifier(self.world.workspace.signing_secret)
        signature = verifier.generate_signature(timestamp=stamp, body=body)
        assert signature
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature,
        }
        url = f"http://127.0.0.1:{self.ready.port}/slack/events"
        async with self.world.session.post(url, data=body, headers=headers) as answer:
            status, said = answer.status, await answer.text()
        answers = [t for t in self.ready.bot.tasks._running if not t.get_name().startswith("operation ")]
        await asyncio.gather(*answers, return_exceptions=True)
        return status, said

    async def clicks(self, action: Any, *, by: str = "U0ANA0001", without: str = "", **changes: Any) -> int:
        payload = {
            "type": "block_actions",
            "user": {"id": by, "username": "x", "team_id": "T0ACME001"},
            "team": {"id": "T0ACME001", "domain": "acme"},
            "channel": {"id": "C0DEPLOYS", "name": "deploys"},
            "container": {"type": "message", "channel_id": "C0DEPLOYS", "message_ts": "1.000000"},
            "api_app_id": "A0PROMBOT",
            "trigger_id": "1.2.3",
            "response_url": f"{self.world.workspace.url}/actions/T0ACME001/1/forged",
            "actions": [action],
            **changes,
        }
        payload.pop(without, None)
        return await self.sends({"payload": json.dumps(payload)})

    async def types(self, *, without: str = "", **changes: str) -> int:
        fields = {
            "command": "/promote",
            "text": "main",
            "user_id": "U0ANA0001",
            "team_id": "T0ACME001",
            "channel_id": "C0DEPLOYS",
            "response_url": f"{self.world.workspace.url}/commands/T0ACME001/1/forged",
            "trigger_id": "1.2.3",
            **changes,
        }
        fields.pop(without, None)
        return await self.sends(fields)


async def nothing_happened(world: World) -> None:
    assert not await world.requests("POST")
    assert not await world.requests("PATCH")
    assert not await world.operations()
    await world.ana.types("/current docs", channel="general")
    await world.ana.sees("*docs*:", channel="general")  # the bot goes on


def tracebacks(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.exc_info]
