"""What the bot sends is shown, and nothing of it is ever taken for markup."""

import re
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.bot import Bot, actions, button, entry, mrkdwn, option, plain, section

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def last_message(page: Page) -> Any:
    return page.get_by_role("article").last


async def test_every_kind_of_block_is_shown(ana: Page, bot: Bot) -> None:
    await bot.posts(
        {"type": "header", "text": plain("Promote shop :rocket:")},
        section("A *section*", fields=[mrkdwn("*From*\na3f9c21"), plain("plain *field*")]),
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("_small print_"), plain("and plain")]},
        {
            "type": "image",
            "image_url": "https://images.example.com/a.png",
            "alt_text": "A graph",
            "title": plain("Errors"),
        },
        entry(
            "Reason",
            {"type": "plain_text_input", "action_id": "why"},
            hint=plain("For the log"),
            optional=True,
        ),
        actions(button("Go", "go", style="primary"), button("Drop", "drop", style="danger")),
    )
    message = last_message(ana)
    await expect(message.get_by_role("heading", name="Promote shop 🚀")).to_be_visible()
    await expect(message.locator("strong", has_text="section")).to_be_visible()
    await expect(message.get_by_text("plain *field*")).to_be_visible()
    await expect(message.get_by_role("separator")).to_be_visible()
    await expect(message.locator("em", has_text="small print")).to_be_visible()
    await expect(message.get_by_role("img", name="A graph")).to_be_attached()
    await expect(message.get_by_text("Errors")).to_be_visible()
    await expect(message.get_by_role("textbox", name="Reason (optional)")).to_have_accessible_description(
        "For the log"
    )
    await expect(message.get_by_role("button", name="Go")).to_have_class("button primary")
    await expect(message.get_by_role("button", name="Drop")).to_have_class("button danger")
    await expect(message.get_by_text("App", exact=True)).to_be_visible()


async def test_rich_text_is_shown_with_its_lists_and_styles(ana: Page, bot: Bot) -> None:
    def words(*elements: dict[str, Any]) -> dict[str, Any]:
        return {"type": "rich_text_section", "elements": list(elements)}

    domains = [
        words({"type": "text", "text": "shop.example.com"}),
        words({"type": "link", "url": "https://a.example"}),
    ]
    await bot.posts(
        {
            "type": "rich_text",
            "elements": [
                words(
                    {"type": "text", "text": "bold", "style": {"bold": True}},
                    {"type": "text", "text": "code", "style": {"code": True, "strike": True}},
                    {"type": "user", "user_id": "U0BOB0002"},
                    {"type": "channel", "channel_id": "C0INCIDNT"},
                    {"type": "usergroup", "usergroup_id": "S0ONCALL1"},
                    {"type": "emoji", "name": "tada"},
                ),
                {"type": "rich_text_list", "style": "bullet", "elements": domains},
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "npm test"}]},
            ],
        }
    )
    message = last_message(ana)
    await expect(message.locator("strong", has_text="bold")).to_be_visible()
    await expect(message.locator("s code", has_text="code")).to_be_visible()
    await expect(message.get_by_text("@Bob Meyer")).to_be_visible()
    await expect(message.get_by_role("link", name="#incidents")).to_be_visible()
    await expect(message.get_by_text("@oncall")).to_be_visible()
    await expect(message.get_by_role("listitem")).to_have_text(["shop.example.com", "https://a.example"])
    await expect(message.locator("blockquote")).to_have_text("quoted")
    await expect(message.locator("pre")).to_have_text("npm test")


async def test_a_block_the_page_does_not_know_is_named(ana: Page, bot: Bot) -> None:
    cell = {"type": "raw_text", "text": "a"}
    await bot.posts({"type": "table", "rows": [[cell, cell], [cell, cell]]})
    await expect(last_message(ana)).to_contain_text("A block of type “table” is not shown here.")


MEANINGS = [
    ("*bold* and _italic_ and ~struck~", "<strong>bold</strong> and <em>italic</em> and <s>struck</s>"),
    ("*_both_*", "<strong><em>both</em></strong>"),
    ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
    ("`*code* &lt;b&gt;`", "<code>*code* &lt;b&gt;</code>"),
    ("a &amp;&amp; b &lt;i&gt; &amp;lt;", "a &amp;&amp; b &lt;i&gt; &amp;lt;"),
    ("one\ntwo", "one<br>two"),
    ("&gt; quoted\nnot", "<blockquote>quoted</blockquote>not"),
    ("```\nnpm *run*\n```after", "<pre><code>npm *run*\n</code></pre>after"),
    (":rocket: :no_such_thing:", "🚀 :no_such_thing:"),
    ("<@U0ANA0001>", '<span class="mention me">@Ana Duarte</span>'),
    (
        "<!here> <!subteam^S0ONCALL1>",
        '<span class="mention">@here</span> <span class="mention">@oncall</span>',
    ),
    (
        "<https://a.example/?a=1&amp;b=2|the *site*>",
        '<a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">the *site*</a>',
    ),
    (
        "see https://a.example/x.",
        'see <a href="https://a.example/x" target="_blank" rel="noopener noreferrer">https://a.example/x</a>.',
    ),
    ("<!date^1392734382^{date_num} {time}|then>", '<time title="then">2014-02-18 15:39</time>'),
    (
        "until <!date^1392734382^{date_short_pretty} at {time}|then>",
        'until <time title="then">18 Feb 2014 at 15:39</time>',
    ),
]


async def test_mrkdwn_means_what_it_means_in_slack(ana: Page, bot: Bot) -> None:
    for count, (text, html) in enumerate(MEANINGS, 1):
        await bot.posts(section(text))
        await expect(ana.get_by_role("article")).to_have_count(count)
        words = last_message(ana).locator(".words > div")
        assert await words.evaluate("node => node.innerHTML") == html, text


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "<javascript:alert(1)|free money>",
    "<data:text/html,hello|data>",
    "<!date^1^{date}^javascript:alert(1)|then>",
    "</div><script>alert(1)</script>",
    "`<img src=x onerror=alert(1)>` *<svg/onload=alert(1)>*",
]


async def test_text_is_never_markup_and_never_a_link_to_script(ana: Page, bot: Bot) -> None:
    for text in HOSTILE:
        await bot.posts(
            section(
                text, accessory={"type": "overflow", "action_id": "o", "options": [option(text[:70], "v")]}
            ),
            {"type": "header", "text": plain(text)},
            {"type": "context", "elements": [mrkdwn(text), plain(text)]},
            actions(button(text, "b", url="javascript:alert(1)")),
        )
        await bot.posts(text=text)
    await expect(ana.get_by_role("article")).to_have_count(2 * len(HOSTILE))
    assert await ana.get_by_role("log").locator("img, script, a, svg:not(.icon)").count() == 0
    await expect(ana.get_by_role("button", name=HOSTILE[0], exact=True)).to_have_count(2)


async def test_what_a_person_writes_is_formatted_and_is_text_too(ana: Page) -> None:
    box = ana.get_by_role("combobox", name="Message #deploys")
    await box.fill("<img src=x onerror=alert(1)> *hi* :wave:")
    await box.press("Enter")
    message = last_message(ana)
    await expect(message).to_contain_text("<img src=x onerror=alert(1)> hi 👋")


async def test_an_edited_message_says_so_and_a_deleted_one_goes(ana: Page, bot: Bot) -> None:
    ts = await bot.posts(section("first"))
    await expect(last_message(ana)).to_contain_text("first")
    await bot.client.chat_update(channel="C0DEPLOYS", ts=ts, text="second", blocks=[section("second")])
    await expect(last_message(ana)).to_contain_text("second")
    await expect(last_message(ana)).to_contain_text("(edited)")
    await bot.client.chat_delete(channel="C0DEPLOYS", ts=ts)
    await expect(ana.get_by_role("article")).to_have_count(0)


async def test_every_control_has_a_name(ana: Page, bot: Bot) -> None:
    pick = [option("One"), option("Two")]
    await bot.posts(
        actions(
            {"type": "static_select", "action_id": "s", "options": pick},
            {"type": "overflow", "action_id": "o", "options": pick},
            {"type": "datepicker", "action_id": "d"},
            {"type": "timepicker", "action_id": "t"},
            {"type": "checkboxes", "action_id": "c", "options": pick},
            {"type": "radio_buttons", "action_id": "r", "options": pick},
        ),
        entry("Words", {"type": "plain_text_input", "action_id": "w"}),
    )
    await expect(last_message(ana).get_by_role("radio", name="Two")).to_be_visible()
    snapshot = await ana.locator("body").aria_snapshot()
    controls = (
        "button|link|textbox|combobox|checkbox|radio|radiogroup|group|log|article|navigation|complementary"
    )
    assert re.search(rf"- ({controls})(?: \[|:|$)", snapshot, re.MULTILINE) is None, snapshot
