"""The end of the log of a build that failed."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from chatbot.domain.operations import Operation, Stage
from chatbot.messages.message import Message, section
from chatbot.messages.wording import MAX_SECTION, escape, foreign

_SHORT = 5  # lines; more of them would make the channel hard to read
_FIRST_SIGHT = 3
_ALONE = 8


def log_end(operation: Operation) -> list[Block]:
    """For the operation message: all that was kept if it is short, else the last lines."""
    lines = _kept(operation)
    if not lines:
        return []
    if len(lines) <= _SHORT:
        return [section(f"*The end of its log*\n{_preformatted(lines)}")]
    return [
        section(
            f"*The last lines of its log*; more are in the thread.\n{_preformatted(lines[-_FIRST_SIGHT:])}"
        )
    ]


def whole_log_end(operation: Operation) -> Message | None:
    """For the thread; None where the operation message has all of it."""
    lines = _kept(operation)
    if len(lines) <= _SHORT:
        return None
    text = f"The end of the log of the build that failed, of {foreign(operation.plan.project.name)}."
    return Message(text, (section(f"{text}\n{_preformatted(lines)}"),))


def _kept(operation: Operation) -> tuple[str, ...]:
    return operation.findings.log_end if operation.stage is Stage.FAILED else ()


def last_lines(lines: Sequence[str]) -> list[Block]:
    """For a message that has no thread to go on in."""
    if not lines:
        return []
    return [section(f"*The end of its log*\n{_preformatted(lines[-_ALONE:])}")]


def _preformatted(lines: Sequence[str]) -> str:
    """A block that nothing in it can end: it holds no backtick. What does not fit goes at the beginning."""
    shown = [escape(line.replace("`", "'")) for line in lines]
    while len(shown) > 1 and sum(map(len, shown)) + len(shown) > MAX_SECTION - 200:
        shown.pop(0)
    return "```\n" + "\n".join(shown) + "\n```"
