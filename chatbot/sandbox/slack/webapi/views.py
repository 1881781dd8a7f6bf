"""The methods views.*: modals and App Home."""

from chatbot.sandbox.slack.content import view_content
from chatbot.sandbox.slack.modals import UnknownView, push, replace
from chatbot.sandbox.slack.oneshots import Spent, Trigger
from chatbot.sandbox.slack.records import Json, View
from chatbot.sandbox.slack.values import current
from chatbot.sandbox.slack.webapi.calling import Call, Refused, invalid_arguments


def _trigger(call: Call) -> Trigger:
    given = call.args.get("trigger_id") or call.args.get("interactivity_pointer")
    if not given:
        raise invalid_arguments("[ERROR] missing required field: trigger_id")
    try:
        return call.backend.triggers.check(str(given))
    except Spent as spent:
        raise Refused(spent.error) from spent


def _unique(call: Call, definition: Json, besides: View | None = None) -> None:
    external_id = definition.get("external_id")
    found = _by_external_id(call, external_id) if external_id else None
    if found is not None and found is not besides:
        raise Refused("duplicate_external_id")


def _by_external_id(call: Call, external_id: object) -> View | None:
    state = call.backend.state
    everything = [view for stack in state.stacks.values() for view in stack] + list(state.homes.values())
    return next((view for view in everything if view.definition.get("external_id") == external_id), None)


async def open_view(call: Call) -> Json:
    """A modal that is open already gives way to the new one (what Slack does then is not documented)."""
    trigger = _trigger(call)
    definition = view_content(call.args.get("view"), "modal")
    _unique(call, definition)
    trigger.used = True
    call.backend.state.stack(trigger.person).clear()
    view = push(call.backend.state, trigger.person, definition)
    view.execution = call.execution.id if call.execution else None
    return {"view": call.backend.payloads.view(view)}


async def push_view(call: Call) -> Json:
    """On top of the stack that the trigger came from; at most three deep."""
    trigger = _trigger(call)
    definition = view_content(call.args.get("view"), "modal")
    _unique(call, definition)
    stack = call.backend.state.stack(trigger.person)
    if not any(view.id == trigger.view_id for view in stack):
        raise Refused("not_found")
    view = push(call.backend.state, trigger.person, definition)
    view.execution = call.execution.id if call.execution else None
    trigger.used = True
    return {"view": call.backend.payloads.view(view)}


async def update_view(call: Call) -> Json:
    view = _existing(call)
    definition = view_content(call.args.get("view"), view.type)
    _check_hash(call, view)
    _unique(call, definition, besides=view)
    try:
        replace(call.backend.state, view, definition)
    except UnknownView as error:
        raise Refused("not_found") from error
    return {"view": call.backend.payloads.view(view)}


def _existing(call: Call) -> View:
    view_id, external_id = call.args.get("view_id"), call.args.get("external_id")
    if view_id:
        view = call.backend.state.view(str(view_id))
    elif external_id:
        view = _by_external_id(call, external_id)
    else:
        raise invalid_arguments("[ERROR] missing required field: view_id")
    if view is None:
        raise Refused("not_found")
    return view


def _check_hash(call: Call, view: View | None) -> None:
    given = call.args.get("hash")
    if given and (view is None or view.hash != given):
        raise Refused("hash_conflict")


async def publish(call: Call) -> Json:
    """A person's App Home. The manifest has to switch the Home tab on."""
    backend = call.backend
    person = call.text("user_id")
    if person not in backend.state.people:
        raise invalid_arguments("invalid `user_id`")
    definition = view_content(call.args.get("view"), "home")
    if not backend.app.home_enabled:
        raise Refused("not_enabled")
    existing = backend.state.homes.get(person)
    _check_hash(call, existing)
    _unique(call, definition, besides=existing)
    if existing is None:
        existing = backend.state.new_view(person, definition)
        existing.values = current(existing.blocks, {})
        backend.state.homes[person] = existing
        backend.state.home_changed(person)
    else:
        replace(backend.state, existing, definition)
    return {"view": backend.payloads.view(existing)}
