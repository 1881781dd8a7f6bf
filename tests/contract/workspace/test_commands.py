"""Slash commands, their acks, and what a person is shown when there is none."""

from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import bolt

Connected = Callable[..., Any]


async def test_a_command_reaches_the_app_and_its_answer_only_the_person(
    workspace: Workspace, connected: Connected, ana: Person, bob: Person
) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(f"heard {command['text']} from {command['user_name']}")

    async with connected(app, workspace):
        await ana.types("/promote dpl_x  now ")
        message = await ana.sees("heard dpl_x  now from ana")
        assert message.ephemeral
        assert await bob.reads() == []
