"""What an error of Slack says about the next try."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from chatbot.services.announcer import may_pass


@pytest.mark.parametrize(
    ("code", "status", "passes"),
    [
        ("ratelimited", 429, True),
        ("internal_error", 200, True),
        ("", 503, True),
        ("user_not_found", 200, False),
        ("is_archived", 200, False),
    ],
)
def test_only_what_may_pass_is_tried_again(code: str, status: int, *, passes: bool) -> None:
    answer = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": code},
        headers={},
        status_code=status,
    )
    assert may_pass(SlackApiError("", answer)) is passes  # type: ignore[no-untyped-call]
    assert may_pass(TimeoutError())
