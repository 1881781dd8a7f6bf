"""What a plan brings about besides the deployment that is served, in a few lines each."""

from collections.abc import Iterable, Iterator

from chatbot.domain.changes import CodeChange, Counted
from chatbot.domain.crons import Cron
from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.plans import (
    Other,
    Path,
    Plan,
)
from chatbot.messages.changed import PATHS
from chatbot.messages.wording import code, count, how_many_fit, mention, named

SHOWN_KEYS = 20
_ROOM, _LESS_ROOM = 600, 300  # characters of one list: Slack takes some 13,000 in a message
_SHOWN_PATHS, _SHOWN_CRONS, _LONGEST_KEY, _SHOWN_OTHERS = 5, 5, 60, 3

_UNCOUNTED = {
    Counted.SAME: "*The same commit.*",
    Counted.NO_COMMIT: "No commit is known of one of them, so there is nothing to compare.",
    Counted.ELSEWHERE: "The two come from different repositories, so their commits cannot be compared.",
    Counted.NOT_ASKED: "Commits are not counted: I have no access to the git host.",
    Counted.SILENT: "Commits are not counted: GitHub did not answer.",
    Counted.REFUSED: "Commits are not counted: GitHub refuses my token.",
    Counted.UNKNOWN: "Commits are not counted: GitHub does not know them, or does not show them to me.",
}


def commits(change: CodeChange) -> str:
    if change.counted is Counted.YES:
        return f"{_steps(change)}, in {_files(change)}."
    between = change.builds_between
    lie = "lies" if between == 1 else "lie"
    distance = "" if between is None else f" {count(between, 'production build')} {lie} between."
    return f"{_UNCOUNTED[change.counted]}{distance}"


def _steps(change: CodeChange) -> str:
    if not change.back:
        return f"*{count(change.forward, 'commit')} forward*"
    if not change.forward:
        return f"*{count(change.back, 'commit')} back*"
    return f"*{count(change.forward, 'commit')} forward and {change.back} back*"


def _files(change: CodeChange) -> str:
    return f"more than {change.files} files" if change.cut else count(change.files, "file")


def environment(plan: Plan) -> list[str]:
    change = plan.environment
    if plan.path.is_step or plan.path is Path.REDEPLOY:
        return []
    if plan.path is not Path.REBUILD:
        if not change.changed_since_build:
            return ["*Environment*: as it was built. No production key changed since."]
        missing = _keys(change.changed_since_build)
        return [f"*Environment*: as it was built. Changed since, and not in it: {missing}"]
    known = code(change.compared_with, 30) if change.compared_with else ""
    whose = f"Those of {known}" if known else "Preview variables"
    lines = [f"*Environment*: production's variables of now. {whose} are not used."]
    return [*lines, *(f"{what}: {_keys(keys)}" for what, keys in key_lists(change))]


def key_lists(change: EnvironmentChange) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each list that has something in it, with what it is."""
    there = code(change.compared_with, 30) if change.compared_with else "preview"
    for what, keys in (
        ("Changed since the build", change.changed_since_build),
        (f"Only in {there}, missing then", change.only_preview),
        ("Only in production, new then", change.only_production),
        ("Set separately for each, may differ", change.differing),
    ):
        if keys:
            yield what, keys


def is_shown_whole(keys: tuple[str, ...]) -> bool:
    """Whether the card names each of them to its end."""
    fit = how_many_fit([code(key, _LONGEST_KEY) for key in keys], SHOWN_KEYS, _ROOM)
    return fit == len(keys) and max(map(len, keys), default=0) <= _LONGEST_KEY


def cron_jobs(plan: Plan) -> list[str]:
    """They move with production. Nothing where none starts, ends or changes."""
    change = plan.crons
    if plan.path is Path.ABORT:
        return []  # they have not moved yet
    move = "move once the rolling release is complete" if plan.only_begins else "move too"
    if not change.told:
        if not change.kept:
            return []
        return [
            f"*Cron jobs* {move}: {change.kept} now. Which ones this deployment defines, Vercel does not say."
        ]
    changed = (f"{_job(c.path, c.after)} (was {code(c.before, 20)})" for c in change.rescheduled)
    parts = [
        f"{what} {listed}"
        for what, listed in (
            ("begin:", _crons(change.added)),
            ("end:", _crons(change.removed)),
            ("get another schedule:", named(changed, _SHOWN_CRONS, _LESS_ROOM)),
        )
        if listed
    ]
    return [f"*Cron jobs* {move}. These {'; these '.join(parts)}"] if parts else []


def migrations(plan: Plan) -> list[str]:
    """What no move of domains does or undoes."""
    lines = []
    if brings := plan.code.brings if plan.code else ():
        lines.append(
            f"*Database migrations*, by their names: {_paths(brings)}. Rolling back later does not undo them."
        )
    if takes := plan.code.takes if plan.code else ():
        lines.append(
            f"*Database migrations* of what goes, by their names: {_paths(takes)}. This does not undo them."
        )
    return lines


def others(plan: Plan) -> list[str]:
    """Whose operations on the project are not through, and what that means for this one."""
    if not plan.others:
        return []
    those = (f"{mention(o.actor)}'s {PATHS[o.path]} to {code(o.label)} {_stands(o)}" for o in plan.others)
    return [f"{named(those, _SHOWN_OTHERS, _ROOM)}.{_turn(plan)}"]


def _stands(other: Other) -> str:
    if other.queued:
        return "is queued behind the rolling release"
    return "waits" if other.waits else "is under way"


def _turn(plan: Plan) -> str:
    """Nothing where all of them only wait for the rolling release to end: they hold nobody up."""
    before = [o for o in plan.others if not o.queued]
    if not before:
        return ""
    if not plan.path.goes_back:
        return " This one waits for its turn."
    if any(o.holds_up for o in before):
        return " This one waits until that is through, and goes before those that wait."
    gives_way = any(o.gives_way for o in before)
    return f" This one goes before those that wait{', and what is under way gives way to it' if gives_way else ''}."


def becomes(plan: Plan) -> str:
    """What a redeploy's build comes to, once it is ready."""
    if not plan.stays_staged:
        return "Once it is ready, it becomes Current by itself."
    why = "production is pinned" if plan.project.pinned else "auto-assignment is off"
    return f"It stays Staged, since {why}."


def auto_assignment(plan: Plan) -> str:
    before, after = plan.auto_assign_before, plan.auto_assign_after
    words = {True: "on", False: "off"}
    if plan.asks_to_keep_off:
        why = ", since a rollback" if plan.project.pinned else ""
        return f"*Auto-assignment* is off now{why}. Every promote switches it on, unless you keep it off."
    if plan.only_begins and not before:
        return "*Auto-assignment* stays off until the rolling release is complete. That switches it on."
    if before == after:
        return f"*Auto-assignment* stays {words[after]}."
    on = "Completing a rolling release" if plan.path is Path.COMPLETE else "Every promote"
    off = "It was to be kept off." if plan.keep_off else "Every rollback switches it off."
    why = f"{on} switches it on." if after else off
    return f"*Auto-assignment* is {words[before]} now and {words[after]} afterwards. {why}"


def _keys(keys: tuple[str, ...]) -> str:
    return named((code(key, _LONGEST_KEY) for key in keys), SHOWN_KEYS, _ROOM)


def _paths(paths: tuple[str, ...]) -> str:
    return named((code(path, 70) for path in paths), _SHOWN_PATHS, _LESS_ROOM)


def _crons(crons: Iterable[Cron]) -> str:
    return named((_job(cron.path, cron.schedule) for cron in crons), _SHOWN_CRONS, _LESS_ROOM)


def _job(path: str, schedule: str) -> str:
    return f"{code(path, 50)} {code(schedule, 20)}"
