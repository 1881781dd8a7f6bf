"""All figures of a run, as tables to read and as JSON to compare."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from tests.benchmarks.calls import Endpoint
from tests.benchmarks.figures import Figure

_FIGURES = ("", "promotebot", "beside", "ratio", "aim", "")
_ENDPOINTS = ("API requests per promotion", "for the card", "after the click", "total")
_VERDICTS = {None: "", True: "met", False: "MISSED"}

Row = tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """`seconds` is how long the whole run took."""

    figures: Sequence[Figure]
    endpoints: Sequence[Endpoint]
    seconds: float

    def table(self) -> str:
        rows: list[Row] = [_FIGURES]
        for section, figures in groupby(self.figures, key=lambda figure: figure.section):
            rows += [(), (section,), *(_figure(f) for f in figures)]
        endpoints = [_ENDPOINTS, *(_endpoint(e) for e in self.endpoints)]
        verdicts = [f.is_met for f in self.figures if f.aim is not None]
        summary = f"{sum(map(bool, verdicts))} of {len(verdicts)} aims met; the run took {self.seconds:.0f} s"
        return "\n".join([*_aligned(rows), "", *_aligned(endpoints), "", summary])

    def json(self) -> str:
        tree = {
            "machine": {
                "python": platform.python_version(),
                "system": platform.platform(),
                "cores": os.cpu_count(),
            },
            "seconds": self.seconds,
            "figures": [asdict(f) | {"ratio": f.ratio, "is_met": f.is_met} for f in self.figures],
            "requests_per_promotion": [
                {"endpoint": e.name, "card": e.for_the_card, "click": e.after_the_click, "total": e.total}
                for e in self.endpoints
            ],
        }
        return json.dumps(tree, indent=2)


def _figure(figure: Figure) -> Row:
    beside = "" if figure.beside is None else f"{_short(figure.beside)} {figure.unit}".rstrip()
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    aim = ""
    if figure.aim is not None:
        aim = f"{figure.aim.limit:.3g} {'times' if figure.aim.of == 'ratio' else figure.unit}"
    ours = f"{_short(figure.ours)} {figure.unit}".rstrip()
    return (f"  {figure.name}", ours, beside, ratio, aim, _VERDICTS[figure.is_met])


def _endpoint(endpoint: Endpoint) -> Row:
    counted = (endpoint.for_the_card, endpoint.after_the_click, endpoint.total)
    return (f"  {endpoint.name}", *(f"{number:.1f}" for number in counted))


def _short(number: float) -> str:
    return f"{number:.2f}" if number < 10 else f"{number:.1f}" if number < 20 else f"{number:.0f}"


def _aligned(rows: Sequence[Row]) -> list[str]:
    """Names to the left, everything else to the right; a title is as wide as it likes."""
    columns = max(len(row) for row in rows)
    full = [row for row in rows if len(row) == columns]
    widths = [max(len(row[column]) for row in full) for column in range(columns)]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=False))
        ).rstrip()
        for row in rows
    ]
