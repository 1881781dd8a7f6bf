"""A message, and the few blocks all of ours are built from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    CheckboxesElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    PlainTextObject,
    SectionBlock,
)

from chatbot.domain.markup import unescape
from chatbot.messages.wording import MAX_BUTTON, MAX_SECTION, MAX_URL, plain


@dataclass(frozen=True)
class Message:
    """`text` stands alone: it is what a lock screen and a screen reader give."""

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """As chat.postMessage, chat.update and a response_url take it. Nothing in it unfurls."""
        return {
            "text": self.text,
            "blocks": [block.to_dict() for block in self.blocks],
            "unfurl_links": False,
            "unfurl_media": False,
        }

    def without_markup(self) -> str:
        """For where Slack shows none."""
        return unescape(self.text.replace("`", ""))


def written(message: Message) -> int:
    """How many characters people read in it, with their markup: Slack takes some 13,000."""

    def characters(part: object) -> int:
        match part:
            case {"type": "mrkdwn" | "plain_text", "text": str(text)}:
                return len(text)
            case dict():
                return sum(characters(each) for each in part.values())
            case list():
                return sum(map(characters, part))
            case _:
                return 0

    return sum(characters(block.to_dict()) for block in message.blocks)


def says(text: str, *more: Block) -> Message:
    """One section, then what follows it."""
    return Message(text, (section(text), *more))


def header(text: str) -> HeaderBlock:
    return HeaderBlock(text=PlainTextObject(text=plain(text, 150)))


def section(text: str, beside: InteractiveElement | None = None) -> SectionBlock:
    """`beside` is a button, or what else can be touched, that is about this text."""
    return SectionBlock(text=markup(text), accessory=beside)


def sections(lines: Iterable[str], beside: ButtonElement | None = None) -> list[SectionBlock]:
    """As many sections as the lines need; none of them is cut through. `beside` goes with the first."""
    chunks: list[str] = []
    for line in lines:
        if chunks and len(chunks[-1]) + 1 + len(line) <= MAX_SECTION:
            chunks[-1] += f"\n{line}"
        else:
            chunks.append(line)
    return [section(chunk, None if number else beside) for number, chunk in enumerate(chunks)]


def columns(*texts: str) -> SectionBlock:
    """Side by side where there is room."""
    return SectionBlock(fields=[markup(text, 2000) for text in texts])


def context(text: str) -> ContextBlock:
    return ContextBlock(elements=[markup(text)])


def markup(text: str, limit: int = MAX_SECTION) -> MarkdownTextObject:
    """`verbatim`: what looks like a URL or a name in foreign text stays text."""
    return MarkdownTextObject(text=text if len(text) <= limit else text[: limit - 1] + "…", verbatim=True)


def row(*buttons: ButtonElement) -> ActionsBlock:
    return ActionsBlock(elements=list(buttons))


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=plain(text, MAX_BUTTON), emoji=False),
        action_id=action_id,
        value=value,
        style=style,
        confirm=confirm,
    )


def checkbox(text: str, told: str, action_id: str, value: str, *, ticked: bool) -> CheckboxesElement:
    """`told` is a smaller line below it."""
    option = Option(text=PlainTextObject(text=text), description=PlainTextObject(text=told), value=value)
    return CheckboxesElement(
        action_id=action_id, options=[option], initial_options=[option] if ticked else None
    )


def link(text: str, action_id: str, url: str | None) -> ButtonElement | None:
    """None where the address will not do for a button. A click still reaches the bot, which acknowledges it."""
    if url is None or len(url) > MAX_URL or not url.startswith(("https://", "http://")):
        return None
    return ButtonElement(text=PlainTextObject(text=text, emoji=False), action_id=action_id, url=url)


def ask_first(title: str, text: str, verb: str, deny: str = "Cancel") -> ConfirmObject:
    """Slack's own dialog, before a click on a dangerous button reaches the bot."""
    return ConfirmObject(
        title=PlainTextObject(text=plain(title, 100)),
        text=PlainTextObject(text=plain(text, 300)),
        confirm=PlainTextObject(text=plain(verb, 30)),
        deny=PlainTextObject(text=deny),
        style="danger",
    )
