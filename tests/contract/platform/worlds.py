"""The platform's whole state as one value, to see that a request has left it as it was."""

import pickle

from chatbot.sandbox.vercel import Platform

_NO_STATE = frozenset({"revision", "watchers", "_clock", "_last_stamp"})
"""Of the store: how often it changed, who is told of it, and what time it is."""


def world(platform: Platform) -> dict[str, bytes]:
    """Every record of the store, by the name of what holds it; the generator of ids too."""
    store = platform.store
    for index in (store._pointing, store._former):  # entries that hold nothing are none
        for key in [key for key, inner in index.items() if not inner]:
            del index[key]
    return {name: pickle.dumps(value) for name, value in vars(store).items() if name not in _NO_STATE}


def changes(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The names of what differs."""
    return [name for name in after if before.get(name) != after[name]]
