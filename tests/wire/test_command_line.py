"""Every verb of the command line that the README names, as a person would call it."""

import asyncio
import csv
import io
import json
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import yaml

from chatbot.__main__ import main
from chatbot.sandbox.launching import bot_process
from chatbot.sandbox.person import Person
from tests.conftest import World

Said = tuple[int, str, str]
Promotebot = Callable[..., Awaitable[Said]]


@pytest.fixture
def promotebot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Promotebot:
    """Exit status, what it said, what it complained. In a thread: a process takes most of its second to import."""

    def run(arguments: tuple[str, ...]) -> int:
        try:
            return main(arguments)
        except SystemExit as left:
            return int(left.code or 0)

    async def call(*arguments: str, **variables: str) -> Said:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        status = await asyncio.to_thread(run, arguments)
        return status, *capsys.readouterr()

    return call


async def test_the_manifest_is_printed_for_socket_mode_and_for_an_address(promotebot: Promotebot) -> None:
    status, said, _ = await promotebot("manifest")
    assert status == 0
    assert yaml.safe_load(said)["settings"]["socket_mode_enabled"] is True
    status, said, _ = await promotebot(
        "manifest", "--url", "https://bot.example.com/", "--unfurl", "shop.example.com"
    )
    assert status == 0
    manifest = yaml.safe_load(said)
    assert manifest["features"]["unfurl_domains"] == ["vercel.app", "vercel.com", "shop.example.com"]
    more = [word for n in range(4) for word in ("--unfurl", f"{n}.example.com")]
    status, said, complained = await promotebot("manifest", *more)
    assert (status, said) == (2, "")
    assert "Slack takes 5 domains whose links unfurl, with vercel.app, vercel.com." in complained
    assert manifest["settings"]["socket_mode_enabled"] is False
    urls = {command["url"] for command in manifest["features"]["slash_commands"]}
    assert urls == {"https://bot.example.com/slack/events"}
    assert manifest["settings"]["interactivity"]["request_url"] in urls


async def test_an_unknown_argument_is_usage_and_exit_2(promotebot: Promotebot) -> None:
    status, _, complained = await promotebot("run", "--frobnicate")
    assert status == 2
    assert "unrecognized arguments: --frobnicate" in complained


async def test_the_audit_log_is_listed_exported_and_verified(bot: World, promotebot: Promotebot) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Current of shop is now", channel="deploys")
    url = bot.settings.database_url.get_secret_value()
    status, said, _ = await promotebot("audit", "list", "--project", "shop", DATABASE_URL=url)
    assert status == 0
    assert [line.split("\t")[3] for line in said.splitlines()][-1] == "operation.succeeded"
    status, said, _ = await promotebot("audit", "export", DATABASE_URL=url)
    assert status == 0
    entries = [json.loads(line) for line in said.splitlines()]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    status, said, _ = await promotebot("audit", "export", "--format", "csv", DATABASE_URL=url)
    assert status == 0
    assert len(list(csv.DictReader(io.StringIO(said)))) == len(entries)
    status, said, _ = await promotebot("audit", "verify", DATABASE_URL=url)
    assert status == 0
    assert f"{len(entries)} entries, unbroken, head {entries[-1]['hash']}" in said


async def test_a_tampered_audit_log_is_exit_1_with_the_entry(bot: World, promotebot: Promotebot) -> None:
    await bot.ana.types("/current", channel="deploys")
    await bot.ana.sees("Current", channel="deploys")
    url = bot.settings.database_url.get_secret_value()
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit SET actor = 'slack:U0BOB0002' WHERE seq = 1")
    database.close()
    status, _, complained = await promotebot("audit", "verify", DATABASE_URL=url)
    assert status == 1
    assert "BROKEN at entry 1" in complained


async def test_a_database_that_is_not_up_to_date_is_said_and_upgraded(
    tmp_path: Path, promotebot: Promotebot
) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    status, _, complained = await promotebot("audit", "verify", DATABASE_URL=url)
    assert status == 2
    assert "promotebot db upgrade" in complained
    assert (await promotebot("db", "upgrade", DATABASE_URL=url))[0] == 0
    status, said, _ = await promotebot("audit", "verify", DATABASE_URL=url)
    assert status == 0
    assert "0 entries" in said


@pytest.mark.timeout(60)
async def test_the_sandbox_writes_what_a_bot_started_by_hand_needs(tmp_path: Path) -> None:
    env_file = tmp_path / "sandbox.env"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chatbot",
        "sandbox",
        "--port",
        "0",
        "--env-file",
        str(env_file),
        "--database",
        str(tmp_path / "bot.db"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            workspace = (await process.stdout.readline()).decode().split()[1].rstrip("/")
        assert env_file.stat().st_mode & 0o077 == 0  # tokens, even of a sandbox, are nobody else's
        lines = env_file.read_text().splitlines()
        variables = {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}
        async with bot_process(variables), aiohttp.ClientSession() as session:
            ana = Person(session, workspace, "U0ANA0001")
            await ana.types("/current shop", channel="deploys")
            await ana.sees("*shop*:", channel="deploys")
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()


@pytest.mark.timeout(60)
async def test_the_demo_prints_one_url_and_stops_when_told(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chatbot",
        "demo",
        "--port",
        "0",
        "--database",
        str(tmp_path / "demo.db"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode()
            assert line.startswith("The workspace is open at http://127.0.0.1:")
            async with aiohttp.ClientSession() as session, session.get(line.split()[-1]) as answer:
                assert answer.status == 200
                assert answer.content_type == "text/html"
    finally:
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
