"""Slash commands, their acks, and what a person is shown when there is none."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncRespond

from chatbot.sandbox.person import Person, Refused
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.slack.hand.commands import split
from tests.contract.workspace.apps import Json, bolt, manifest, signed_http, socket_mode

Connected = Callable[..., Any]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Ready*"}}


async def test_a_command_reaches_the_app_and_its_answer_only_the_person(
    workspace: Workspace, connected: Connected, ana: Person, bob: Person
) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck, command: Json) -> None:
        await ack(f"heard {command['text']} from {command['user_name']}")

    async with connected(app, workspace):
        await ana.types("/promote dpl_x  now ")
        message = await ana.sees("heard dpl_x  now from ana")
        assert message.ephemeral
        assert await bob.reads() == []


async def test_the_fields_of_a_command_are_those_that_slack_sends(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app, heard = bolt(workspace), []

    @app.command("/promote")
    async def promote(ack: AsyncAck, body: Json) -> None:
        heard.append(body)
        await ack()

    async with connected(app, workspace):
        await ana.types("/promote")
        await ana.types("/promote x", channel="secret")
    first, second = heard
    assert first["command"] == "/promote"
    assert first["text"] == ""
    assert first["channel_id"] == "C0DEPLOYS"
    assert first["channel_name"] == "deploys"
    assert first["user_id"] == "U0ANA0001"
    assert first["is_enterprise_install"] == "false"
    assert first["response_url"].startswith(f"{workspace.url}/commands/T0ACME001/")
    assert second["channel_name"] == "privategroup"


async def test_an_empty_ack_shows_nothing(workspace: Workspace, connected: Connected, ana: Person) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await ack()

    async with connected(app, workspace):
        await ana.types("/promote x")
    assert await ana.reads() == []


async def test_an_ack_with_blocks_for_the_channel_is_seen_by_everybody(
    workspace: Workspace, connected: Connected, ana: Person, bob: Person
) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await ack(text="Ready", blocks=[SECTION], response_type="in_channel")

    async with connected(app, workspace):
        await ana.types("/promote x")
        message = await bob.sees("*Ready*")
    assert not message.ephemeral
    assert message.text == "Ready"
    assert message.blocks[0]["block_id"]


@pytest.mark.parametrize("transport", [socket_mode, signed_http])
async def test_an_ack_with_blocks_that_slack_would_refuse_is_a_failed_dispatch(
    workspace: Workspace, transport: Connected, ana: Person
) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await ack(text="x", blocks=[{"type": "banner"}])

    async with transport(app, workspace):
        with pytest.raises(Refused) as refused:
            await ana.types("/promote x")
    assert refused.value.error == "dispatch_failed"
    assert refused.value.told["messages"] == ["unsupported type: banner [json-pointer:/blocks/0/type]"]


async def test_a_listener_that_does_not_ack_in_time_times_out_and_the_person_is_told(
    workspace: Workspace, ana: Person, bob: Person
) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote() -> None:
        """Never acks: Bolt answers 404, which over Socket Mode is no frame at all."""

    async with socket_mode(app, workspace):
        with pytest.raises(Refused, match="operation_timeout"):
            await ana.types("/promote x")
    message = await ana.sees('`/promote` failed with the error "operation_timeout"')
    assert message.ephemeral
    assert message.user == "USLACKBOT"
    assert await bob.reads() == []


def _acks(workspace: Workspace) -> list[Json]:
    return [entry for entry in workspace.backend.recorder.payloads if entry["kind"] == "ack"]


async def test_over_http_a_listener_that_does_not_ack_is_a_failed_dispatch(
    workspace: Workspace, ana: Person
) -> None:
    async with signed_http(bolt(workspace), workspace):
        with pytest.raises(Refused, match="dispatch_failed"):
            await ana.types("/promote x")


async def test_a_listener_that_raises_is_a_failure_for_the_person(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote() -> None:
        raise RuntimeError("a bug")

    async with socket_mode(app, workspace):
        with pytest.raises(Refused, match="operation_timeout"):
            await ana.types("/promote x")
    async with signed_http(app, workspace):
        with pytest.raises(Refused, match="dispatch_failed"):
            await ana.types("/promote x")


async def test_with_no_app_connected_the_dispatch_fails_at_once(workspace: Workspace, ana: Person) -> None:
    with pytest.raises(Refused, match="dispatch_failed"):
        await ana.types("/promote x")
    await ana.sees('`/promote` failed with the error "dispatch_failed"')


async def test_an_address_that_nobody_listens_at_is_a_failed_dispatch(
    workspace: Workspace, ana: Person
) -> None:
    async with signed_http(bolt(workspace), workspace):
        pass
    with pytest.raises(Refused, match="dispatch_failed"):
        await ana.types("/promote x")


async def test_bolt_refuses_a_request_signed_with_another_secret(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace, signing_secret="another")  # noqa: S106 - wrong on purpose

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await ack("never")

    async with signed_http(app, workspace):
        with pytest.raises(Refused, match="dispatch_failed"):
            await ana.types("/promote x")


async def test_a_command_that_the_manifest_does_not_have_is_not_delivered(
    workspace: Workspace, ana: Person
) -> None:
    app = bolt(workspace)

    async with socket_mode(app, workspace):
        with pytest.raises(Refused, match="unknown_command"):
            await ana.types("/nonsense x")
    await ana.sees("`/nonsense` is not a valid command")
    assert _acks(workspace) == []


async def test_names_arrive_as_typed_unless_the_manifest_asks_to_escape_them(
    session: Any, workspace: Workspace, ana: Person
) -> None:
    app, heard = bolt(workspace), []

    @app.command("/promote")
    async def promote(ack: AsyncAck, command: Json) -> None:
        heard.append(command["text"])
        await ack()

    async with socket_mode(app, workspace):
        await ana.types("/promote @bob in #deploys a@bob @nobody")
    async with Workspace(manifest(should_escape=True)) as escaping:
        other = bolt(escaping)
        other.command("/promote")(promote)
        async with socket_mode(other, escaping):
            await Person(session, escaping.url, "U0ANA0001", channel="deploys").types(
                "/promote @bob in #deploys a@bob @nobody"
            )
    assert heard == [
        "@bob in #deploys a@bob @nobody",
        "<@U0BOB0002|bob> in <#C0DEPLOYS|deploys> a@bob @nobody",
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/promote", ("/promote", "")),
        ("  /promote  dpl_x ", ("/promote", "dpl_x")),
        ("/promote\ndpl_x  and\n more", ("/promote", "dpl_x  and\n more")),
    ],
)
def test_a_command_is_split_at_its_first_blank(typed: str, expected: tuple[str, str]) -> None:
    assert split(typed) == expected


async def test_a_person_cannot_type_where_he_is_no_member(workspace: Workspace, session: Any) -> None:
    cy = Person(session, workspace.url, "U0CYR0003")
    with pytest.raises(Refused, match="no_such_channel"):
        await cy.types("/promote x", channel="C0SECRET1")


async def test_responding_later_works_in_a_channel_that_the_app_is_not_in(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("later", response_type="in_channel")

    async with connected(app, workspace):
        await ana.types("/promote x", channel="secret")
        message = await ana.sees("later", channel="secret")
    assert not message.ephemeral
