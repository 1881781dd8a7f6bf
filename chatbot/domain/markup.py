"""What a person wrote in a message: Slack's markup taken back to what was typed."""

import re

_LINK = re.compile(r"<((?:https?://|mailto:)[^|>\s]+)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+\|([^>]+)>")


def unescape(text: str) -> str:
    """The way back from Slack's markup, for where it shows none."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(text: str) -> str:
    """Links and names of channels as they were typed. Mentions of people stay, since their ids say who is meant."""
    text = _CHANNEL.sub(r"#\1", _LINK.sub(_link, text))
    return unescape(text).strip()


def after_mention(text: str, user_id: str) -> str | None:
    """What follows the first mention of this user, as it was typed; None where there is none."""
    found = re.search(rf"<@{re.escape(user_id)}(?:\|[^>]*)?>", text)
    return typed(text[found.end() :]) if found else None


def _link(found: re.Match[str]) -> str:
    """Slack makes a link of whatever looks like a domain, and keeps what was typed as its label."""
    url, label = found[1], found[2] or ""
    return label if label and url.partition(":")[2].lstrip("/").rstrip("/") == label.rstrip("/") else url
