"""A run ends: after so many seconds in any case, with a sentence that says so."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STATUS = 3


@contextmanager
def watchdog(seconds: float, sentence: str) -> Iterator[None]:
    """It is a thread, so that even a run that has come to a standstill is ended."""

    def bite() -> None:
        print(f"WATCHDOG: {sentence}, and is ended after {seconds:.0f} s.", file=sys.stderr, flush=True)
        os._exit(_STATUS)

    timer = threading.Timer(seconds, bite)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
