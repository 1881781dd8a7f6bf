"""What happened to production, told to the channels that hear of the project: once each, whoever did it."""

from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.course import NONE, Course, went_back
from chatbot.domain.deployments import Deployment
from chatbot.domain.news import Change, How, Kind, Step
from chatbot.domain.plans import MAX_REASON
from chatbot.domain.waysback import WayBack
from chatbot.messages import actions, brokenbuild
from chatbot.messages.message import Message, button, context, link, row, sections
from chatbot.messages.oneclick import back_button
from chatbot.messages.release import percent
from chatbot.messages.wording import (
    bold,
    code,
    count,
    deployment_line,
    domain_name,
    foreign,
    moment,
    named,
    plain,
    span,
    unmarked,
)

_DOMAINS = 10
_NO_WAY_BACK = "No way back from here any more"
_NO_MORE = {
    Kind.STAGED: "Nothing to promote from here any more",
    Kind.PINNED: "Nothing to resume from here any more",
    Kind.RELEASE: "No longer so",
}
_NAMES_ITS_ID = frozenset({Kind.CURRENT, Kind.DOMAIN, Kind.STAGED})
_PINNED = "Production is pinned: new production builds stay Staged until somebody promotes."
_RELEASED = "Production is no longer pinned: the next production build becomes Current by itself."


def news(
    change: Change,
    *,
    mentioned: bool = False,
    course: Course = NONE,
    since: Change | None = None,
    log_end: Sequence[str] = (),
) -> Message:
    """`mentioned`: whoever did it wants to be. `since`: what has moved production since; then no button leads on.
    `log_end`: of a build that failed.
    """
    if change.kind is Kind.FAILED:
        why = moved_on(since, "Nothing to redeploy from here any more") if since else None
        return brokenbuild.failed(change, _who(change, mentioned=mentioned), since=why, log_end=log_end)
    headline, lines, buttons = _TOLD[change.kind](change, _who(change, mentioned=mentioned), course)
    if change.while_away:
        lines.append(f"It happened while I was not running, {moment(change.at)}.")
    below: list[Block] = []
    if since is not None:
        below.append(context(_outlived(change, since)))
    elif buttons:
        below.append(row(*buttons))
    how = f" {_how(change, _who(change, mentioned=mentioned))}" if change.kind is Kind.CURRENT else ""
    first = (
        f"{bold(headline)} {code(change.now.id)}"
        if change.kind in _NAMES_ITS_ID and change.now
        else bold(headline)
    )
    return Message(unmarked(f"{headline}.{how}"), (*sections([first, *lines]), *below))


def has_buttons(message: Message) -> bool:
    """Whether something of it has to go away once production moves on."""
    return any(block.type == "actions" for block in message.blocks)


def _outlived(change: Change, since: Change) -> str:
    if change.kind is Kind.STAGED and since.now and change.now and since.now.id == change.now.id:
        return f"It has become Current since: {_in_passing(since)}."
    return moved_on(since, _NO_MORE.get(change.kind, _NO_WAY_BACK))


def moved_on(since: Change, gone: str = _NO_WAY_BACK) -> str:
    """Why an older message has no button any more."""
    by = f", {_in_passing(since)}" if since.kind is Kind.CURRENT and _in_passing(since) else ""
    match since.kind:
        case Kind.GONE:
            return f"{gone}: the project is gone from Vercel."
        case Kind.RELEASE:
            return f"{gone}: a rolling release has gone on since. Its newest message tells how."
        case _ if since.now is None:
            return f"{gone}: the project has no production now."
        case _:
            to = deployment_line(since.now)
            return f"{gone}: production has moved on to {to}{by}."


Told = tuple[str, list[str], list[ButtonElement]]


def _current(change: Change, who: str, course: Course) -> Told:
    name = foreign(change.project_name)
    if change.now is None:
        headline = f"{name} has no production any more"
        lines = [f"It was {deployment_line(change.was)}." if change.was else "What it was is deleted."]
        return headline, [f"{lines[0]} {_how(change, who)}", *_reason(change)], []
    headline = f"Current of {name} is now {deployment_line(change.now)}"
    lines = [f"{_was(change)} {_how(change, who)}"]
    lines += _taken_back(change, course)
    if change.passing:
        lines.append("It was Current for a moment only: production has moved on since.")
    if change.newer is not None:
        lines.append(
            f"*Out of order:* what was Current, {deployment_line(change.newer)}, is newer, and nobody rolled back."
        )
    lines += [_domains(change), *_reason(change)]
    if change.pinned:
        lines.append(_PINNED)
    return headline, lines, _ways(change)


def _was(change: Change) -> str:
    if change.was is None:
        return "There was no production before, or it is deleted."
    return f"It was {deployment_line(change.was)}."


def _how(change: Change, who: str) -> str:
    by = f" by {who}" if who else ""
    match change.how:
        case How.BOT:
            return f"{'Rolled back' if went_back(change) else 'Promoted'} from Slack{by}."
        case How.PUSHED:
            commit = change.now.commit if change.now else None
            return (
                f"Pushed to {foreign(commit.branch, 60)}{by}." if commit and commit.branch else f"Pushed{by}."
            )
        case How.PROMOTED:
            return f"Promoted outside of Slack{by}."
        case How.ROLLED_BACK:
            return f"Rolled back outside of Slack{by}."
        case How.RELEASED:
            return f"Its rolling release was completed{by}." if who else "Its rolling release is complete."
        case _:
            return f"Moved outside of Slack{by}; Vercel does not say how."


def _in_passing(change: Change) -> str:
    """The same at the end of a sentence, with nobody mentioned."""
    how = _how(change, _who(change, mentioned=False)).rstrip(".")
    return how[:1].lower() + how[1:]


def _taken_back(change: Change, course: Course) -> list[str]:
    lines: list[str] = []
    if course.undoes is not None:
        after = span(change.at - course.undoes.at)
        if went_back(course.undoes):
            lines.append(f"That undoes the rollback made {after} before.")
        elif went_back(change):
            lines.append(f"That takes back the change made {after} before.")
        else:
            lines.append(f"It was Current until {after} before, and is again.")
    if course.flaps:
        lines.append(
            f"*Production goes to and fro:* {course.flaps} changes within {span(course.within)}. "
            "Find out who or what moves it before you move it again."
        )
    return lines


def _domains(change: Change) -> str:
    if not change.domains:
        return "It has no production domain."
    names = named(map(domain_name, change.domains), _DOMAINS)
    return f"{count(len(change.domains), 'domain')}: {names}"


def _reason(change: Change) -> list[str]:
    return [f"Reason: {foreign(change.reason, MAX_REASON)}"] if change.reason else []


def _ways(change: Change) -> list[ButtonElement]:
    """Back, with one click; on to the newer one, or again to what a rollback left; and to what has changed."""
    found: list[ButtonElement | None] = []
    if change.newer is not None:
        found.append(_to_newer(change.newer, pinned=change.pinned))
    found.append(_back(change))
    if change.pinned and change.was and change.now and change.was.created_at > change.now.created_at:
        found.append(button("Resume…", actions.RESUME, change.project_id))
    found.append(_compare(change))
    return [each for each in found if each is not None]


def _to_newer(newer: Deployment, *, pinned: bool) -> ButtonElement:
    """Leads to a confirmation. What has served already is rolled back to: Vercel promotes nothing twice."""
    if newer.ready_substate == "PROMOTED" and not pinned:
        return button("Back to the newer one…", actions.ROLL_BACK, newer.id)
    return button("Promote the newer one…", actions.PROMOTE, newer.id)


def _back(change: Change) -> ButtonElement | None:
    if change.back is None or change.bound is None:
        return None
    return back_button(
        WayBack(
            change.project_id,
            change.project_name,
            change.back,
            change.now.id if change.now else None,
            change.domains,
            change.bound,
        )
    )


def _compare(change: Change) -> ButtonElement | None:
    """Of what was to what is; of two whose commits are known."""
    if change.repository is None or not change.was or not change.now:
        return None
    was, now = change.was.commit, change.now.commit
    if not was or not now or not was.sha or not now.sha or was.sha == now.sha:
        return None
    base, head = (now, was) if went_back(change) else (was, now)
    return link("Compare", actions.OPEN_LINK, change.repository.compare_url(base.sha, head.sha))


def _domain(change: Change, _who: str, _course: Course) -> Told:
    name, names = foreign(change.project_name), [domain_name(domain) for domain in change.domains]
    serve = "serves" if len(names) == 1 else "serve"
    which = named(names, _DOMAINS) or "a domain"
    current = f"Current is still {deployment_line(change.was)}." if change.was else "Nothing is Current."
    if change.now is None:
        what = f"{code(change.reason)}, which I cannot see" if change.reason else "nothing any more"
        return f"{which} of {name} {serve} {what}", [f"{_moved_alone()} {current}"], []
    if change.was is not None and change.was.id == change.now.id:
        return f"{which} of {name} {serve} Current again", [f"Current is {deployment_line(change.now)}."], []
    headline = f"{which} of {name} now {serve} {deployment_line(change.now)}"
    return headline, [f"{_moved_alone()} {current}"], []


def _moved_alone() -> str:
    return "Somebody moved it outside of Slack, and the other domains stayed."


def _release(change: Change, who: str, _course: Course) -> Told:
    name, by = foreign(change.project_name), f" by {who}" if who else ""
    slack = "from Slack" if change.how is How.BOT else "outside of Slack"
    to = deployment_line(change.now) if change.now else "a deployment that was deleted"
    stays = f"Current stays {deployment_line(change.was)}." if change.was else "Nothing is Current yet."
    release = change.release
    share = percent(release.stage) if release and release.stage else "A part"
    if change.step is Step.ABORTED:
        all_get = f"All visitors get {deployment_line(change.was)} again." if change.was else stays
        return (
            f"The rolling release of {name} was aborted",
            [f"It was to {to}. {all_get} Aborted {slack}{by}."],
            [],
        )
    stage = ""
    if release is not None and release.active is not None:
        stage = f" Stage {release.active + 1} of {len(release.stages)}."
    begun = change.step is not Step.ADVANCED
    headline = (
        f"A rolling release of {name} has begun: {share} of the visitors get {to}"
        if begun
        else f"The rolling release of {name} has gone on: {share} of the visitors get {to}"
    )
    show = button("Show the release…", actions.SHOW_RELEASE, change.project_id)
    return headline, [f"{stays}{stage} {'Begun' if begun else 'Advanced'} {slack}{by}."], [show]


def _staged(change: Change, who: str, _course: Course) -> Told:
    name = foreign(change.project_name)
    if change.now is None:
        return f"A production build of {name} is Staged", ["It is deleted by now."], []
    headline = f"A production build of {name} is Staged: {deployment_line(change.now)}"
    current = f" Current is {deployment_line(change.was)}." if change.was else ""
    built = f"It is ready, and serves nobody until somebody promotes it.{current}"
    by = [f"Pushed by {who}."] if who and change.how is How.PUSHED else []
    promote = button(f"Promote {plain(change.now.label, 40)}…", actions.PROMOTE, change.now.id)
    return headline, [built, *by], [promote]


def _pinned(change: Change, who: str, _course: Course) -> Told:
    name, by = foreign(change.project_name), f" by {who}" if who else ""
    current = f"Current is {deployment_line(change.now)}." if change.now else "Nothing is Current."
    if not change.pinned:
        return f"Production of {name} is no longer pinned", [f"{current} {_RELEASED}"], []
    lines = [f"{current} A rollback{by} switched auto-assignment off.", _PINNED, *_reason(change)]
    return f"Production of {name} is pinned", lines, [button("Resume…", actions.RESUME, change.project_id)]


def _gone(change: Change, _who: str, _course: Course) -> Told:
    served = f" Current was {deployment_line(change.was)}." if change.was else ""
    return (
        f"{foreign(change.project_name)} is gone from Vercel",
        [f"The project was deleted, or I may no longer see it.{served} I tell nothing more of it."],
        [],
    )


def _renamed(change: Change, _who: str, _course: Course) -> Told:
    name, was = foreign(change.project_name), foreign(change.was_named or "it")
    return f"{was} is now called {name}", ["It is the same project. Subscriptions go on."], []


_TOLD: dict[Kind, Callable[[Change, str, Course], Told]] = {
    Kind.CURRENT: _current,
    Kind.DOMAIN: _domain,
    Kind.RELEASE: _release,
    Kind.STAGED: _staged,
    Kind.PINNED: _pinned,
    Kind.GONE: _gone,
    Kind.RENAMED: _renamed,
}


def _who(change: Change, *, mentioned: bool) -> str:
    """A mention only for whoever asked for it; else a name, which cannot be one."""
    if change.who is None:
        return ""
    if mentioned and change.who.slack_user:
        return f"<@{change.who.slack_user}>"
    return foreign(change.who.name, 60)
