from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatbot.errors import (
    NotAuthorized,
    NotFound,
    PlatformAnswered,
    PlatformError,
    PlatformGarbled,
    PlatformUnreachable,
    RateLimited,
)
from chatbot.vercel.retrying import RETRIES, wait_asked_for, wait_before, worth_another_try

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def asked(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


class TestWaitAskedFor:
    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ({}, None),
            ({"Retry-After": "7"}, 7),
            ({"Retry-After": " 7 "}, 7),
            ({"Retry-After": "0"}, 0),
            ({"Retry-After": asked(30)}, 30),
            ({"Retry-After": asked(-30)}, 0),
            ({"Retry-After": "soon"}, None),
            ({"Retry-After": "-1"}, None),
            ({"Retry-After": "1.5"}, None),
            ({"Retry-After": ""}, None),
            ({"Retry-After": "Wed, 99 Foo 2026 99:99:99 GMT"}, None),
            ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 9)}, 9),
            ({"X-RateLimit-Reset": str(int(NOW.timestamp()) - 9)}, 0),
            ({"X-RateLimit-Reset": "later"}, None),
            ({"X-RateLimit-Reset": str(int(NOW.timestamp()) * 1000)}, None),
            ({"X-RateLimit-Reset": "9" * 12}, None),
            ({"X-RateLimit-Reset": "9" * 30}, None),
            ({"Retry-After": "9" * 30}, None),
            ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 +99999999999999"}, None),
            ({"Retry-After": "3", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 9)}, 3),
            ({"Retry-After": "", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 9)}, 9),
        ],
    )
    def test_seconds_a_date_or_the_reset(self, headers: dict[str, str], wait: float | None) -> None:
        assert wait_asked_for(headers, NOW) == wait

    @given(st.text(alphabet=st.characters(codec="latin-1"), max_size=40))
    @example("0\x1f")
    def test_garbage_asks_for_nothing_or_for_a_wait_that_is_not_negative(self, text: str) -> None:
        for name in ("Retry-After", "X-RateLimit-Reset"):
            wait = wait_asked_for({name: text}, NOW)
            assert wait is None or wait >= 0

    @given(st.integers(0, 10**10))
    def test_any_sensible_reset_is_a_wait_that_is_not_negative(self, reset: int) -> None:
        wait = wait_asked_for({"X-RateLimit-Reset": str(reset)}, NOW)
        assert wait == max(reset - NOW.timestamp(), 0)


class TestWaitBefore:
    @given(st.floats(0, 60))
    def test_what_the_platform_asks_is_kept_and_a_little_more(self, wait: float) -> None:
        assert wait <= wait_before(2, RateLimited(429, "slow down", wait)) <= wait + 0.1

    @given(st.integers(2, 40))
    def test_else_it_is_spread_over_a_span_that_doubles_up_to_five_seconds(self, attempt: int) -> None:
        for error in (RateLimited(429, ""), PlatformUnreachable("cut", may_have_applied=False)):
            assert 0 <= wait_before(attempt, error) <= min(5.0, 0.2 * 2 ** (attempt - 1))

    def test_it_is_spread(self) -> None:
        error = PlatformAnswered(503, "")
        assert len({wait_before(3, error) for _ in range(20)}) > 10

    def test_all_retries_together_are_bounded(self) -> None:
        longest = sum(min(5.0, 0.2 * 2 ** (attempt - 1)) for attempt in range(2, RETRIES + 2))
        assert longest < 10  # the deadline of one call


UNSENT = PlatformUnreachable("the connection failed", may_have_applied=False)
CUT = PlatformUnreachable("the answer broke off", may_have_applied=True)


@pytest.mark.parametrize(
    ("error", "read", "write"),
    [
        (UNSENT, True, True),
        (CUT, False, False),
        (PlatformGarbled("not JSON"), False, False),
        (RateLimited(429, "", 1.0), True, True),
        (RateLimited(429, ""), True, True),
        (PlatformAnswered(502, ""), True, False),
        (PlatformAnswered(503, ""), True, False),
        (PlatformAnswered(504, ""), True, False),
        (PlatformAnswered(500, ""), False, False),
        (PlatformAnswered(501, ""), False, False),
        (PlatformAnswered(400, ""), False, False),
        (PlatformAnswered(402, ""), False, False),
        (PlatformAnswered(409, ""), False, False),
        (PlatformAnswered(422, ""), False, False),
        (PlatformAnswered(302, ""), False, False),
        (NotAuthorized(401, ""), False, False),
        (NotAuthorized(403, ""), False, False),
        (NotFound(404, ""), False, False),
        (NotFound(410, ""), False, False),
    ],
)
def test_what_is_sent_again(error: PlatformError, read: bool, write: bool) -> None:
    assert worth_another_try("GET", error) is read
    for method in ("POST", "PATCH", "DELETE"):
        assert worth_another_try(method, error) is write


@given(st.integers(500, 599), st.sampled_from(["POST", "PATCH", "PUT", "DELETE"]))
def test_a_write_is_never_sent_again_after_a_server_error(status: int, method: str) -> None:
    error = PlatformAnswered(status, "")
    assert not worth_another_try(method, error)
    assert error.may_have_applied


@given(st.sampled_from([CUT, PlatformGarbled("x"), PlatformAnswered(502, "")]))
def test_a_write_that_may_have_applied_is_never_sent_again(error: PlatformError) -> None:
    assert error.may_have_applied
    assert not worth_another_try("POST", error)


@pytest.mark.parametrize("status", [300, 302, 304, 408])
def test_what_is_no_plain_refusal_says_nothing_of_a_write(status: int) -> None:
    assert PlatformAnswered(status, "").may_have_applied


@given(st.integers(400, 499).filter(lambda status: status != 408))
def test_a_refused_write_has_not_applied(status: int) -> None:
    assert not PlatformAnswered(status, "").may_have_applied
