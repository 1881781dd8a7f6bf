"""A person clicks a button, chooses from a menu, types into one that searches."""

from dataclasses import dataclass

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.blockkit import problems_of_options
from chatbot.sandbox.slack.content import sentences
from chatbot.sandbox.slack.delivery import INTERACTIVE, NotDelivered
from chatbot.sandbox.slack.elements import AmbiguousElement, NoSuchElement, Touchable, find
from chatbot.sandbox.slack.hand.asking import Ask, CannotDo
from chatbot.sandbox.slack.identifiers import secret
from chatbot.sandbox.slack.payloads import Source
from chatbot.sandbox.slack.records import Json, Values
from chatbot.sandbox.slack.values import NoSuchOption, chosen, current, is_external

CLICKED = frozenset({"button", "workflow_button", "feedback_buttons", "icon_button"})
USUAL_QUERY_LENGTH = 3
"""min_query_length where an external menu does not give it (@slack/types)."""


@dataclass(frozen=True)
class Touch:
    ask: Ask
    source: Source
    touchable: Touchable

    @property
    def element(self) -> Json:
        return self.touchable.element

    @property
    def action(self) -> Json:
        ids: Json = {"action_id": self.touchable.action_id, "block_id": self.touchable.block_id}
        return ids | {"type": self.element["type"], "action_ts": self.ask.backend.state.ids.ts()}


def _touch(ask: Ask) -> Touch:
    source = ask.source
    try:
        touchable = find(source.blocks, ask.text("action_id"), ask.optional("block_id"))
    except NoSuchElement as error:
        raise CannotDo("no_such_element", 404) from error
    except AmbiguousElement as error:
        raise CannotDo("ambiguous_element", 400) from error
    return Touch(ask, source, touchable)


async def click(ask: Ask) -> Json:
    touch = _touch(ask)
    if touch.element["type"] not in CLICKED:
        raise CannotDo("not_a_button", 400)
    _confirm(touch)
    kept = {
        key: touch.element[key]
        for key in ("text", "value", "url", "style", "confirm")
        if key in touch.element
    }
    await _tell(touch, touch.action | kept)
    return {}


async def choose(ask: Ask) -> Json:
    """The choice is kept for the person; the app hears of it unless it is an input's that does not ask to."""
    touch = _touch(ask)
    if touch.element["type"] in CLICKED:
        raise CannotDo("not_a_menu", 400)
    _confirm(touch)
    held = _chosen(touch, ask.given.get("value"))
    if touch.element["type"] != "overflow":
        _keep(touch, held)
    if not touch.touchable.is_input or touch.touchable.block.get("dispatch_action"):
        await _tell(touch, touch.action | held)
    return {}


def _confirm(touch: Touch) -> None:
    """The dialog is the client's: the app hears nothing until the person says yes."""
    confirm = touch.element.get("confirm")
    if confirm is not None and not touch.ask.flag("confirmed"):
        raise CannotDo("confirmation_required", confirm=confirm)


def _chosen(touch: Touch, value: object) -> Json:
    try:
        return chosen(touch.element, value, offered_to(touch.ask, touch.source, touch.touchable))
    except NoSuchOption as error:
        raise CannotDo("no_such_option", 400, value=str(error)) from error


def _keep(touch: Touch, held: Json) -> None:
    values = values_of(touch.ask.person.id, touch.source)
    values.setdefault(touch.touchable.block_id, {})[touch.touchable.action_id] = held
    if touch.source.view is not None:
        touch.source.view.values = values
    elif touch.source.message is not None:
        kept = touch.source.message.values.setdefault(touch.ask.person.id, {})
        kept.update(values)


def values_of(person: str, source: Source) -> Values:
    """state.values of the message or view, as this person left it."""
    if source.view is not None:
        return source.view.values
    if source.message is None:
        return {}
    return current(source.blocks, source.message.values.get(person, {}))


async def _tell(touch: Touch, action: Json) -> None:
    backend, person, source = touch.ask.backend, touch.ask.person, touch.source
    if not backend.app.interactive:
        raise CannotDo("interactivity_is_off")
    payload = backend.payloads.block_actions(
        person,
        source,
        [action],
        values_of(person.id, source),
        trigger_id=backend.triggers.new(person.id, source.view.id if source.view else None),
        response_url=_response_url(touch),
    )
    await deliver(backend, payload | within_step(backend, person.id, source))


def within_step(backend: Backend, person: str, source: Source) -> Json:
    """What an interaction says of the workflow step that it happens in, while that runs (docs.slack.dev,
    BlockAction).
    """
    execution = backend.executions.running(source.execution)
    if execution is None:
        return {}
    pointer = backend.triggers.new(person, source.view.id if source.view else None)
    interactor = {"id": person, "secret": secret()}
    return {
        "bot_access_token": execution.token,
        "function_data": execution.data,
        "interactivity": {"interactivity_pointer": pointer, "interactor": interactor},
    }


def _response_url(touch: Touch) -> str | None:
    """Clicks in views have none."""
    source, backend = touch.source, touch.ask.backend
    if source.message is None or source.channel is None:
        return None
    person = touch.ask.person.id
    path = backend.response_urls.new(
        "actions", backend.team_id, person, source.channel.id, source.message.ts, source.unfurl
    )
    return touch.ask.absolute(path)


async def deliver(backend: Backend, payload: Json) -> Json:
    """The body of the ack. Raises CannotDo with operation_timeout or dispatch_failed."""
    try:
        return await backend.delivery.send(INTERACTIVE, payload)
    except NotDelivered as failure:
        raise CannotDo(failure.error) from failure


async def suggest(ask: Ask) -> Json:
    """What the app suggests for the text typed into an external menu; nothing is asked below its
    min_query_length.
    """
    touch = _touch(ask)
    if not is_external(touch.element):
        raise CannotDo("not_a_search", 400)
    typed = ask.optional("typed") or ""
    if len(typed) < touch.element.get("min_query_length", USUAL_QUERY_LENGTH):
        return {"options": []}
    payload = ask.backend.payloads.block_suggestion(ask.person, touch.source, touch.touchable, typed)
    answer = await deliver(ask.backend, payload)
    problems = problems_of_options(answer)
    if problems:
        raise CannotDo("invalid_options", messages=sentences(problems, ""))
    grouped = [option for group in answer.get("option_groups", []) for option in group["options"]]
    # Kept beside what was offered before: a menu of many still holds what was chosen from an earlier list.
    offered = ask.backend.offered.setdefault(_key(ask, touch.source, touch.touchable), [])
    offered += [option for option in (*answer.get("options", []), *grouped) if option not in offered]
    return {key: answer[key] for key in ("options", "option_groups") if key in answer}


def _key(ask: Ask, source: Source, touchable: Touchable) -> tuple[str, str, str, str]:
    where = source.view.id if source.view is not None else source.container["message_ts"]
    return (ask.person.id, where, touchable.block_id, touchable.action_id)


def offered_to(ask: Ask, source: Source, touchable: Touchable) -> list[Json]:
    """The options that this external menu has shown the person."""
    return ask.backend.offered.get(_key(ask, source, touchable), [])
