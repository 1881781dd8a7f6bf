"""A bot that cannot work says why in one sentence, and exits with 2."""

import asyncio
import gc
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.__main__ import main
from chatbot.errors import ConfigurationError
from chatbot.sandbox.launching import bot_process
from storage.database import is_current
from tests.conftest import World

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-sandbox",
    "SLACK_APP_TOKEN": "xapp-sandbox",
    "SLACK_SIGNING_SECRET": "0123456789abcdef",
    "VERCEL_TOKEN": "tok_local",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "VERCEL_API_URL": "http://127.0.0.1:9",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Nothing is missing; nobody answers. What is wrong is found before anybody is asked."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "VERCEL_", "PROMOTEBOT_", "DATABASE_")):
            monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    yield monkeypatch
    gc.enable()  # `promotebot run` does without it until the bot is ready


async def refused(world: World, **changes: Any) -> str:
    """Why a bot does not start."""
    with pytest.raises(ConfigurationError) as error:
        await world.start_bot(**changes)
    said = str(error.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SLACK_BOT_TOKEN", None, "Missing: SLACK_BOT_TOKEN."),
        ("SLACK_APP_TOKEN", None, "Missing: SLACK_APP_TOKEN."),
        ("VERCEL_TOKEN", None, "Missing: VERCEL_TOKEN."),
        ("VERCEL_TOKEN", "", "Missing: VERCEL_TOKEN."),
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
def test_a_missing_or_wrong_setting_is_one_sentence_and_exit_2(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str | None,
    sentence: str,
) -> None:
    environment.delenv(variable, raising=False)
    if value is not None:
        environment.setenv(variable, value)
    assert main(["run"]) == 2
    said, complained = capsys.readouterr()
    assert not said
    assert sentence in complained
    assert complained.count("\n") == 1


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("slack_bot_token", "xoxb-wrong", "Slack does not accept SLACK_BOT_TOKEN: invalid_auth."),
        ("slack_app_token", "xapp-wrong", "Slack does not accept SLACK_APP_TOKEN: invalid_auth."),
        ("vercel_token", "tok_wrong", "Vercel does not accept VERCEL_TOKEN"),
        ("slack_api_url", "http://127.0.0.1:9/api/", "Slack does not answer"),
    ],
)
async def test_what_the_other_side_does_not_take_is_one_sentence(
    world: World, setting: str, value: str, sentence: str
) -> None:
    said = await refused(world, **{setting: value})
    assert said.startswith(sentence)
    assert "wrong" not in said  # the value itself is not shown


async def test_the_process_says_nothing_else_and_exits_with_2(variables: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chatbot",
        "run",
        env={**os.environ, **variables, "VERCEL_TOKEN": "tok_wrong"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        said, errors = await process.communicate()
    complained = errors.decode()
    assert process.returncode == 2
    assert not said
    assert complained.startswith("promotebot: Vercel does not accept VERCEL_TOKEN")
    assert complained.count("\n") == 1


async def test_a_port_that_is_taken_is_one_sentence(world: World) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104 - where the bot serves as well
        port = taken.getsockname()[1]
        said = await refused(world, http_port=port)
        hears = {"promotebot_webhook_port": port, "promotebot_webhook_secret": "whsec"}
        said_of_webhooks = await refused(world, **hears)
    assert said.startswith(f"--http {port}: ")
    assert said_of_webhooks.startswith(f"PROMOTEBOT_WEBHOOK_PORT {port}: ")
    assert (await refused(world, promotebot_webhook_port=port)).startswith(
        "Missing: PROMOTEBOT_WEBHOOK_SECRET. "
    )
    assert "in use" in said


@pytest.mark.parametrize("port", [65536, -1])
async def test_a_port_that_is_none_is_one_sentence(world: World, port: int) -> None:
    assert (await refused(world, http_port=port)).startswith(f"--http {port}: ")


def test_a_port_that_is_no_number_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["run", "--http=x"])
    assert left.value.code == 2
    said, complained = capsys.readouterr()
    assert not said
    assert "--http" in complained


async def test_a_new_database_is_made_at_the_start(world: World, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    await world.start_bot(database_url=url)
    assert is_current(url)


async def test_secrets_with_a_newline_at_their_end_work(world: World, variables: dict[str, str]) -> None:
    """As a file that holds one ends."""
    secrets = ("VERCEL_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    async with bot_process({**variables, **{name: f"{variables[name]}\n" for name in secrets}}):
        await world.bob.types("/current docs", channel="deploys")
        await world.bob.sees("*docs*:", channel="deploys")
