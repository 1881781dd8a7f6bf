"""Links in what people write: which of them the app is told of, and the cards it puts beneath the message."""

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatbot.sandbox.slack.elements import with_ids
from chatbot.sandbox.slack.records import Channel, Json, Message

if TYPE_CHECKING:
    from chatbot.sandbox.slack.backend import Backend

LINK = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>")


def links(message: Message, domains: tuple[str, ...]) -> list[Json]:
    """Those of the app's domains, subdomains among them; `domain` is the one that the app has registered
    (docs.slack.dev/reference/events/link_shared). `url` is as in the text, & as &amp;: whether
    Slack does so is not confirmed.
    """
    found = []
    for url in dict.fromkeys(LINK.findall(message.text)):
        host = (urlsplit(url).hostname or "").lower()
        domain = next((each for each in domains if host == each or host.endswith(f".{each}")), None)
        if domain is not None:
            found.append({"domain": domain, "url": url})
    return found


def link_shared(backend: "Backend", channel: Channel, message: Message) -> Json | None:
    """The event, if the message has a link that the app registered for."""
    shared = links(message, backend.app.unfurl_domains)
    if not shared:
        return None
    event: Json = {
        "type": "link_shared",
        "channel": channel.id,
        "is_bot_user_member": backend.app.bot_user_id in channel.members,
        "user": message.user,
        "message_ts": message.ts,
        "unfurl_id": unfurl_id(message),
        "source": "conversations_history",
        "links": shared,
        "event_ts": backend.state.ids.ts(),
    }
    return event | ({"thread_ts": message.thread_ts} if message.is_reply else {})


def unfurl_id(message: Message) -> str:
    """<channel>.<ts without its dot in two parts>.<64 hex digits>, as in Slack's sample."""
    digest = hashlib.sha256(f"{message.channel} {message.ts}".encode()).hexdigest()
    return f"{message.channel}.{message.ts}.{digest}"


def card(content: Json) -> Json:
    """An unfurl as it is kept: every id filled in."""
    return content | ({"blocks": with_ids(content["blocks"])} if "blocks" in content else {})
