"""Whatever the bot says, in any state and with hostile text in it, Slack takes it and nobody is pinged by it."""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot import messages
from chatbot.errors import PlatformError, Refusal
from chatbot.messages import (
    Message,
    actions,
    failures,
    refusals,
)
from chatbot.messages.wording import MAX_SECTION
from chatbot.sandbox.slack.blockkit import problems_of_blocks, problems_of_view
from chatbot.sandbox.slack.content import message_content, view_content
from tests.unit.making import NOON
from tests.unit.saying import (
    CHANNEL,
    FAILURES,
    PERSON,
    REFUSALS,
    SAYINGS,
    Saying,
    everything_in,
    marked_up,
    payload,
    subclasses,
)

ACTION_IDS = {value for name, value in vars(actions).items() if name.isupper()}
MOMENT = re.compile(
    r"<!date\^[0-9]+\^\{date_short_pretty\} at \{time\}\|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{5} UTC>"
)
FEW = settings(max_examples=12)


def check(said: Any) -> None:
    """The rules that hold for everything."""
    sent = payload(said)
    if isinstance(said, Message):
        assert problems_of_blocks(sent["blocks"]) == []
        message_content(sent)  # and its size
        assert sent["text"].strip()
        assert len(sent["text"]) < 4000
        assert sent["unfurl_links"] is sent["unfurl_media"] is False
    else:
        assert problems_of_view(sent) == []
        view_content(sent, sent["type"])
    check_markup(sent)
    check_elements(sent)


def check_markup(sent: dict[str, Any]) -> None:
    for text in marked_up(sent):
        rest = MOMENT.sub("", text.replace(f"<@{PERSON}>", "").replace(f"<#{CHANNEL}>", ""))
        assert not set(rest) & {"<", ">"}, "only the person who acted is mentioned, and nothing is linked"
        assert not re.search(r"&(?!amp;|lt;|gt;)", rest) or text.endswith("…")
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00]", text)
    for part in everything_in(sent):
        if part.get("type") == "mrkdwn":
            assert part["verbatim"] is True
            assert len(part["text"]) < MAX_SECTION or not part["text"].endswith("…"), "nothing is cut through"


def check_elements(sent: dict[str, Any]) -> None:
    seen = [part for part in everything_in(sent) if "action_id" in part]
    for element in seen:
        assert element["action_id"].partition(":")[0] in ACTION_IDS
        assert actions.any_number(element["action_id"].partition(":")[0]).fullmatch(element["action_id"])
        if element["type"] == "button":
            assert element["text"]["type"] == "plain_text"
            assert 0 < len(element["text"]["text"]) <= 75
            assert element.get("value") or element.get("url")
    ids = [element["action_id"] for element in seen]
    accessories = {actions.PROMOTE, actions.ROLL_BACK}  # one in a block: there the block tells them apart
    assert all(ids.count(i) == 1 or i in accessories for i in ids)


@pytest.mark.parametrize("saying", SAYINGS, ids=lambda s: f"{s.of.__name__.split('.')[-1]}.{s.name}")
@given(data=st.data())
@FEW
def test_every_message_passes_slacks_validator_and_cannot_be_abused(
    saying: Saying, data: st.DataObject
) -> None:
    check(saying.says(data.draw(saying.about)))


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@FEW
def test_every_refusal_does(kind: type[Refusal], data: st.DataObject) -> None:
    said = refusals.word(data.draw(REFUSALS[kind]), NOON)
    check(said)


@pytest.mark.parametrize("kind", FAILURES, ids=lambda kind: kind.__name__)
@given(data=st.data())
@FEW
def test_every_failure_does(kind: type[PlatformError], data: st.DataObject) -> None:
    check(failures.word_failure(data.draw(FAILURES[kind])))


def test_no_way_of_saying_something_is_left_out() -> None:
    """Every public function that returns a message or a view is in the table."""
    made = {(saying.of.__name__, saying.name) for saying in SAYINGS}
    by_kind = {(refusals.__name__, "word"), (failures.__name__, "word_failure")}  # REFUSALS and FAILURES
    for found in iter_modules(messages.__path__, f"{messages.__name__}."):
        module = import_module(found.name)
        for name, value in vars(module).items():
            ours = getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
            if ours and inspect.isfunction(value) and _says_something(value):
                assert (module.__name__, name) in made | by_kind


def _says_something(function: Callable[..., Any]) -> bool:
    returned = re.findall(r"\w+", str(inspect.signature(function).return_annotation))
    return not {"Message", "View"}.isdisjoint(returned)


def test_no_refusal_and_no_failure_is_left_out() -> None:
    bases = {"PlanRefused"}
    kinds = {kind for kind in subclasses(Refusal) if kind.__module__.startswith("chatbot.")}
    assert {kind for kind in kinds if kind.__name__ not in bases} == set(REFUSALS)
    assert set(subclasses(PlatformError)) == set(FAILURES)


def test_a_refusal_without_words_is_a_bug() -> None:
    with pytest.raises(TypeError, match="no words for Refusal"):
        refusals.word(Refusal(), NOON)


def test_action_ids_are_unique_and_short() -> None:
    named = {name: value for name, value in vars(actions).items() if name.isupper()}
    assert len(set(named.values())) == len(named)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", value) for value in named.values())
    assert actions.numbered(actions.PROMOTE, 3) == "deployment.promote:3"
