"""A real Chromium, and the workspace's page in it."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Page, async_playwright

from chatbot.sandbox.slack import Workspace, seed
from chatbot.sandbox.vercel import Platform
from tests.browser.bot import MANIFEST, Bot

SWITCHES = [
    "--headless",
    "--no-sandbox",  # containers run tests as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """The path of the browser. Skips the test where there is none, except in CI."""
    named = os.environ.get("CHROMIUM")
    path = named or next((found for found in map(shutil.which, NAMES) if found), None)
    if path is not None:
        return path
    reason = "needs Chromium: install it, or name it in CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield opened
        await opened.close()


@pytest.fixture
async def new_page(browser: Browser) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens pages, each a person of its own. A page on which a script failed fails the test."""
    broken: list[str] = []
    async with AsyncExitStack() as contexts:

        async def open_page(width: int = 1280, height: int = 800, color_scheme: str = "light") -> Page:
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if color_scheme == "dark" else "light",
                locale="en-GB",
                timezone_id="Europe/Berlin",
            )
            contexts.push_async_callback(context.close)
            context.set_default_timeout(10_000)
            page = await context.new_page()
            page.on("pageerror", lambda error: broken.append(str(error)))
            page.on(
                "console", lambda line: broken.append(line.text) if "Content Security" in line.text else None
            )
            return page

        yield open_page
    assert broken == []


@pytest.fixture
async def page(new_page: Callable[..., Awaitable[Page]]) -> Page:
    """A blank page, 1280 by 800."""
    return await new_page()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform() as started:
        yield started


@pytest.fixture
def platform_url() -> str | None:
    """None: a workspace without a platform. test_sites.py says otherwise."""
    return None


@pytest.fixture
async def workspace(platform_url: str | None) -> AsyncIterator[Workspace]:
    async with Workspace(MANIFEST, platform_url=platform_url, ack_seconds=1.0) as started:
        yield started


@pytest.fixture
async def bot(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """A bare slack_bolt app that hears everything and does what the test says."""
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):  # they would switch AsyncApp to OAuth
        monkeypatch.delenv(name, raising=False)
    async with Bot(workspace) as connected:
        yield connected


@pytest.fixture
async def ana(workspace: Workspace, bot: Bot, page: Page) -> Page:
    """The page as Ana sees it, in #deploys, with the bot connected.

    The page is asked for last, and so closed first: a server that stops waits for requests under way.
    """
    await page.goto(f"{workspace.url}/#as={seed.ANA}&in=C0DEPLOYS")
    await page.get_by_role("log").wait_for()
    await page.get_by_text("promotebot is connected").wait_for()
    return page
