"""The side panel, with the embedded platform behind it; and the page in a narrow window."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.vercel import Platform
from tests.browser.bot import Bot, actions, button, mrkdwn, section

NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture
def platform_url(platform: Platform) -> str:
    return platform.url


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Message #deploys")


def sites(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Sites and deployments")


async def test_the_side_panel_says_what_each_domain_serves(ana: Page, platform: Platform) -> None:
    shop = sites(ana).get_by_role("group", name="shop", exact=True)
    project = next(each for each in platform.store.projects.values() if each.name == "shop")
    current = platform.store.deployments[project.current_id or ""]
    row = shop.get_by_role("listitem").filter(
        has=ana.get_by_role("link", name="shop.example.com", exact=True)
    )
    await expect(row).to_contain_text(current.commit.sha[:7])
    await expect(row).to_contain_text(current.id)
    await expect(row).to_contain_text("Healthy")
    redirect = shop.get_by_role("listitem").filter(has=ana.get_by_role("link", name="www.shop.example.com"))
    await expect(redirect).to_contain_text("redirects to shop.example.com")
    await shop.get_by_role("button", name="Break the site").click()
    await expect(row).to_contain_text("Failing")
    await shop.get_by_role("button", name="Heal").click()
    await expect(row).to_contain_text("Healthy")


async def test_a_pushed_commit_is_built_and_can_be_put_into_the_message_box(
    ana: Page, platform: Platform
) -> None:
    shop = sites(ana).get_by_role("group", name="shop", exact=True)
    await shop.get_by_role("button", name="Push a commit").click()
    await expect(shop.get_by_role("status")).to_contain_text("to the production branch")
    newest = shop.get_by_role("listitem").filter(has=ana.get_by_role("button", name="Write /promote")).first
    await expect(newest).to_contain_text("just now")
    await expect(newest).to_contain_text("Staged")
    deployment = max(platform.store.deployments.values(), key=lambda each: each.created_at)
    await newest.get_by_role("button", name="Write /promote").click()
    await expect(box(ana)).to_have_value(f"/promote {deployment.id}")
    await expect(box(ana)).to_be_focused()
    await shop.get_by_role("button", name="Push a branch").click()
    await expect(newest).to_contain_text("Preview")


async def test_a_deployment_id_is_copied(ana: Page, workspace: Workspace) -> None:
    await ana.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=workspace.url)
    button_ = sites(ana).get_by_role("button", name="Copy dpl_").first
    name = await button_.get_attribute("aria-label") or ""
    await button_.click()
    assert await ana.evaluate("navigator.clipboard.readText()") == name.removeprefix("Copy ")


LONG = "a" * 60 + ".preview.shop.example.com"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_never_scrolls_sideways(
    workspace: Workspace, bot: Bot, new_page: NewPage, scheme: str
) -> None:
    page = await new_page(width=360, height=740, color_scheme=scheme)
    await page.goto(workspace.url)
    await bot.posts(
        section(
            f"`{LONG}` serves",
            fields=[mrkdwn(LONG), mrkdwn("two")],
            accessory=button("A rather long label", "a"),
        ),
        actions(*[button(f"Choose number {n}", f"b{n}") for n in range(4)]),
        section(f"```{LONG * 3}```"),
    )
    await expect(page.get_by_role("button", name="Choose number 3")).to_be_visible()
    sideways = "() => document.documentElement.scrollWidth - innerWidth"
    overflowing = """() => [...document.querySelectorAll('.log, .sidebar, .panel')]
        .filter(part => part.scrollWidth > part.clientWidth).map(part => part.className)"""
    for tab, landmark in [("Channels", "Workspace"), ("Sites", "Sites and deployments")]:
        await page.get_by_role("navigation").get_by_role("button", name=tab).click()
        await expect(page.get_by_role("complementary", name=landmark)).to_be_visible()
        assert await page.evaluate(sideways) <= 0
        assert await page.evaluate(overflowing) == []
    await page.get_by_role("navigation").get_by_role("button", name="Messages").click()
    await expect(page.get_by_role("log")).to_be_visible()
    assert await page.evaluate(sideways) <= 0
    assert await page.evaluate(overflowing) == []


async def test_a_channel_chosen_on_a_phone_is_shown(
    workspace: Workspace, bot: Bot, new_page: NewPage
) -> None:
    page = await new_page(width=360, height=740)
    await page.goto(workspace.url)
    await page.get_by_role("navigation").get_by_role("button", name="Channels").click()
    await page.get_by_role("link", name="incidents").click()
    await expect(page.get_by_role("log", name="Messages in #incidents")).to_be_visible()


async def test_nothing_comes_from_elsewhere(workspace: Workspace, new_page: NewPage) -> None:
    page = await new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(workspace.url)
    await page.get_by_role("log").wait_for()
    await sites(page).get_by_role("group", name="shop", exact=True).wait_for()
    assert [url for url in asked if not url.startswith((workspace.url, "data:"))] == []


async def test_a_commit_message_and_a_branch_are_text(ana: Page, workspace: Workspace) -> None:
    push = {"project": "shop", "branch": "<i>b</i>", "message": "<img src=x onerror=alert(1)>"}
    await ana.request.post(f"{workspace.url}/sandbox/platform/push", data=push)
    await expect(sites(ana).get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    await expect(sites(ana).get_by_text("<i>b</i>")).to_be_visible()
    assert await sites(ana).locator("img, i").count() == 0
