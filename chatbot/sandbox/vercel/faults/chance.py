"""Random faults that can be had again: the same seed and the same requests, the same trouble."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from chatbot.sandbox.vercel.faults.kinds import (
    REQUEST_KINDS,
    AliasJobFault,
    BuildFault,
    RandomFaults,
    RequestFault,
    WebhookFault,
)

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.faults.kinds import RequestKind

LARGEST_SEED = 2**32
_FAILING = (500, 502, 503, 504)


class Chance:
    """Every draw depends on the seed, on what is drawn for, and on how many times that has been so far:
    requests that cross each other do not change each other's luck.
    """

    def __init__(self, written: RandomFaults) -> None:
        seed = written.seed if written.seed is not None else random.SystemRandom().randrange(LARGEST_SEED)
        self.written = written.model_copy(update={"seed": seed})
        self.written.model_fields_set.add("seed")
        self._counts: Counter[tuple[str, ...]] = Counter()

    def request(self, method: str, path: str) -> RequestFault | None:
        kinds = [kind for kind in REQUEST_KINDS if kind in self.written.kinds]
        if not kinds or not self.written.matches(method, path):
            return None
        draw = self._draw("request", method, path)
        return _request_fault(draw.choice(kinds), draw) if draw is not None else None

    def alias_job(self, project: str) -> AliasJobFault | None:
        if "alias_job" not in self.written.kinds or (draw := self._draw("alias_job", project)) is None:
            return None
        happens: dict[str, Any] = draw.choice([{"fails_for": "all"}, {"skipped": True}, {"absent": True}])
        return AliasJobFault(project=project, **happens)

    def build(self, project: str) -> BuildFault | None:
        if "build" not in self.written.kinds or self._draw("build", project) is None:
            return None
        return BuildFault(project=project, fails=True)

    def webhook(self, event: str, project: str) -> WebhookFault | None:
        if "webhook" not in self.written.kinds or (draw := self._draw("webhook", event, project)) is None:
            return None
        happens: dict[str, Any] = draw.choice(
            [{"drop": True}, {"duplicates": 1}, {"reorder": True}, {"delay": draw.uniform(0.05, 0.5)}]
        )
        return WebhookFault(**happens)

    def _draw(self, *what: str) -> random.Random | None:
        """The dice that decides how it goes wrong, or None when all is well."""
        number = self._counts[what]
        self._counts[what] += 1
        dice = random.Random(f"{self.written.seed} {number} {' '.join(what)}")
        return dice if dice.random() < self.written.rate else None


def _request_fault(kind: RequestKind, dice: random.Random) -> RequestFault:
    happens: dict[RequestKind, dict[str, Any]] = {
        "status": {"status": dice.choice(_FAILING)},
        "rate_limit": {"status": 429, "retry_after": float(dice.randint(1, 3))},
        "delay": {"delay": round(dice.uniform(0.05, 0.5), 3)},
        "hold": {"hold": round(dice.uniform(0.05, 0.5), 3)},
        "cut_before": {"cut": "before"},
        "cut_after": {"cut": "after"},
        "half": {"half": True},
        "content_type": {"content_type": "text/plain"},
        "drip": {"drip": 0.0},
    }
    return RequestFault(path="", **happens[kind])
