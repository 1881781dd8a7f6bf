"""`promotebot demo` and `promotebot sandbox`."""

import argparse
import asyncio
import os
import signal
import sys
import webbrowser
from pathlib import Path

from chatbot.sandbox.launching import BotDied, Servers, bot_process, servers
from chatbot.sandbox.tour import tour
from chatbot.sandbox.vercel import Timing

DEMO_TIMING = Timing(build=6.0, alias=0.4, queue=0.5)
DATABASE = Path(".sandbox/demo.db")
TOUR_TIMING = Timing(build=1.5, alias=0.1, queue=0.1)


def main() -> int:
    options = _parser().parse_args()
    try:
        return int(asyncio.run(options.verb(options)))
    except BotDied as error:
        print(f"promotebot: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


async def demo(options: argparse.Namespace) -> int:
    """Everything embedded, until it is told to stop; with --tour, until the tour is over."""
    database = _fresh(options.database)
    timing = TOUR_TIMING if options.tour else DEMO_TIMING
    async with (
        servers(timing, port=0 if options.tour else options.port) as up,
        bot_process(up.environment(database)) as process,
    ):
        if options.tour:
            return await tour(up, database)
        print(f"The workspace is open at {up.workspace.url}/", flush=True)
        if _has_screen():
            webbrowser.open(up.workspace.url)
        stopped = asyncio.create_task(_until_told())
        died = asyncio.create_task(process.wait())
        await asyncio.wait({stopped, died}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if died.done():
            raise BotDied("The bot has ended; see above.")
        died.cancel()
    return 0


async def sandbox(options: argparse.Namespace) -> int:
    """The two servers alone: for the bot's developers, or for a bot started by hand."""
    async with servers(DEMO_TIMING, port=options.port) as up:
        if options.env_file:
            _write(options.env_file, up, options.database)
        print(f"workspace {up.workspace.url}/\nplatform  {up.platform.url}/", flush=True)
        await _until_told()
    return 0


def _write(path: Path, up: Servers, database: Path) -> None:
    lines = [f"{name}='{value}'" for name, value in up.environment(database).items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o600)


def _fresh(database: Path) -> Path:
    """The demo's platform starts anew each time, so does its database. Another file is never removed."""
    if database != DATABASE and database.exists():
        sys.exit(f"promotebot: {database} exists. Name a file that does not, or leave --database out.")
    database.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    return database.resolve()


async def _until_told() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def _has_screen() -> bool:
    if not sys.stdout.isatty() or os.environ.get("CI"):
        return False
    return sys.platform in {"darwin", "win32"} or any(
        os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="promotebot")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("demo", help="everything embedded: workspace page, platform and bot")
    verb.add_argument(
        "--tour", action="store_true", help="play a tour headless; exit 1 when a result is wrong"
    )
    verb.set_defaults(verb=demo)
    verb = verbs.add_parser("sandbox", help="the embedded workspace and platform alone")
    verb.add_argument("--env-file", type=Path, metavar="PATH", help="write what `promotebot run` needs")
    verb.set_defaults(verb=sandbox)
    for verb in verbs.choices.values():
        verb.add_argument(
            "--port",
            type=int,
            default=4810,
            help="of the workspace; the platform and the webhooks take the next two",
        )
        verb.add_argument("--database", type=Path, default=DATABASE, metavar="PATH")
    return parser


if __name__ == "__main__":
    sys.exit(main())
