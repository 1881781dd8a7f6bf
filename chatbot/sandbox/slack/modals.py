"""A person's stack of modals: what is pushed, replaced, closed. Three deep at most."""

from chatbot.sandbox.slack.content import ContentRefused
from chatbot.sandbox.slack.records import Json, View
from chatbot.sandbox.slack.state import State
from chatbot.sandbox.slack.values import current

MOST_DEEP = 3


class UnknownView(LookupError):
    """It is neither on its person's stack nor that person's Home."""


def push(state: State, person: str, definition: Json) -> View:
    """Raises ContentRefused (push_limit_reached)."""
    stack = state.stack(person)
    if len(stack) >= MOST_DEEP:
        raise ContentRefused("push_limit_reached")
    view = state.new_view(person, definition)
    if stack:
        view.previous_id, view.root_id = stack[-1].id, stack[0].root_id
    view.values = current(view.blocks, {})
    stack.append(view)
    state.views_changed(person)
    return view


def replace(state: State, view: View, definition: Json) -> None:
    """New content, new hash; what was typed stays where block_id and action_id are the same."""
    is_home = state.homes.get(view.user) is view
    if not is_home and view not in state.stack(view.user):
        raise UnknownView(view.id)
    view.definition = definition
    view.hash = state.ids.view_hash()
    view.values = current(view.blocks, view.values)
    if is_home:
        state.home_changed(view.user)
    else:
        state.views_changed(view.user)


def close(state: State, view: View) -> list[View]:
    """Closes it with what lies on top of it, or the whole stack if it says clear_on_close. The closed
    views, top first.
    """
    stack = state.stack(view.user)
    if view not in stack:
        raise UnknownView(view.id)
    keep = 0 if view.definition.get("clear_on_close") else stack.index(view)
    closed = stack[keep:][::-1]
    del stack[keep:]
    state.views_changed(view.user)
    return closed


def clear(state: State, person: str) -> list[View]:
    """Closes everything; the closed views, top first."""
    stack = state.stack(person)
    closed = stack[::-1]
    stack.clear()
    state.views_changed(person)
    return closed
