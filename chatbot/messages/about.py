"""The bot about itself: help, who may what, the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.domain.access import Decision
from chatbot.messages.message import Message, context, header, says, section, sections
from chatbot.messages.wording import bullets, code, foreign, mention

_COMMANDS = {
    "/promote X": "make X Current, after a confirmation. X: deployment id, URL, domain, commit or branch",
    "/promote": "pick a project and one of its deployments; both are searched as you type",
    "/rollback [project or deployment] [reason]": "instantly go back to a deployment that served before",
    "/rollback undo [project] [reason]": "take back my last change of a project, after a confirmation",
    "/incident [projects] [what is wrong]": "one pinned card with health, last changes and ways back; "
    "also `resolve`, `list`, `drill [team]`",
    "/current [project]": "what the production domains serve now; nothing given: this channel's projects, `*`: all",
    "/deployments [project]": "the newest deployments, with their state",
    "/promotebot subscribe shop [current] [failed] [staged] [pinned]": "announce changes of shop here; `*`: of all",
    "/promotebot unsubscribe shop [kinds]": "no longer; `/promotebot subscriptions` lists what this channel hears",
    "/promotebot whoami": "what you may do here, and why",
    "/promotebot mention on|off": "whether what is told of my changes mentions me; off at first",
    "/promotebot merges on|off": "whether I tell you of merges of yours that stay Staged; on at first",
    "/promotebot audit [project] [@who] [since]": "who changed what; since: 2h, 3d or 2026-01-31",
}

_ELSEWHERE = (
    "App Home, the first tab beside our messages: every project, its health, and the way back with one click",
    "`@promotebot current shop`: every command in words, in a channel, in a thread or directly to me",
    "*Promote this deployment* in a message's menu: the one that it names by id, address or commit",
    "the address of a deployment, or of a project in the dashboard: I put a card beneath it",
    "*Promote a deployment*: a step in Workflow Builder; a person confirms, the step ends with the proof",
)

_WORDS = {
    "Staged": "a production build that has never served. Promoting it is instant.",
    "Preview": "built for a branch. Promoting it is a complete rebuild with production's variables.",
    "Promoted": "has served production. It cannot be promoted again, only rolled back to.",
    "Current": "what the production domains serve.",
    "Pinned": "a rollback switched auto-assignment off: new production builds stay Staged until somebody promotes.",
    "Canary": "a rolling release gives it to some of the visitors. `/promote` shows how far it is.",
}


def unknown(word: str) -> Message:
    """The first word after the name is none of the commands."""
    return says(
        f"I do not know {code(word)}. `/promotebot help` lists what I do; beside it there are `/promote`, `/rollback`, "
        "`/current`, `/deployments` and `/incident`, each also in words, as in `@promotebot current shop`."
    )


def help_text() -> Message:
    commands = bullets((f"{code(c)}  {what}" for c, what in _COMMANDS.items()), 20)
    words = bullets((f"*{word}*: {meaning}" for word, meaning in _WORDS.items()), 20)
    return Message(
        "promotebot promotes and rolls back production deployments on Vercel. "
        f"Commands: {', '.join(_COMMANDS)}.",
        (
            header("promotebot"),
            section("promotebot changes what your production domains serve, after you have confirmed."),
            *sections(["*Commands*", *commands]),
            *sections(["*Without a slash*", *bullets(_ELSEWHERE, 20)]),
            *sections(["*Words*", *words]),
        ),
    )


def whoami(user: str, decision: Decision) -> Message:
    because = {
        "listed": "you are named in the bot's settings",
        "group": "a group of yours is named in the bot's settings",
        "admin": "you are a workspace admin, and nobody else is named in the bot's settings",
        "not listed": "neither you nor a group of yours is named in the bot's settings",
        "not admin": "nobody is named in the bot's settings, so only workspace admins may",
    }[decision.because]
    who = mention(f"slack:{user}")
    if decision.allowed:
        return says(f"{who}, you may promote and roll back every project: {because}.")
    return says(f"{who}, you may look at everything, but change nothing: {because}.")


def mentions(*, on: bool) -> Message:
    if on:
        return says("You are mentioned from now on where a channel is told of a change of yours.")
    return says("You are not mentioned: a channel that is told of a change of yours reads your name only.")


def merges(*, on: bool) -> Message:
    if on:
        return says(
            "I tell you when a merge of yours stays Staged because of a rollback, once for each build."
        )
    return says("I no longer tell you when a merge of yours stays Staged because of a rollback.")


def merges_usage(*, on: bool) -> Message:
    now = "I tell you" if on else "I do not tell you"
    return says(
        f"{now} now when a merge of yours stays Staged because of a rollback. "
        "`/promotebot merges on` or `/promotebot merges off` changes that."
    )


def mention_usage(*, on: bool) -> Message:
    now = "You are mentioned now." if on else "You are not mentioned now."
    return says(f"{now} `/promotebot mention on` or `/promotebot mention off` changes that.")


@dataclass(frozen=True)
class Entry:
    """An entry of the audit log, as far as it is shown."""

    seq: int
    at: datetime
    actor: str
    action: str
    project: str | None
    about: str


def audit(entries: Sequence[Entry]) -> Message:
    """Newest first."""
    if not entries:
        return says("The audit log has no such entry.")
    lines = [entry_line(entry) for entry in entries]
    return Message(
        f"The newest {len(lines)} entries of the audit log.",
        (
            header("Audit log"),
            *sections(lines),
            context("Newest first. Hash-chained: `promotebot audit verify` checks it."),
        ),
    )


def entry_line(entry: Entry) -> str:
    return (
        f"{code(str(entry.seq))} {entry.at:%Y-%m-%d %H:%M:%S} UTC · {mention(entry.actor)} · {foreign(entry.action)}"
        + (f" · {foreign(entry.project)}" if entry.project else "")
        + (f" · {foreign(entry.about, 80)}" if entry.about else "")
    )


def audit_usage(wrong: str) -> Message:
    return says(
        f"I cannot read {code(wrong)}. Use `/promotebot audit [project] [@who] [since]`; "
        "since: 2h, 3d or 2026-01-31."
    )
