"""What a channel hears: said to the channel when it changes, listed, and asked for in a dialog."""

from collections.abc import Collection, Iterable, Sequence

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    CheckboxesElement,
    ExternalDataMultiSelectElement,
    InputBlock,
    Option,
    PlainTextObject,
)
from slack_sdk.models.views import View

from chatbot.domain.deployments import Project
from chatbot.domain.subscribing import ALL, MOST_PROJECTS, Heard, Hears
from chatbot.messages import actions, picker
from chatbot.messages.message import Message, button, context, header, row, says, section, sections
from chatbot.messages.wording import bullets, code, count, foreign, mention, named

PROJECTS = "projects"
KINDS = "kinds"
ON_A_PAGE = 30
_SHOWN_AT_ONCE = 10
_SHOWN_CHANNELS = 5

_TOLD = {
    Hears.CURRENT: ("What is Current", "whoever moves it, with the way back one click away"),
    Hears.FAILED: ("Failed production builds", "with the end of the log"),
    Hears.STAGED: ("Staged builds", "production builds that wait to be promoted"),
    Hears.PINNED: ("Pinned production", "after a rollback, as long as new builds stay Staged"),
}

_CLOSED = {
    "is_archived": ("is archived", "When it is unarchived, it goes on by itself."),
    "deleted": ("was deleted", "I have dropped what it heard; subscribe another channel in its place."),
}
_NOT_IN_IT = (
    "takes no messages from me: I am not in it, or may not post there",
    "Invite me there (`/invite @promotebot`), and it goes on by itself.",
)


def changed(
    by: str, did: str, about: Collection[str], heard: Sequence[Heard], kinds: Collection[Hears] = ()
) -> Message:
    """To the channel: what it hears now, that which was changed first. `did` is a verb of the past; `about` are
    names of projects; `kinds` where only some of theirs were meant.
    """
    names = named((_name(name) for name in about), 5)
    first = (
        f"{mention(by)} {did} this channel {'to' if did == 'subscribed' else 'from'} {names}{_only(kinds)}."
    )
    return Message(f"{first} {_summary(heard)}", (section(first), *_now(about, heard)))


def listing(heard: Sequence[Heard], page: int, *, closed: bool) -> Message:
    """One page of all that this channel hears; `closed`: it is paused, since the bot cannot post."""
    if not heard:
        return says(
            "This channel hears of no project yet. `/promotebot subscribe shop` announces whatever becomes Current "
            "of shop here; `/promotebot subscribe` asks for projects in a dialog.",
            row(_change()),
        )
    pages = -(-len(heard) // ON_A_PAGE)
    page = min(max(page, 0), pages - 1)
    shown = heard[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    blocks: list[Block] = [header("What this channel hears"), *sections([_line(each) for each in shown])]
    if closed:
        blocks.insert(
            1, section("*Paused*: I cannot post here. `/invite @promotebot`, and it goes on by itself.")
        )
    turns = [("Back", page - 1)] * (page > 0) + [("More", page + 1)] * (page + 1 < pages)
    pagers = [
        button(text, actions.numbered(actions.SUBSCRIPTIONS, number), str(to))
        for number, (text, to) in enumerate(turns, 1)
    ]
    which = f" Page {page + 1} of {pages}." if pages > 1 else ""
    blocks += [row(_change(), *pagers), context(f"`/promotebot unsubscribe shop [kinds]` takes back.{which}")]
    return Message(f"{_summary(heard)}{which}", tuple(blocks))


def not_told(message: Message) -> Message:
    """To the person, where Slack did not take what the channel was to be told."""
    return Message(
        f"{message.text} Slack did not let me say that to everybody here.",
        (*message.blocks, context("Slack did not let me say that to everybody here.")),
    )


def waits_for_invitation(heard: Sequence[Heard]) -> Message:
    """To the person: it is written down, and begins as soon as the bot may post."""
    return says(
        f"I cannot post in this channel. `/invite @promotebot`, and it begins by itself. {_summary(heard)}"
    )


def closed(channel: str, why: str, heard: Sequence[Heard]) -> Message:
    """To whoever subscribed, directly and once: the channel takes nothing more. `why` is Slack's word."""
    what, next_ = _CLOSED.get(why, _NOT_IN_IT)
    place = f"#{channel}" if why == "deleted" else f"<#{channel}>"
    names = named((_name(each.project_name) for each in heard), 10)
    return says(f"The channel {place} {what}. Announcements of {names} no longer reach it. {next_}")


def dialog(channel: str, heard: Sequence[Heard], kinds: Collection[Hears]) -> View:
    """What `channel` hears now, and what it is to hear as well."""
    now = _now((), heard) if heard else [section("It hears of no project yet.")]
    place = "these direct messages" if channel.startswith("D") else f"<#{channel}>"
    return View(
        type="modal",
        callback_id=actions.SUBSCRIBE,
        title="Subscribe",
        submit="Subscribe",
        close="Cancel",
        private_metadata=channel,
        blocks=[
            section(f"What I announce in {place}, whoever does it."),
            InputBlock(
                block_id=PROJECTS,
                label="Projects",
                element=ExternalDataMultiSelectElement(
                    action_id=actions.SUBSCRIBE_PROJECTS,
                    placeholder=PlainTextObject(text="Type a part of a name", emoji=False),
                    min_query_length=0,
                    max_selected_items=MOST_PROJECTS,
                ),
            ),
            InputBlock(block_id=KINDS, label="What of them", element=_kinds(kinds)),
            *now,
            context("Adds to what it hears. `/promotebot unsubscribe` takes back."),
        ],
    )


def options(found: Iterable[Project], typed: str) -> list[Option]:
    """By name; all projects at once come first, where nothing else was typed."""
    everything = Option(value=ALL, text=PlainTextObject(text="Every project (*)", emoji=False))
    first = [everything] if typed in {"", ALL} else []
    return [*first, *picker.projects(found)][: picker.MOST_OPTIONS]


def usage() -> Message:
    """When nothing is named that could be taken back."""
    return says(
        f"Say what this channel is no longer to hear: {code('/promotebot unsubscribe shop')}, with kinds "
        f"({', '.join(Hears)}) to take back only those. {code('/promotebot subscriptions')} lists what it hears."
    )


def _kinds(ticked: Collection[Hears]) -> CheckboxesElement:
    boxes = {
        kind: Option(value=kind, text=PlainTextObject(text=what), description=PlainTextObject(text=told))
        for kind, (what, told) in _TOLD.items()
    }
    return CheckboxesElement(
        action_id=actions.SUBSCRIBE_KINDS,
        options=list(boxes.values()),
        initial_options=[boxes[kind] for kind in Hears if kind in ticked] or None,
    )


def _change() -> ButtonElement:
    return button("Subscribe to more…", actions.SUBSCRIBE_MORE, "-")


def _now(about: Collection[str], heard: Sequence[Heard]) -> list[Block]:
    """What was changed comes first, and what goes for every project."""
    ordered = sorted(heard, key=lambda h: (not h.is_all, h.project_name not in about))
    lines = [_line(each, also=False) for each in ordered]
    if not lines:
        return [section("It hears of no project now.")]
    shown = bullets(lines, _SHOWN_AT_ONCE)
    if len(lines) > _SHOWN_AT_ONCE:
        shown[-1] += ": `/promotebot subscriptions`"
    return list(sections(["It hears now:", *shown]))


def _line(heard: Heard, *, also: bool = True) -> str:
    kinds = ", ".join(kind for kind in Hears if kind in heard.kinds)
    line = f"*{_name(heard.project_name)}*: {kinds}"
    if not also or not heard.also:
        return line
    channels = [f"<#{c}>" for c in heard.also if not c.startswith("D")]
    direct = len(heard.also) - len(channels)
    if direct:
        channels.append(count(direct, "direct message"))
    return f"{line} · also in {named(channels, _SHOWN_CHANNELS)}"


def not_heard(about: Collection[str], kinds: Collection[Hears]) -> Message:
    """To the person: there is nothing to take back."""
    names = named((_name(name) for name in about), 5)
    return says(
        f"Nothing was changed. This channel does not hear of {names}{_only(kinds)}. "
        "`/promotebot subscriptions` lists what it hears."
    )


def _only(kinds: Collection[Hears]) -> str:
    return f" ({', '.join(kind for kind in Hears if kind in kinds)})" if kinds else ""


def _summary(heard: Sequence[Heard]) -> str:
    """In one sentence, without markup."""
    told = (
        f"{_name(each.project_name)} ({', '.join(kind for kind in Hears if kind in each.kinds)})"
        for each in heard
    )
    return (
        f"This channel hears of {named(told, 10, 1500)}."
        if heard
        else "This channel hears of no project now."
    )


def _name(project_name: str) -> str:
    return "every project" if project_name == ALL else foreign(project_name)
