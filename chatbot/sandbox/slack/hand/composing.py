"""What Slack's composer makes of a typed text: its markup, and the rich text beside it.

docs.slack.dev/messaging/formatting-message-text: mentions and links stand between < and >, and those two and & are
escaped everywhere else, in the addresses of links as well.
"""

import html
import re

from chatbot.sandbox.slack.records import Json

MENTION = r"<[@#][A-Z0-9]+(?:\|[^<>]*)?>"
ADDRESS = r"(?<!\w)https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"*_~]"
DOMAIN = r"(?<![\w/.@|-])(?:[a-z0-9-]+\.)+(?:com|org|net|app|dev|io)(?![\w.|/-]*[\w/])"
"""Slack knows every top-level domain; these are the usual ones."""
TOKEN = re.compile(f"({MENTION})|({ADDRESS})|({DOMAIN})")
MARKUP = re.compile(f"({MENTION}|<https?://[^<>]+>)")


def composed(text: str) -> str:
    """Addresses as <https://…>, bare domains as <http://shop.example.com|shop.example.com>."""
    made, end = "", 0
    for found in TOKEN.finditer(text):
        mention, address, domain = found.groups()
        made += _escaped(text[end : found.start()])
        if mention is not None:
            made += mention
        elif address is not None:
            made += f"<{_escaped(address)}>"
        else:
            made += f"<http://{domain}|{domain}>"
        end = found.end()
    return made + _escaped(text[end:])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich_section(text: str) -> Json:
    """Mentions and links are elements of their own; nothing is escaped here."""
    elements: list[Json] = []
    for part in MARKUP.split(text):
        mention = re.fullmatch(r"<([@#])([A-Z0-9]+)(?:\|[^>]*)?>", part)
        link = re.fullmatch(r"<(https?://[^>|]+)(?:\|([^>]*))?>", part)
        if mention is not None:
            kind = "user" if mention[1] == "@" else "channel"
            elements.append({"type": kind, f"{kind}_id": mention[2]})
        elif link is not None:
            words = {"text": html.unescape(link[2])} if link[2] else {}
            elements.append({"type": "link", "url": html.unescape(link[1])} | words)
        elif part:
            elements.append({"type": "text", "text": html.unescape(part)})
    return {"type": "rich_text_section", "elements": elements}
