"""The `promotebot` command line: one function a verb."""

import argparse
import asyncio
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import chatbot
from chatbot.errors import ConfigurationError
from chatbot.settings import Settings, SettingsError, database_url

if TYPE_CHECKING:
    from storage.database import Database


_UNFURL_DOMAINS = 5  # that Slack takes of an app


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 a check failed, 2 wrong usage or settings."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    options.rest = rest
    if rest and options.verb is not sandbox:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for chatty in (
        "slack_bolt",
        "slack_sdk",
        "apscheduler",
        "aiohttp.access",
        "aiosqlite",  # it would write what the rows hold
        "asyncio",
        "alembic",
    ):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        return int(options.verb(options))
    except (ConfigurationError, SettingsError) as error:
        print(f"promotebot: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def run(options: argparse.Namespace) -> int:
    """The bot, until it is told to stop."""
    gc.disable()  # importing makes no garbage worth looking for: a tenth of the start
    from chatbot.app import running

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with running(Settings.read(), http_port=options.http) as ready:
            where = "in Socket Mode" if ready.port is None else f"over HTTP on port {ready.port}"
            gc.freeze()
            gc.enable()
            print(f"promotebot is ready, {where}.", flush=True)
            await stop.wait()

    asyncio.run(until_stopped())
    return 0


def sandbox(options: argparse.Namespace) -> int:
    """The embedded servers are a program of their own: they meet the bot over the wire only."""
    command = [sys.executable, "-m", "chatbot.sandbox", options.name, *options.rest]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, our own module


def manifest(options: argparse.Namespace) -> int:
    """For Socket Mode as it is, or with request URLs for HTTP."""
    import yaml

    tree: dict[str, Any] = yaml.safe_load(chatbot.manifest_path().read_text(encoding="utf-8"))
    domains = list(dict.fromkeys([*tree["features"]["unfurl_domains"], *map(str.lower, options.unfurl)]))
    if len(domains) > _UNFURL_DOMAINS:
        own = ", ".join(tree["features"]["unfurl_domains"])
        print(
            f"manifest: Slack takes {_UNFURL_DOMAINS} domains whose links unfurl, with {own}.",
            file=sys.stderr,
        )
        return 2
    tree["features"]["unfurl_domains"] = domains
    if options.url:
        url = f"{options.url.rstrip('/')}/slack/events"
        tree["settings"]["socket_mode_enabled"] = False
        tree["settings"]["interactivity"]["request_url"] = url
        tree["settings"]["interactivity"]["message_menu_options_url"] = url  # menus that the bot fills
        tree["settings"]["event_subscriptions"]["request_url"] = url
        for command in tree["features"]["slash_commands"]:
            command["url"] = url
    print(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True), end="")
    return 0


def audit_verify(_options: argparse.Namespace) -> int:
    from storage import audit

    async def verify(database: "Database") -> int:
        async with database.read() as session:
            verdict = await audit.verify(session)
        if verdict.problem is None:
            print(f"audit: {verdict.entries} entries, unbroken, head {verdict.head}")
            return 0
        print(f"audit: BROKEN at entry {verdict.broken_at}: {verdict.problem}", file=sys.stderr)
        return 1

    return _with_database(verify)


def audit_list(options: argparse.Namespace) -> int:
    from storage import audit

    async def listing(database: "Database") -> int:
        async with database.read() as session:
            entries = await audit.newest(
                session, project=options.project, actor=options.actor, limit=options.limit
            )
        for e in reversed(entries):
            print(
                f"{e.seq}\t{e.at:%Y-%m-%dT%H:%M:%SZ}\t{e.actor}\t{e.action}\t{e.project or '-'}\t{e.detail}"
            )
        return 0

    return _with_database(listing)


def audit_export(options: argparse.Namespace) -> int:
    """JSON lines with every column, or CSV whose cells no spreadsheet takes for a formula."""
    import csv

    from storage import audit

    async def export(database: "Database") -> int:
        writer = csv.writer(sys.stdout)
        async with database.read() as session:
            async for entry in audit.export(session):
                columns = entry.model_dump(mode="json")
                if options.format == "csv":
                    if entry.seq == 1:
                        writer.writerow(columns)
                    writer.writerow([audit.csv_cell(str(value or "")) for value in columns.values()])
                else:
                    print(json.dumps(columns, ensure_ascii=False))
        return 0

    return _with_database(export)


def db_upgrade(_options: argparse.Namespace) -> int:
    from storage.database import upgrade
    from storage.errors import StorageError

    try:
        upgrade(database_url())
    except StorageError as error:
        raise ConfigurationError(f"DATABASE_URL: {error}") from error
    print("The database is up to date.")
    return 0


def _with_database(work: Any) -> int:
    from storage.database import Database
    from storage.errors import StorageError

    async def opened() -> int:
        database = Database.open(database_url())
        try:
            if not await database.is_current():
                raise ConfigurationError("The database is not up to date. Run: promotebot db upgrade")
            return int(await work(database))
        finally:
            await database.dispose()

    try:
        return asyncio.run(opened())
    except StorageError as error:
        raise ConfigurationError(f"DATABASE_URL: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="promotebot",
        description="Promote, roll back and watch production deployments on Vercel, from Slack.",
    )
    parser.add_argument("--verbose", action="store_true", help="log debug messages")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    verb = verbs.add_parser("run", help="the bot: in Socket Mode, or over HTTP")
    verb.add_argument("--http", type=int, metavar="PORT", help="serve signed requests on this port instead")
    verb.set_defaults(verb=run)

    for name, text in (
        ("demo", "everything embedded: workspace page, platform and bot"),
        ("sandbox", "the embedded workspace and platform alone"),
    ):
        verb = verbs.add_parser(name, help=text, add_help=False)
        verb.set_defaults(verb=sandbox, name=name)

    verb = verbs.add_parser("manifest", help="print the Slack app manifest")
    verb.add_argument("--url", help="for HTTP: where Slack reaches the bot, without the path")
    more = "one more domain whose links unfurl: of yours, beside vercel.app and vercel.com; up to three"
    verb.add_argument("--unfurl", metavar="DOMAIN", action="append", default=[], help=more)
    verb.set_defaults(verb=manifest)

    audit = verbs.add_parser("audit", help="read and check the audit log").add_subparsers(required=True)
    verb = audit.add_parser("verify", help="check the hash chain; exit 1 when it is broken")
    verb.set_defaults(verb=audit_verify)
    verb = audit.add_parser("list", help="the newest entries, oldest first")
    verb.add_argument("--project")
    verb.add_argument("--actor", help="as the log spells it: slack:U123")
    verb.add_argument("--limit", type=int, default=50)
    verb.set_defaults(verb=audit_list)
    verb = audit.add_parser("export", help="every entry, with its hash")
    verb.add_argument("--format", choices=("json", "csv"), default="json")
    verb.set_defaults(verb=audit_export)

    db = verbs.add_parser("db", help="the database").add_subparsers(required=True)
    verb = db.add_parser("upgrade", help="apply missing migrations")
    verb.set_defaults(verb=db_upgrade)
    return parser


if __name__ == "__main__":
    sys.exit(main())
