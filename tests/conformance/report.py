"""One line for each command or check, and the total that closes the run."""

from dataclasses import dataclass, field


@dataclass
class Line:
    title: str
    """What is shown: a case, and the command as it was given."""
    seconds: float = 0.0
    problem: str | None = None

    def __str__(self) -> str:
        verdict = "fail" if self.problem is not None else "pass"
        head = f"{verdict}  {self.title}  ({self.seconds:.1f} s)"
        return head if self.problem is None else head + "\n" + indented(self.problem)


@dataclass
class Report:
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Said after the total: what could not be checked, and why."""

    def add(self, line: Line) -> None:
        self.lines.append(line)
        say(str(line))

    @property
    def failed(self) -> int:
        return sum(line.problem is not None for line in self.lines)

    def total(self) -> str:
        return f"{len(self.lines) - self.failed} passed, {self.failed} failed"

    def close(self) -> int:
        """Print the total and answer the exit code."""
        say(self.total())
        for note in self.notes:
            say(note)
        return 1 if self.failed or not self.lines else 0


def indented(text: str) -> str:
    return "\n".join(f"      {line}" for line in text.splitlines())


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the report is this program's output
