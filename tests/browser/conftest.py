"""A real Chromium, and the workspace's page in it.

The tests share one event loop, and so one driver of the browser: to start a driver takes longer than most of them.
"""

import os
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from chatbot.sandbox.slack import Workspace, seed
from chatbot.sandbox.vercel import Platform
from tests import needs
from tests.browser.bot import MANIFEST, Bot
from tests.conftest import World, a_world

HERE = Path(__file__).parent
SWITCHES = (
    "--headless",
    "--no-sandbox",  # containers run tests as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # its own pages, behind the address bar: for each window they take as long as the page that is tested
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,PreloadTopChromeWebUI",
    "--remote-debugging-port=0",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One browser for the whole run: its DevTools address. Skips where there is none, except in CI."""
    path = needs.chromium()
    if path is None:
        reason = "needs Chromium: install it, or name it in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    profile = tmp_path_factory.mktemp("profile")
    command = [path, *SWITCHES, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = next(
            (line.split()[-1] for line in process.stderr if line.startswith("DevTools listening on ")), None
        )
        drain = threading.Thread(
            target=process.stderr.read, daemon=True
        )  # or it would block when the pipe is full
        drain.start()
        try:
            assert address is not None, "Chromium has ended"
            yield address
        finally:
            process.terminate()
            drain.join()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser(devtools: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.connect_over_cdp(devtools)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
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


@pytest_asyncio.fixture(loop_scope="session")
async def page(new_page: Callable[..., Awaitable[Page]]) -> Page:
    """A blank page, 1280 by 800."""
    return await new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def platform() -> AsyncIterator[Platform]:
    async with Platform() as started:
        yield started


@pytest.fixture
def platform_url() -> str | None:
    """None: a workspace without a platform. test_sites.py says otherwise."""
    return None


@pytest_asyncio.fixture(loop_scope="session")
async def workspace(platform_url: str | None) -> AsyncIterator[Workspace]:
    async with Workspace(MANIFEST, platform_url=platform_url, ack_seconds=1.0) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def bot(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """A bare slack_bolt app that hears everything and does what the test says."""
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):  # they would switch AsyncApp to OAuth
        monkeypatch.delenv(name, raising=False)
    async with Bot(workspace) as connected:
        yield connected


@pytest_asyncio.fixture(loop_scope="session")
async def ana(workspace: Workspace, bot: Bot, page: Page) -> Page:
    """The page as Ana sees it, in #deploys, with the bot connected.

    The page is asked for last, and so closed first: a server that stops waits for requests under way.
    """
    await page.goto(f"{workspace.url}/#as={seed.ANA}&in=C0DEPLOYS")
    await page.get_by_role("log").wait_for()
    await page.get_by_text("promotebot is connected").wait_for()
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """As elsewhere, in the loop of these tests."""
    async with a_world(sqlite_url) as made:
        yield made
