"""What a run comes to, as lines to read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.chaos.evidence import Evidence
from tests.chaos.judging import posts
from tests.chaos.problem import Problem

_MOST_PROBLEMS = 40


@dataclass(frozen=True)
class Report:
    """`seconds` is how long the run took."""

    title: str
    seed: int
    kills: int
    faults: Counter[str]
    refusals: Counter[str]
    evidence: Evidence
    problems: list[Problem]
    seconds: float

    @property
    def is_right(self) -> bool:
        return not self.problems

    def lines(self) -> Iterator[str]:
        rows = self.evidence.rows
        found = Counter(problem.kind for problem in self.problems)
        sent = posts(self.evidence)
        spread = Counter(sent.values())
        yield self.title
        yield from _table(f"  operations: {len(rows)}", Counter(row.state for row in rows))
        yield f"  kills: {self.kills}"
        yield from _table(f"  faults: {self.faults.total()}", self.faults)
        yield f"  POSTs per operation: at most {max(spread, default=0)}"
        yield from (f"    {count:5}  operations with {number}" for number, count in sorted(spread.items()))
        yield from _table(
            f"  answers instead of a card or an acknowledgement: {self.refusals.total()}", self.refusals
        )
        yield from _table(
            f"  changes of production: {len(self.evidence.changes)}",
            Counter(f"{change.kind}, {change.how}" for change in self.evidence.changes),
        )
        yield f"  announcements: {len(self.evidence.announcements)}, each change in two channels"
        yield f"  changes not noticed: {found['unnoticed']}; not told, or told twice: {found['untold']}"
        yield f"  told out of order: {found['out of order']}; buttons that lead back too late: {found['stale buttons']}"
        yield f"  asked more than once, or for nothing: {found['asked too much']}"
        yield f"  not confirmed: {found['unconfirmed']}"
        yield f"  duplicates: {found['duplicate']}"
        yield f"  lost messages: {found['lost']}"
        yield f"  unended operations: {found['unended']}"
        yield f"  untrue outcomes: {found['untrue']}"
        yield f"  illegal steps: {found['illegal']}"
        yield f"  faults of the bots' own: {found['bot']}"
        yield f"  {self.evidence.verdict}; entries of operations that are wrong: {found['audit']}"
        for problem in self.problems[:_MOST_PROBLEMS]:
            yield f"  WRONG  {problem.kind}: {problem.text}"
        verdict = "all of it right" if self.is_right else f"{len(self.problems)} problems"
        yield f"  {verdict}; {self.seconds:.0f} s; seed {self.seed}"


def _table(title: str, counted: Counter[str]) -> Iterator[str]:
    yield title
    yield from (f"    {count:5}  {name}" for name, count in counted.most_common() if count > 0)
