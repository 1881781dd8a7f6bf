"""The canonical text and its hash, as properties."""

import enum
import hashlib
import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import audit, chain
from storage.database import Database
from storage.errors import NotStorable

ANY_TEXT = st.text(st.characters())  # lone surrogates and NUL included
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT
)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=20
)
ANY_DETAIL = st.dictionaries(ANY_TEXT, ANY_JSON, max_size=5)
COLUMN_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))])
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001  zoned by hypothesis
COLUMNS = st.fixed_dictionaries(
    {
        "seq": st.integers(1, 2**31 - 1),
        "at": MOMENTS,
        "action": ANY_TEXT,
        "actor": ANY_TEXT,
        "project": st.none() | ANY_TEXT,
        "operation_id": st.none() | ANY_TEXT,
        "channel": st.none() | ANY_TEXT,
        "detail": ANY_TEXT,
        "prev": ANY_TEXT,
    }
)


@given(ANY_JSON)
def test_canonical_json_says_the_same_value_in_ascii(value: Any) -> None:
    text = chain.canonical(value)
    assert json.loads(text) == value
    assert text.isascii()
    assert "\0" not in text


@given(ANY_DETAIL)
def test_the_order_of_keys_does_not_count(detail: dict[str, Any]) -> None:
    backwards = dict(reversed(detail.items()))
    assert chain.canonical(detail) == chain.canonical(backwards)


@given(COLUMNS)
def test_the_body_gives_every_column_back(columns: dict[str, Any]) -> None:
    written = json.loads(chain.body(**columns))
    assert written.pop(1) == columns["at"].astimezone(UTC).isoformat(timespec="microseconds")
    names = ("seq", "action", "actor", "project", "operation_id", "channel", "detail", "prev")
    assert written == [columns[name] for name in names]


@given(COLUMNS, COLUMNS)
def test_two_entries_have_one_hash_only_if_they_are_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    same_hash = chain.digest(chain.body(**one)) == chain.digest(chain.body(**other))
    assert same_hash == (one == other)


@given(COLUMNS, st.sampled_from(["action", "actor", "project", "operation_id", "channel", "detail", "prev"]))
def test_every_column_counts(columns: dict[str, Any], name: str) -> None:
    changed = {**columns, name: (columns[name] or "") + "x"}
    assert chain.body(**columns) != chain.body(**changed)


def test_the_format_is_the_one_already_in_the_field() -> None:
    body = chain.body(
        seq=1,
        at=datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1))),
        action="promotion.asked",
        actor="slack:U0ANA0001",
        project="shop",
        operation_id=None,
        channel="C0DEPLOYS",
        detail=chain.canonical({"é": (1, 2.5), "a": None}),
        prev=chain.GENESIS,
    )
    assert body == (
        r'[1,"2026-03-01T12:00:00.000000+00:00","promotion.asked","slack:U0ANA0001","shop",null,"C0DEPLOYS",'
        r'"{\"a\":null,\"\\u00e9\":[1,2.5]}","' + "0" * 64 + '"]'
    )
    assert chain.digest(body) == hashlib.sha256(body.encode()).hexdigest()


class Colour(enum.Enum):
    RED = "red"


def nested_too_deeply() -> list[Any]:
    inner: list[Any] = []
    for _ in range(100_000):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        -math.inf,
        {1: "a"},
        {"a": {None: 1}},
        b"bytes",
        {"a": {1, 2}},
        [datetime(2026, 3, 1, tzinfo=UTC)],
        Colour.RED,
        nested_too_deeply(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(NotStorable, match="Not JSON"):
        chain.canonical(value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=MOMENTS,
    action=COLUMN_TEXT,
    actor=COLUMN_TEXT,
    project=st.none() | COLUMN_TEXT,
    channel=st.none() | COLUMN_TEXT,
    detail=ANY_DETAIL,
)
async def test_any_entry_comes_back_as_it_was_and_verifies(
    db: Database,
    at: datetime,
    action: str,
    actor: str,
    project: str | None,
    channel: str | None,
    detail: dict[str, Any],
) -> None:
    async with db.write() as session:
        written = await audit.append(
            session, at=at, action=action, actor=actor, project=project, channel=channel, detail=detail
        )
    async with db.read() as session:
        (read,) = await audit.newest(session, limit=1)
        verdict = await audit.verify(session)
    assert read.model_dump() == written.model_dump()
    assert (read.at, read.action, read.actor, read.project, read.channel) == (
        at,
        action,
        actor,
        project,
        channel,
    )
    assert json.loads(read.detail) == detail
    assert (verdict.broken_at, verdict.entries, verdict.head) == (None, read.seq, read.hash)
