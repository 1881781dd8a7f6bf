"""A change as a channel reads it: with names and mentions as people want them, and with what came before it."""

from collections.abc import Iterable

from chatbot.domain.course import course
from chatbot.domain.news import Change
from chatbot.messages import Message
from chatbot.messages.news import news
from chatbot.services.buildlogs import BuildLogs
from chatbot.services.people import People
from chatbot.services.telling.records import as_change
from storage.models import Change as Row


async def worded(
    people: People, build_logs: BuildLogs, row: Row, before: Iterable[Row], since: Change | None
) -> Message:
    """`before` are the project's earlier changes, oldest first; `since` is what has moved production since."""
    change = await people.named(as_change(row))
    user = change.who.slack_user if change.who else None
    return news(
        change,
        mentioned=user is not None and await people.is_mentioned(user),
        course=course(change, [as_change(earlier) for earlier in before]),
        since=since,
        log_end=await build_logs.of(change),
    )
