"""One recorded answer against the official file, or against the newer shapes where it has none."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tests.conformance.exceptions import Allowance, allowance
from tests.conformance.newer import ALIKE, NEWER
from tests.conformance.official import Official, nameless
from tests.conformance.samples import Sample
from tests.conformance.shapes import ERROR

JSON = "application/json"
LINES = "application/x-ndjson"
_STREAM = "application/stream+json"
_ERROR = Draft202012Validator(ERROR)
_NEWER = {call: Draft202012Validator(one.schema) for call, one in NEWER.items() if one.schema is not None}


@dataclass
class Judge:
    """`official` of None leaves unchecked what only the official file could say."""

    official: Official | None
    calls: Counter[str] = field(default_factory=Counter)
    """How many answers of each method and path were checked."""
    unchecked: int = 0
    allowances: Counter[Allowance] = field(default_factory=Counter)

    def violations(self, samples: Iterable[Sample]) -> list[str]:
        """One line for each way in which an answer differs, without repetitions."""
        found: dict[str, None] = {}
        for sample in samples:
            for line in self._judge(sample):
                found[f"{sample.call} {sample.status}: {line}"] = None
        return list(found)

    def _judge(self, sample: Sample) -> list[str]:
        if sample.status >= 500:
            return [f"the platform broke: {str(sample.body)[:200]}"]
        call = nameless(sample.call)
        call = ALIKE.get(call, call)
        if sample.status < 400:
            return self._success(call, sample)
        self.calls[call] += 1
        return self._status(call, sample.status) + self._error(sample)

    def _success(self, call: str, sample: Sample) -> list[str]:
        if call in NEWER:
            self.calls[call] += 1
            return _newer(call, sample)
        if self.official is None:
            self.unchecked += 1
            return []
        self.calls[call] += 1
        if call not in self.official.operations:
            return ["no schema says what this answers"]
        if not self.official.declares(call, sample.status):
            return ["the status is not declared"]
        media = self.official.media(call, sample.status)
        if sample.media is None or not media:
            return [] if sample.media is None and not media else [f"{sample.media} where {media} is declared"]
        if sample.media == LINES and _STREAM in media:
            one_line = self.official.validator(call, sample.status, _STREAM)
            return [line for body in sample.body for line in _differences(one_line, body)]
        if sample.media not in media:
            return [f"{sample.media} where {media} is declared"]
        return _differences(self.official.validator(call, sample.status, sample.media), sample.body)

    def _status(self, call: str, status: int) -> list[str]:
        declared = call in NEWER and status in NEWER[call].errors
        if self.official is None or declared or self.official.declares(call, status):
            return []
        found = allowance(call, status)
        if found is None:
            return ["the status is neither declared nor listed as an exception"]
        self.allowances[found] += 1
        return []

    def _error(self, sample: Sample) -> list[str]:
        if sample.media != JSON:
            return [f"{sample.media} where the documented error body is due"]
        return _differences(_ERROR, sample.body)


def _newer(call: str, sample: Sample) -> list[str]:
    newer = NEWER[call]
    if sample.status != newer.status:
        return [f"the status is not that of {newer.source}, {newer.status}"]
    if newer.schema is None or sample.media is None:
        same = newer.schema is None and sample.media is None
        return [] if same else [f"{sample.media}: not as in {newer.source}"]
    return _differences(_NEWER[call], sample.body)


def _differences(validator: Draft202012Validator, body: Any) -> list[str]:
    """The most telling reason of each failing place."""
    return [_worded(error) for error in validator.iter_errors(body)]


def _worded(error: ValidationError) -> str:
    deepest = _deepest(error)
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in deepest.absolute_path)
    return f"{where or 'the body'}: {deepest.message[:200]}"


def _deepest(error: ValidationError) -> ValidationError:
    """Of a union that nothing fits: the first mistake in the alternative that has the fewest."""
    while error.context:
        alternatives: defaultdict[Any, list[ValidationError]] = defaultdict(list)
        for mistake in error.context:
            if mistake.validator_value != "null" or len(error.context) == 1:  # nullable is a union here too
                alternatives[mistake.relative_schema_path[0]].append(mistake)
        nearest = min(alternatives.values(), key=lambda some: (len(some), -len(some[0].absolute_path)))
        error = nearest[0]
    return error
