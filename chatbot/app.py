"""The composition root: opens what the bot needs, hands it to the listeners, and closes it in the right order."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from chatbot import listeners
from chatbot.errors import ConfigurationError, NotAuthorized, PlatformError
from chatbot.github import GitHubClient
from chatbot.listeners import Bot
from chatbot.services.announcer import Announcer
from chatbot.services.buildlogs import BuildLogs
from chatbot.services.channels import Channels
from chatbot.services.directory import Directory
from chatbot.services.homes import homes
from chatbot.services.homes.homes import Homes
from chatbot.services.homes.refining import Refining
from chatbot.services.incidents.alerting import ALERTS, Alerting
from chatbot.services.incidents.closing import Closing
from chatbot.services.incidents.desk import Desk
from chatbot.services.incidents.drilling import Drilling
from chatbot.services.incidents.sight import Sight
from chatbot.services.incidents.tending import Incidents, Tender
from chatbot.services.links import Links
from chatbot.services.operations.conductor import Conductor
from chatbot.services.operations.held import Crew, Patience
from chatbot.services.operations.history import History
from chatbot.services.operations.ledger import Clock, Ledger
from chatbot.services.operations.requesting import Requesting
from chatbot.services.people import People
from chatbot.services.planner import Planner
from chatbot.services.prober import Prober, visiting_session
from chatbot.services.reminding import Reminding
from chatbot.services.tasks import Tasks
from chatbot.services.telling.settling import Settling
from chatbot.services.telling.teller import Teller
from chatbot.services.telling.wording import Wording
from chatbot.services.ticker import Ticker
from chatbot.services.watching.polling import Poller
from chatbot.services.watching.receiving import WEBHOOK_PATH, Receiving
from chatbot.services.watching.watcher import Watcher
from chatbot.services.waysback import WaysBack
from chatbot.services.workflows import Workflows
from chatbot.settings import Settings, hide_from_bolt
from chatbot.vercel import VercelClient
from chatbot.vercel.connections import OwnAnswers
from storage import database as storage_database
from storage.database import Database
from storage.errors import StorageError

EVENTS_PATH = "/slack/events"
_SLACK_TIMEOUT = 10
_CLAIM_EVERY = 1.0
_REMIND_EVERY = 1.0
_CLOCK_CHECK_EVERY = 30.0
_PURGE_EVERY = 3600.0
_TELL_CLOSED_EVERY = 2.0
_LOOK_AT_CLOSED_EVERY = 900.0
_KEPT_FOR = {
    "webhooks": timedelta(days=2),
    "announcements": timedelta(days=30),
    "changes": timedelta(days=365),
}
_DRAIN = 10.0
_IDLE = 620.0
"""Seconds until a connection is closed that brings no request, or only the beginning of its headers: longer than the
proxies in front keep theirs, or they would send a request into one that is just being closed.
"""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """A bot that is ready. `port` is set when it is served over HTTP."""

    bot: Bot
    app: AsyncApp
    port: int | None = None


def utc_now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def running(
    settings: Settings, *, http_port: int | None = None, clock: Clock = utc_now
) -> AsyncIterator[Running]:
    """The whole bot: in Socket Mode, or on `http_port` (0 takes a free one).

    Raises:
        ConfigurationError: a setting is missing, or a token is not accepted.
    """
    _check(settings, http_port)
    hide_from_bolt()
    async with AsyncExitStack() as stack:
        database = await _open_database(settings)
        stack.push_async_callback(database.dispose)
        http = await stack.enter_async_context(aiohttp.ClientSession(request_class=OwnAnswers))
        visits = visiting_session(private=settings.promotebot_probe_private)
        await stack.enter_async_context(visits)
        slack = _slack(settings, http)
        vercel = VercelClient(
            http,
            url=settings.vercel_api_url,
            token=settings.vercel_token.get_secret_value(),
            team_id=settings.vercel_team_id,
        )
        await _check_tokens(_check_slack(slack, settings, http_port), _check_vercel(vercel))
        tasks = Tasks()
        stack.push_async_callback(tasks.close, _DRAIN)
        hasty = _slack(settings, http, hasty=True)
        announcer = Announcer(slack, hasty)
        bot = _compose(
            settings,
            database,
            slack,
            announcer=announcer,
            hasty=hasty,
            people=People(hasty, database),
            vercel=vercel,
            git=_git(settings, http),
            visits=visits,
            tasks=tasks,
            clock=clock,
        )
        poller = Poller(
            bot.watcher,
            vercel,
            database,
            tasks,
            clock,
            owner=_owner(),
            every=timedelta(seconds=settings.promotebot_poll_seconds),
        )
        receiving = _receiving(settings, bot)
        stack.push_async_callback(poller.release)
        stack.callback(bot.watcher.stop)
        stack.callback(bot.conductor.stop)
        stack.callback(bot.teller.stop)
        ticker = _ticker(bot)
        if settings.watches:
            ticker.every(poller.tick_every, poller.tick, "look at production")
        stack.callback(ticker.stop)
        app = AsyncApp(
            name="promotebot",  # or Bolt looks through the whole stack for one
            client=slack,
            signing_secret=settings.slack_signing_secret.get_secret_value() or "unused in Socket Mode",
            process_before_response=True,
            logger=logging.getLogger("slack_bolt"),  # its level, not the root's
        )
        listeners.register(app, bot)
        ticker.start()
        bot.conductor.wake()  # whatever a process before this one left behind
        bot.teller.wake()
        if settings.watches:
            await poller.tick()
        if receiving is not None and settings.promotebot_webhook_port is not None and http_port is None:
            await _serve_webhooks(receiving, settings.promotebot_webhook_port, stack)
        if http_port is None:
            port = None
            handler = AsyncSocketModeHandler(app, settings.slack_app_token.get_secret_value())
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt ships it untyped
            stack.push_async_callback(handler.close_async)
        else:
            port = await _serve_slack(app, http_port, receiving, stack)
        yield Running(bot, app, port)


def _compose(
    settings: Settings,
    database: Database,
    slack: AsyncWebClient,
    *,
    announcer: Announcer,
    hasty: AsyncWebClient,
    people: People,
    vercel: VercelClient,
    git: GitHubClient | None,
    visits: aiohttp.ClientSession,
    tasks: Tasks,
    clock: Clock,
) -> Bot:
    ledger, history, requesting = Ledger(database, clock), History(database), Requesting(database, clock)
    planner = Planner(vercel, git)
    valid = timedelta(seconds=settings.promotebot_confirmation_seconds)
    build_logs = BuildLogs(vercel, shown=settings.promotebot_build_log)
    prober = Prober(
        visits,
        url=settings.promotebot_probe_url,
        private=settings.promotebot_probe_private,
        expect=settings.promotebot_probe_expect,
        timeout=settings.promotebot_probe_timeout_seconds,
    )
    directory = Directory(slack, settings.promotebot_allowed)
    crew = Crew(
        vercel=vercel,
        planner=planner,
        ledger=ledger,
        history=history,
        requesting=requesting,
        announcer=announcer,
        prober=prober,
        clock=clock,
        build_logs=build_logs,
        patience=Patience(
            lease=timedelta(seconds=settings.promotebot_lease_seconds),
            unseen=timedelta(seconds=settings.promotebot_unseen_seconds),
            observe=timedelta(seconds=settings.promotebot_observe_seconds),
            valid=valid,
        ),
    )
    owner = _owner()
    wording = Wording(database, people, build_logs)
    teller = Teller(
        database,
        announcer,
        wording,
        Settling(database, announcer, people, wording, clock),
        tasks,
        clock,
        owner=owner,
        lease=crew.patience.lease,
    )
    reminding = Reminding(database, vercel, history, announcer, people, tasks, clock, owner=owner)

    def recorded() -> None:
        teller.wake()
        reminding.wake()

    watcher = Watcher(
        vercel,
        database,
        people,
        tasks,
        clock,
        tells_authors=settings.promotebot_tell_authors,
        recorded=recorded,
    )
    ended = watcher.look_soon if settings.watches else _nothing
    workflows = Workflows(
        database,
        tasks,
        clock,
        slack=slack,
        announcer=announcer,
        directory=directory,
        planner=planner,
        history=history,
        requesting=requesting,
        valid=valid,
    )
    ways_back = WaysBack(planner, history, requesting, database, clock)
    return Bot(
        slack=slack,
        announcer=announcer,
        vercel=vercel,
        planner=planner,
        links=Links(vercel, planner),
        workflows=workflows,
        ledger=ledger,
        history=history,
        requesting=requesting,
        reminding=reminding,
        homes=Homes(
            slack,
            hasty,
            database,
            directory,
            Refining(database, planner, vercel, prober, clock),
            clock,
        ),
        ways_back=ways_back,
        incidents=_incidents(crew, ways_back, people, database, tasks, owner=owner),
        database=database,
        directory=directory,
        channels=Channels(database, announcer, slack, clock),
        people=people,
        teller=teller,
        conductor=Conductor(crew, tasks, owner=owner, ended=ended),
        watcher=watcher,
        tasks=tasks,
        clock=clock,
        valid=valid,
    )


def _receiving(settings: Settings, bot: Bot) -> Receiving | None:
    secret = settings.promotebot_webhook_secret.get_secret_value()
    if not secret:
        return None
    also = {ALERTS: Alerting(bot.incidents.desk, bot.database, bot.clock).heard}
    return Receiving(bot.watcher, bot.database, bot.clock, secret=secret, also=also)


def _owner() -> str:
    """Names this process among its replicas."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def _nothing(_project_id: str) -> None:
    """Where nobody watches, nobody has to look."""


def _incidents(
    crew: Crew, ways_back: WaysBack, people: People, database: Database, tasks: Tasks, *, owner: str
) -> Incidents:
    clock, announcer = crew.clock, crew.announcer
    desk = Desk(database, clock)
    sight = Sight(crew.vercel, crew.planner, ways_back, crew.history, crew.prober, database, clock)
    drilling = Drilling(database, announcer, clock)
    tender = Tender(
        database,
        desk,
        sight,
        announcer,
        Closing(database, desk, announcer, people, clock),
        drilling,
        tasks,
        clock,
        owner=owner,
    )
    return Incidents(desk, sight, drilling, tender)


def _git(settings: Settings, session: aiohttp.ClientSession) -> GitHubClient | None:
    token = settings.github_token.get_secret_value()
    return GitHubClient(session, url=settings.github_api_url, token=token) if token else None


def _ticker(bot: Bot) -> Ticker:
    ticker = Ticker(bot.tasks)
    ticker.every(_CLAIM_EVERY, bot.conductor.claim, "claim operations")
    ticker.every(_CLAIM_EVERY, bot.teller.tick, "claim announcements")
    ticker.every(_CLOCK_CHECK_EVERY, bot.teller.free_from_the_future, "free announcements from the future")
    ticker.every(homes.EVERY, bot.homes.update, "keep App Home up to date")
    ticker.every(_REMIND_EVERY, bot.reminding.tick, "remind of pins")
    ticker.every(_CLAIM_EVERY, bot.workflows.tick, "steps of workflows")
    ticker.every(_PURGE_EVERY, lambda: bot.workflows.forget(timedelta(days=30)), "purge steps of workflows")
    ticker.every(_CLAIM_EVERY, bot.incidents.tender.tick, "claim incidents")
    ticker.every(_CLOCK_CHECK_EVERY, bot.conductor.free_from_the_future, "free operations from the future")
    ticker.every(_TELL_CLOSED_EVERY, bot.channels.tell_closed, "tell of closed channels")
    ticker.every(_LOOK_AT_CLOSED_EVERY, bot.channels.look_again, "look at closed channels")
    ticker.every(_PURGE_EVERY, lambda: bot.requesting.purge(timedelta(days=30)), "purge confirmations")
    ticker.every(_PURGE_EVERY, lambda: bot.ledger.forget_heard(timedelta(days=7)), "purge events")
    ticker.every(_PURGE_EVERY, lambda: bot.watcher.recording.purge(**_KEPT_FOR), "purge what was noticed")
    return ticker


def _check(settings: Settings, http_port: int | None) -> None:
    if http_port is None and not settings.slack_app_token.get_secret_value():
        raise ConfigurationError("Missing: SLACK_APP_TOKEN. Socket Mode needs it; --http does not.")
    if http_port is not None and not settings.slack_signing_secret.get_secret_value():
        raise ConfigurationError("Missing: SLACK_SIGNING_SECRET. --http needs it to know Slack's requests.")
    if (
        settings.promotebot_webhook_port is not None
        and not settings.promotebot_webhook_secret.get_secret_value()
    ):
        raise ConfigurationError(
            "Missing: PROMOTEBOT_WEBHOOK_SECRET. PROMOTEBOT_WEBHOOK_PORT needs it to know Vercel's webhooks."
        )


async def _open_database(settings: Settings) -> Database:
    url = settings.database_url.get_secret_value()
    try:
        database = Database.open(url)
        if not await database.is_current():
            await asyncio.to_thread(storage_database.upgrade, url)
    except StorageError as error:
        raise ConfigurationError(f"DATABASE_URL: {error}") from error
    return database


def _slack(settings: Settings, session: aiohttp.ClientSession, *, hasty: bool = False) -> AsyncWebClient:
    """A hasty one leaves it to the caller to try again."""
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=_SLACK_TIMEOUT,
        session=session,
        retry_handlers=[]
        if hasty
        else [
            AsyncConnectionErrorRetryHandler(max_retry_count=2),
            AsyncServerErrorRetryHandler(max_retry_count=2),
            AsyncRateLimitErrorRetryHandler(max_retry_count=3),
        ],
    )


async def _check_tokens(*checks: Coroutine[None, None, None]) -> None:
    """All at once; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for check in checks:
                group.create_task(check)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _check_slack(slack: AsyncWebClient, settings: Settings, http_port: int | None) -> None:
    """Slack's Socket Mode client would try a wrong token for ever: ask once, before it does."""
    try:
        await slack.auth_test()
        if http_port is None:
            await slack.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    except SlackApiError as error:
        method = str(error.response.api_url or "")
        variable = "SLACK_APP_TOKEN" if "apps.connections.open" in method else "SLACK_BOT_TOKEN"
        raise ConfigurationError(f"Slack does not accept {variable}: {error.response['error']}.") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ConfigurationError(
            f"Slack does not answer at {settings.slack_api_url}: {type(error).__name__}."
        ) from None


async def _check_vercel(vercel: VercelClient) -> None:
    try:
        await vercel.username()
    except NotAuthorized as error:
        raise ConfigurationError(
            f"Vercel does not accept VERCEL_TOKEN, or not for VERCEL_TEAM_ID: {error}."
        ) from None
    except PlatformError as error:
        _log.warning("Vercel did not answer at start, going on: %s", error)


async def _serve_slack(app: AsyncApp, port: int, receiving: Receiving | None, stack: AsyncExitStack) -> int:
    """Slack's requests, and Vercel's webhooks beside them."""
    served = app.web_app(path=EVENTS_PATH)
    if receiving is not None:
        served.router.add_post(WEBHOOK_PATH, receiving.handle)
    return await _serve(served, port, f"--http {port}", stack)


async def _serve_webhooks(receiving: Receiving, port: int, stack: AsyncExitStack) -> int:
    served = web.Application()
    served.router.add_post(WEBHOOK_PATH, receiving.handle)
    return await _serve(served, port, f"PROMOTEBOT_WEBHOOK_PORT {port}", stack)


async def _serve(served: web.Application, port: int, asked: str, stack: AsyncExitStack) -> int:
    """Neither Slack nor Vercel compresses what it sends: a body is taken as it comes, which is what is signed."""
    runner = web.AppRunner(
        served,
        access_log=None,
        shutdown_timeout=_DRAIN,
        auto_decompress=False,
        keepalive_timeout=_IDLE,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "0.0.0.0", port)  # noqa: S104 - they come from outside; every request is signed
    try:
        await site.start()
    except (OSError, OverflowError) as error:
        raise ConfigurationError(f"{asked}: {error}.") from None
    return int(runner.addresses[0][1])
