"""The small words that all messages share: how a deployment, a time, a person, a foreign text is written."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from chatbot.domain.deployments import Deployment

MAX_SECTION = 3000
MAX_BUTTON = 75
MAX_URL = 3000
MAX_DOMAIN = 253

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class _Kept(dict[int, str | None]):
    """What becomes of a character, looked up once: commit messages are long."""

    def __missing__(self, number: int) -> str | None:
        character = chr(number)
        if character.isspace():
            kept: str | None = " "
        else:
            kept = None if unicodedata.category(character) in _INVISIBLE else character
        self[number] = kept
        return kept


_KEPT = _Kept()


def plain(text: str, limit: int = 200) -> str:
    """Foreign text as one line without control or direction characters, cut with an ellipsis. Not yet escaped."""
    line = " ".join(text.translate(_KEPT).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def escape(text: str) -> str:
    """What Slack's markup asks for; then foreign text can neither mention nor link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def foreign(text: str, limit: int = 200) -> str:
    """Text from outside, ready for a mrkdwn section. Escaped it is at most twice as long as `limit`."""
    kept = plain(text, limit)
    while len(escaped := escape(kept)) > 2 * limit:
        kept = plain(kept, len(kept) * 9 // 10)
    return escaped


def code(text: str, limit: int = 100) -> str:
    return f"`{foreign(text.replace('`', ''), limit) or ' '}`"


def bold(text: str) -> str:
    """Escaped text. An asterisk within, as a commit may have, would end it: another sign stands for that."""
    return f"*{text.replace('*', chr(0x2217))}*"


def unmarked(text: str) -> str:
    """Without the marks of code, for a lock screen."""
    return text.replace("`", "")


def mention(actor: str) -> str:
    """An actor as the audit log spells it (`slack:U…`, `cli:ana`) as a mention or a word."""
    kind, _, name = actor.partition(":")
    return f"<@{name}>" if kind == "slack" else foreign(name or kind)


def span(time: timedelta) -> str:
    """`42 s`, `3 min`, `5 h`, `2 d`."""
    seconds = max(int(time.total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and unit != "d"):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def lasted(time: timedelta) -> str:
    """Finer, for what is compared afterwards: `42 s`, `1 min 5 s`, `2 h 10 min`; whole days as above."""
    seconds = max(int(time.total_seconds()), 0)
    if not 60 <= seconds < 2 * 86400:
        return span(time)
    size, big, unit, small = (3600, "h", 60, "min") if seconds >= 3600 else (60, "min", 1, "s")
    rest = seconds % size // unit
    return f"{seconds // size} {big}" + (f" {rest} {small}" if rest else "")


def moment(at: datetime) -> str:
    """Each person reads it in a time zone of his own; the fallback, where Slack shows no markup, is in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC>"


def took(time: timedelta) -> str:
    """For durations that people feel: tenths of a second below ten."""
    seconds = max(time.total_seconds(), 0.0)
    return f"{seconds:.1f} s" if seconds < 10 else span(time)


def old(deployment: Deployment, now: datetime) -> str:
    return f"{span(now - deployment.created_at)} old"


def deployment_line(deployment: Deployment) -> str:
    """`3f2a1bc` fix the cart (ana, main): enough to recognise it."""
    commit = deployment.commit
    if commit is None:
        return f"{code(deployment.label)} {foreign(deployment.url, 60)}"
    who = ", ".join(foreign(part, 40) for part in (commit.author, commit.branch) if part)
    return f"{code(deployment.label)} {foreign(commit.subject, 80)}" + (f" ({who})" if who else "")


def deployment_text(deployment: Deployment) -> str:
    """The same without markup, for buttons, titles and lock screens."""
    subject = deployment.commit.subject if deployment.commit else deployment.url
    return plain(f"{deployment.label} {subject}", 60)


def bullets(items: Iterable[str], limit: int) -> list[str]:
    """A line each, and the rest counted."""
    all_items = list(items)
    lines = [f"• {item}" for item in all_items[:limit]]
    return [*lines, f"and {len(all_items) - limit} more"] if len(all_items) > limit else lines


def named(names: Iterable[str], limit: int, room: int = MAX_SECTION) -> str:
    """In one line, at most `limit` of them and `room` characters, and the rest counted."""
    all_names = list(names)
    shown = how_many_fit(all_names, limit, room)
    rest = f" and {len(all_names) - shown} more" if len(all_names) > shown else ""
    return ", ".join(all_names[:shown]) + rest


def how_many_fit(names: Sequence[str], limit: int, room: int) -> int:
    """Of those that `named` is given; at least one."""
    used = 0
    for number, name in enumerate(names[:limit]):
        used += len(name) + 2
        if used > room and number:
            return number
    return min(len(names), limit)


def domain_name(name: str) -> str:
    return foreign(name, MAX_DOMAIN)


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
