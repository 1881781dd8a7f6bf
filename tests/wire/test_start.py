"""A bot that cannot work says why in one sentence, and exits with 2."""

import asyncio
import os
import socket
import sys

import pytest

from chatbot.sandbox.launching import bot_process
from tests.conftest import World

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-sandbox",
    "SLACK_APP_TOKEN": "xapp-sandbox",
    "VERCEL_TOKEN": "tok_local",
}


async def _run(world: World, *arguments: str, **changes: str | None) -> tuple[int | None, str, str]:
    settings = world.settings
    variables = {
        "PATH": os.environ["PATH"],
        "SLACK_API_URL": settings.slack_api_url,
        "VERCEL_API_URL": settings.vercel_api_url,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        **GOOD,
        **changes,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chatbot",
        "run",
        *arguments,
        env={name: value for name, value in variables.items() if value is not None},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        said, complained = await process.communicate()
    return process.returncode, said.decode(), complained.decode()


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SLACK_BOT_TOKEN", None, "Missing: SLACK_BOT_TOKEN."),
        ("SLACK_APP_TOKEN", None, "Missing: SLACK_APP_TOKEN."),
        ("VERCEL_TOKEN", None, "Missing: VERCEL_TOKEN."),
        ("VERCEL_TOKEN", "", "Missing: VERCEL_TOKEN."),
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "Slack does not accept SLACK_BOT_TOKEN: invalid_auth."),
        ("SLACK_APP_TOKEN", "xapp-wrong", "Slack does not accept SLACK_APP_TOKEN: invalid_auth."),
        ("VERCEL_TOKEN", "tok_wrong", "Vercel does not accept VERCEL_TOKEN"),
        ("SLACK_API_URL", "http://127.0.0.1:9/api/", "Slack does not answer"),
        ("PROMOTEBOT_ALLOWED", "ana,#deploys", "PROMOTEBOT_ALLOWED"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all.db", "DATABASE_URL"),
        ("PROMOTEBOT_LEASE_SECONDS", "nan", "PROMOTEBOT_LEASE_SECONDS: "),
        ("PROMOTEBOT_LEASE_SECONDS", "0", "PROMOTEBOT_LEASE_SECONDS: "),
        ("PROMOTEBOT_LEASE_SECONDS", "inf", "PROMOTEBOT_LEASE_SECONDS: "),
        ("PROMOTEBOT_CONFIRMATION_SECONDS", "ten", "PROMOTEBOT_CONFIRMATION_SECONDS: "),
        ("PROMOTEBOT_PROBE_URL", "https://example.com/", "that holds {domain}."),
        ("PROMOTEBOT_PROBE_URL", "{domain}", "PROMOTEBOT_PROBE_URL: it must be an http or https address"),
        ("VERCEL_API_URL", "api.vercel.com", "VERCEL_API_URL: it must be an http or https address."),
        ("VERCEL_API_URL", "https://", "VERCEL_API_URL: it must be an http or https address."),
        ("SLACK_API_URL", "slack.com/api", "SLACK_API_URL: it must be an http or https address."),
    ],
)
async def test_a_missing_or_wrong_setting_is_one_sentence_and_exit_2(
    world: World, variable: str, value: str | None, sentence: str
) -> None:
    status, said, complained = await _run(world, **{variable: value})
    assert status == 2
    assert not said
    assert sentence in complained
    assert complained.count("\n") == 1
    assert "Traceback" not in complained
    assert "wrong" not in complained.replace("VERCEL_TOKEN: 403", "")  # the value itself is not shown


async def test_a_port_that_is_taken_is_one_sentence_and_exit_2(world: World) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104 - where the bot serves as well
        port = taken.getsockname()[1]
        secret = world.workspace.signing_secret
        status, said, complained = await _run(world, "--http", str(port), SLACK_SIGNING_SECRET=secret)
    assert status == 2
    assert not said
    assert complained.startswith(f"promotebot: --http {port}: ")
    assert "in use" in complained
    assert complained.count("\n") == 1


@pytest.mark.parametrize("port", ["65536", "-1", "x"])
async def test_a_port_that_is_none_is_wrong_usage(world: World, port: str) -> None:
    secret = world.workspace.signing_secret
    status, said, complained = await _run(world, f"--http={port}", SLACK_SIGNING_SECRET=secret)
    assert status == 2
    assert not said
    assert "--http" in complained
    assert "Traceback" not in complained


async def test_secrets_with_a_newline_at_their_end_work(world: World, variables: dict[str, str]) -> None:
    """As a file that holds one ends."""
    secrets = ("VERCEL_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    async with bot_process({**variables, **{name: f"{variables[name]}\n" for name in secrets}}):
        await world.bob.types("/current docs", channel="deploys")
        await world.bob.sees("*docs*:", channel="deploys")
