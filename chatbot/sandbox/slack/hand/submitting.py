"""A person submits or closes a modal."""

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.content import ContentRefused, view_content
from chatbot.sandbox.slack.delivery import INTERACTIVE, NotDelivered
from chatbot.sandbox.slack.elements import AmbiguousElement, NoSuchElement, find
from chatbot.sandbox.slack.hand.asking import Ask, CannotDo
from chatbot.sandbox.slack.hand.touching import deliver, offered_to, within_step
from chatbot.sandbox.slack.modals import clear, close, push, replace
from chatbot.sandbox.slack.payloads import Source
from chatbot.sandbox.slack.records import Json, View
from chatbot.sandbox.slack.values import NoSuchOption, chosen, complaints


def _top(ask: Ask) -> View:
    """Only the modal on top can be reached."""
    stack = ask.backend.state.stack(ask.person.id)
    if not stack or stack[-1].id != ask.text("view_id"):
        raise CannotDo("no_such_view", 404)
    return stack[-1]


async def submit(ask: Ask) -> Json:
    backend, view = ask.backend, _top(ask)
    if view.definition.get("submit") is None:
        raise CannotDo("no_submit_button")
    _fill(ask, view)
    refused = complaints(view.blocks, view.values)
    if refused:
        raise CannotDo("invalid", 422, errors=refused)
    payload = backend.payloads.view_submission(
        ask.person,
        view,
        trigger_id=backend.triggers.new(ask.person.id, view.id),
        response_urls=_response_urls(ask, view),
    )
    answer = await deliver(backend, payload | within_step(backend, ask.person.id, Source(view=view)))
    if view not in backend.state.stack(ask.person.id):
        return {}  # the app closed it by other means while it answered
    _answered(backend, view, answer)
    return {}


def _fill(ask: Ask, view: View) -> None:
    given = ask.given.get("values") or {}
    for block_id, actions in given.items():
        for action_id, value in actions.items():
            try:
                touchable = find(view.blocks, action_id, block_id)
                offered = offered_to(ask, Source(view=view), touchable)
                held = chosen(touchable.element, value, offered)
            except (NoSuchElement, AmbiguousElement) as error:
                raise CannotDo("no_such_element", 404, element=f"{block_id}/{action_id}") from error
            except NoSuchOption as error:
                raise CannotDo("no_such_option", 400, element=f"{block_id}/{action_id}") from error
            view.values.setdefault(block_id, {})[action_id] = held


def _response_urls(ask: Ask, view: View) -> list[Json]:
    """For conversation and channel menus that ask for one (response_url_enabled)."""
    backend, urls = ask.backend, []
    for block in view.blocks:
        element = block.get("element", {}) if block["type"] == "input" else {}
        if not element.get("response_url_enabled"):
            continue
        held = view.values[block["block_id"]][element["action_id"]]
        channel = held.get("selected_conversation") or held.get("selected_channel")
        if channel is not None:
            path = backend.response_urls.new("app", backend.team_id, ask.person.id, channel)
            ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
            urls.append(ids | {"response_url": ask.absolute(path)})
    return urls


def _answered(backend: Backend, view: View, answer: Json) -> None:
    """What the ack of a submission asks for. Raises CannotDo."""
    state = backend.state
    try:
        match answer.get("response_action"):
            case None:
                close(state, view)
            case "clear":
                clear(state, view.user)
            case "update":
                replace(state, view, view_content(answer.get("view"), "modal"))
            case "push":
                push(state, view.user, view_content(answer.get("view"), "modal"))
            case "errors":
                _refuse(view, answer.get("errors") or {})
            case unknown:
                raise CannotDo("dispatch_failed", messages=[f"unknown response_action: {unknown}"])
    except ContentRefused as refused:
        raise CannotDo("dispatch_failed", messages=refused.messages or [refused.error]) from refused


def _refuse(view: View, errors: dict[str, str]) -> None:
    """Errors are shown below the inputs that they name; one that names no input is the app's mistake."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    strays = sorted(set(errors) - inputs)
    if strays or not errors:
        raise CannotDo("dispatch_failed", messages=[f"errors name no input block: {', '.join(strays)}"])
    raise CannotDo("invalid", 422, errors=errors)


async def dismiss(ask: Ask) -> Json:
    """The Cancel button closes the top modal; with `all`, the whole stack. The app hears of those that
    ask for it (notify_on_close); whether it acks changes nothing for the person.
    """
    backend, person = ask.backend, ask.person
    view = _top(ask)
    everything = ask.flag("all") or bool(view.definition.get("clear_on_close"))
    closed = clear(backend.state, person.id) if everything else close(backend.state, view)
    undelivered = []
    for each in closed:
        if each.definition.get("notify_on_close"):
            payload = backend.payloads.view_closed(person, each, is_cleared=everything)
            try:
                await backend.delivery.send(INTERACTIVE, payload)
            except NotDelivered as failure:
                undelivered.append({"view_id": each.id, "error": failure.error})
    return {"undelivered": undelivered} if undelivered else {}
