"""Which messages the bot hears: those that a person of this workspace has just written."""

from typing import Any

import pytest

from chatbot.listeners.requests import OnMessage, Said

EVENT = {"type": "app_mention", "user": "U1", "team": "T1", "channel": "C1", "ts": "2.0", "text": "hi"}


def said(**changed: Any) -> Said:
    return Said.model_validate({"event_id": "Ev1", "team_id": "T1", "event": EVENT | changed})


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"subtype": "thread_broadcast"},
        {"subtype": "file_share"},
        {"team": ""},
        {"user_team": "T1", "team": "T2"},
    ],
)
def test_what_one_of_us_has_just_written_is_heard(changed: dict[str, Any]) -> None:
    assert said(**changed).is_by_one_of_us


@pytest.mark.parametrize(
    "changed",
    [
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "message_changed", "user": ""},
        {"edited": {"user": "U1", "ts": "3.0"}},
        {"team": "T2"},
        {"user_team": "T2"},
        {"user": ""},
    ],
)
def test_apps_strangers_and_changes_are_left(changed: dict[str, Any]) -> None:
    assert not said(**changed).is_by_one_of_us


@pytest.mark.parametrize(
    ("message", "thread"),
    [
        ({"ts": "2.0"}, ""),
        ({"ts": "2.0", "thread_ts": "2.0"}, ""),
        ({"ts": "2.0", "thread_ts": "1.0"}, "1.0"),
        ({"ts": "2.0", "thread_ts": "1.0", "subtype": "thread_broadcast"}, ""),
        ({"ts": "2.0", "thread_ts": 1}, ""),
    ],
)
def test_a_shortcut_is_answered_in_the_thread_of_a_reply(message: dict[str, Any], thread: str) -> None:
    on = {"user": {"id": "U1"}, "channel": {"id": "C1"}, "message": message}
    assert OnMessage.model_validate(on).thread == thread
