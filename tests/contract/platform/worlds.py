"""The platform's whole state as one value, to see that a request has left it as it was."""

import io
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
    told, written = {}, io.BytesIO()
    pickler = pickle.Pickler(written)  # one for all: it writes a record once, however many indexes have it
    for name, value in vars(store).items():
        if name not in _NO_STATE:
            written.seek(0)
            written.truncate()
            pickler.dump(value)
            told[name] = written.getvalue()
    return told


def changes(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The names of what differs, perhaps with some after the first that refer to it."""
    return [name for name in after if before.get(name) != after[name]]
