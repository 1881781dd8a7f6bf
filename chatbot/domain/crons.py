"""Which cron jobs start and stop with a move: they belong to a deployment, and run while it is Current.

Vercel docs, "Instant Rollback": cron jobs go back with it. A promote takes them along just so.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Cron:
    """`schedule` is a cron expression."""

    path: str
    schedule: str


@dataclass(frozen=True)
class Rescheduled:
    path: str
    before: str
    after: str


@dataclass(frozen=True)
class CronChange:
    """Sorted by path. `told` is False where the platform does not say what the target defines."""

    added: tuple[Cron, ...] = ()
    removed: tuple[Cron, ...] = ()
    rescheduled: tuple[Rescheduled, ...] = ()
    kept: int = 0
    told: bool = True


def cron_change(current: Iterable[Cron], target: Iterable[Cron] | None) -> CronChange:
    """From the cron jobs of what is Current to those that the target defines; None: it was not told."""
    now = set(current)
    if target is None:
        return CronChange(kept=len(now), told=False)
    then = set(target)
    gone, new = _by_path(now - then), _by_path(then - now)
    both = sorted(path for path in gone if path in new and len(gone[path]) == len(new[path]) == 1)
    return CronChange(
        added=tuple(cron for path in sorted(new) if path not in both for cron in new[path]),
        removed=tuple(cron for path in sorted(gone) if path not in both for cron in gone[path]),
        rescheduled=tuple(Rescheduled(p, gone[p][0].schedule, new[p][0].schedule) for p in both),
        kept=len(now & then),
    )


def _by_path(crons: set[Cron]) -> dict[str, list[Cron]]:
    """A path may be called by several schedules."""
    found: dict[str, list[Cron]] = {}
    for cron in sorted(crons):
        found.setdefault(cron.path, []).append(cron)
    return found
