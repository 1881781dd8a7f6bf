"""What Vercel's webhooks say."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.news import Who
from chatbot.domain.rounds import pause_after
from chatbot.domain.sights import Hint
from chatbot.services.watching.records import delivery_of, hint_of, user_of
from chatbot.vercel.people import Acquaintances
from chatbot.vercel.retrying import Quota, quota
from chatbot.vercel.webhooks import Unreadable, is_signed, read
from storage.models import Delivery

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN = timedelta(seconds=10)


def raw(type_: str = "deployment.promoted", payload: Any = None, **envelope: Any) -> bytes:
    values = {"id": "evt_1", "type": type_, "createdAt": int(AT.timestamp() * 1000), "payload": payload or {}}
    return json.dumps({**values, **envelope}).encode()


def test_the_signature_is_over_the_raw_body() -> None:
    # printf '{"a": 1}' | openssl dgst -sha1 -hmac secret
    signature = "3a11128db5d52967b47b427b632d43eb6a71391c"
    assert is_signed(b'{"a": 1}', signature, "secret")
    for other in (signature.upper(), signature[:-1], "", None, "é", "\udcff"):
        assert not is_signed(b'{"a": 1}', other, "secret")
    assert not is_signed(b'{"a":1}', signature, "secret")


def test_a_promotion_and_a_rollback_are_hints_with_who_did_them() -> None:
    promoted = {"project": {"id": "prj_1"}, "deployment": {"id": "dpl_1"}, "user": {"id": "usr_1"}}
    back = {"project": {"id": "prj_1"}, "fromDeploymentId": "dpl_1", "toDeploymentId": "dpl_0", "user": None}
    hints = []
    for type_, payload in (("deployment.promoted", promoted), ("deployment.rollback", back)):
        event = read(raw(type_, payload))
        row = Delivery(id=event.id, event=event.type, at=event.at, detail=delivery_of(event), received_at=AT)
        who = Who("ana") if user_of(row) == "usr_1" else None
        hints.append(hint_of(row, who))
    assert hints == [
        Hint(AT, "promote", "dpl_1", who=Who("ana")),
        Hint(AT, "rollback", "dpl_0", "dpl_1"),
    ]
    ready = read(raw("deployment.ready", {**promoted, "target": "production"}))
    row = Delivery(id="evt_2", event=ready.type, at=AT, detail=delivery_of(ready), received_at=AT)
    assert (hint_of(row, None), ready.target) == (None, "production")


@pytest.mark.parametrize(
    "payload",
    [
        {"project": {"id": "prj_1", "name": "shop"}, "rollingRelease": {"projectId": "prj_1"}},
        {"projectId": "prj_1"},
        {"rollingRelease": {"projectId": "prj_1"}},
    ],
)
def test_the_project_is_found_wherever_an_event_has_it(payload: dict[str, Any]) -> None:
    assert read(raw("project.rolling-release.started", payload)).project_id == "prj_1"


def test_an_event_that_nobody_knows_is_read_as_well() -> None:
    payload = {"flag": {"id": "flag_1"}, "project": "as they like"}
    event = read(raw("flag.created", payload))
    assert (event.type, event.project_id, event.payload) == ("flag.created", None, payload)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"null",
        b'"text"',
        b"\xff\xfe",
        raw()[:-1],
        raw(id=""),
        raw(id="x" * 201),
        raw(type=""),
        raw(id="evt\x00"),
        raw(type="one\ntwo"),
        raw(payload={"project": {"id": "prj_\ud800"}}),
        raw(createdAt="soon"),
        raw(createdAt=10**20),
        raw().replace(b"{}", b"[]"),
        raw(payload={"project": "prj_1"}),
        raw(payload={"project": {"id": ""}}),
        raw(payload={"deployment": {"id": ["dpl_1"]}}),
    ],
)
def test_what_is_no_event_is_refused(broken: bytes) -> None:
    with pytest.raises(Unreadable):
        read(broken)


@given(st.binary(max_size=200) | st.from_regex(r"\{[\x20-\x7e]{0,80}\}").map(str.encode))
def test_whatever_arrives_is_read_or_refused(anything: bytes) -> None:
    assert not is_signed(anything, anything.decode(errors="replace"), "secret")
    with suppress(Unreadable):
        assert read(anything).id


def test_people_are_remembered_by_their_ids_and_the_oldest_forgotten() -> None:
    people = Acquaintances()
    people.learn("usr_1", "ana", "ana@example.com")
    people.learn("usr_1", "ana", None)
    people.learn("", "bob", None)
    people.learn("usr_2", None, "cy@example.com")
    assert (people.name_of("usr_1"), people.mail_of("ana")) == ("ana", "ana@example.com")
    assert (people.name_of("usr_2"), people.mail_of("cy")) == (None, None)
    people.learn("usr_1", "ana", None, ("ana-git", None))
    people.learn("usr_1", "ana", None)
    assert (people.mail_of_author("ana-git"), people.mail_of_author("ana")) == ("ana@example.com", None)
    for number in range(5_000):
        people.learn(f"usr_x{number}", f"x{number}", None)
    assert people.name_of("usr_1") is None


def test_rounds_are_rarer_with_more_pages_and_where_little_of_the_quota_is_left() -> None:
    assert pause_after(1, TEN, None) == TEN
    assert pause_after(20, TEN, None) == timedelta(seconds=67)
    assert pause_after(1, TEN, Quota(100, 95, 60)) == TEN
    assert pause_after(1, TEN, Quota(100, 30, 300)) == timedelta(seconds=30)
    assert pause_after(1, TEN, Quota(100, 20, 300)) == timedelta(seconds=300)
    assert pause_after(1, TEN, Quota(100, 0, 1)) == TEN


def test_a_quota_is_read_where_the_platform_tells_all_of_it() -> None:
    told = {"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "20"}
    reset = {"X-RateLimit-Reset": str(int((AT + TEN).timestamp()))}
    assert quota({**told, **reset}, AT) == Quota(500, 20, 10.0)
    assert quota(told, AT) is None
    assert quota({**told, **reset, "X-RateLimit-Limit": "many"}, AT) is None
