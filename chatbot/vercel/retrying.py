"""When to send a request again, and after how long."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chatbot.errors import PlatformAnswered, PlatformError, PlatformUnreachable

RETRIES = 4
_FIRST_WAIT = 0.4
_LONGEST_WAIT = 5.0
_NUMBER = re.compile(r"[0-9]{1,12}")
_READ_AGAIN = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Quota:
    """How many requests an endpoint takes, how many are left, and in how many seconds it is full again."""

    limit: int
    left: int
    renewed_in: float


def quota(headers: Mapping[str, str], now: datetime) -> Quota | None:
    """None where the platform does not say."""
    limit, left = (headers.get(f"X-RateLimit-{name}", "").strip() for name in ("Limit", "Remaining"))
    renewed_in = _until(headers.get("X-RateLimit-Reset", ""), now)
    if renewed_in is None or not _NUMBER.fullmatch(limit) or not _NUMBER.fullmatch(left):
        return None
    return Quota(int(limit), int(left), renewed_in)


def worth_another_try(method: str, error: PlatformError) -> bool:
    """A read is repeated when the platform was away; a write only when it surely was not taken.

    429 says that, and so does a connection that was never made.
    """
    if isinstance(error, PlatformUnreachable):
        return not error.may_have_applied
    if isinstance(error, PlatformAnswered):
        return error.status == 429 or (method == "GET" and error.status in _READ_AGAIN)
    return False


def wait_before(attempt: int, error: PlatformError) -> float:
    """Seconds until attempt number `attempt` (2 is the first retry): what the platform asks, else full jitter."""
    asked = error.wait if isinstance(error, PlatformAnswered) else None
    if asked is not None:
        return asked + random.uniform(0, 0.1)
    return random.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 2)))


def wait_asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """`Retry-After` is seconds or an HTTP date, `X-RateLimit-Reset` epoch seconds; None where neither is readable."""
    asked = _seconds(headers.get("Retry-After", ""), now)
    return asked if asked is not None else _until(headers.get("X-RateLimit-Reset", ""), now)


def _seconds(text: str, now: datetime) -> float | None:
    if _NUMBER.fullmatch(number := text.strip()):
        return float(number)  # which would not strip all that this does
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None  # neither a number nor a date


def _until(text: str, now: datetime) -> float | None:
    if not _NUMBER.fullmatch(number := text.strip()):
        return None
    try:
        return max((datetime.fromtimestamp(float(number), UTC) - now).total_seconds(), 0.0)
    except (ValueError, OverflowError, OSError):
        return None  # no moment that there is
