"""One sentence or two for every refusal: what happened, what did not, what to do next."""

from datetime import datetime
from functools import singledispatch

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.access import IdentityUnknown, NotAllowed
from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.pinning import NoLongerPinned
from chatbot.domain.planning import (
    AlreadyCurrent,
    AlreadyPromoted,
    BuildFailed,
    BuiltSince,
    NoSuchStep,
    NotEligible,
    NotFailed,
    PlanRefused,
    RedeployChanged,
    ReleaseOver,
    ReleaseUnderWay,
    StillBuilding,
)
from chatbot.domain.references import MAX_LENGTH, NothingNamed, Unreadable
from chatbot.domain.requests import (
    AlreadyAnIncident,
    AlreadyUnderWay,
    Ambiguous,
    ButtonUnknown,
    ConfirmationExpired,
    ConfirmationUnknown,
    ConfirmationUsed,
    Deleted,
    IncidentOpen,
    NoDeploymentThere,
    NoDialogHere,
    NoIncident,
    NothingToResumeWith,
    NothingToRollBackTo,
    NothingToUndo,
    NotOpened,
    NotPinned,
    OutOfReach,
    Overtaken,
    ProjectBusy,
    Stale,
    TooLate,
    TooManyAtOnce,
    UnknownDeployment,
    UnknownProject,
)
from chatbot.domain.subscribing import (
    MOST_PROJECTS,
    ClosedToBot,
    Hears,
    NoProjectName,
    NothingHeard,
    TooManyProjects,
)
from chatbot.domain.waysback import WayBackChanged
from chatbot.errors import (
    Refusal,
)
from chatbot.messages import actions, redeploy, release, waysback
from chatbot.messages.message import Message, button, link, row, says
from chatbot.messages.wording import (
    code,
    count,
    deployment_line,
    deployment_text,
    foreign,
    mention,
    moment,
    named,
    span,
)

_MAX_BUTTONS = 10


@singledispatch
def word(refusal: Refusal, now: datetime) -> Message:
    """The refusal as people read it. Raises TypeError for one that has no words: a test finds those."""
    raise TypeError(f"no words for {type(refusal).__name__}")


@word.register
def _(refusal: NothingNamed, now: datetime) -> Message:
    return says(
        "Nothing was done. Say what to promote: `/promote` and a deployment id, URL, domain, commit or branch. "
        "`/deployments` lists them."
    )


@word.register
def _(refusal: Unreadable, now: datetime) -> Message:
    why = {
        "length": f"That is longer than {MAX_LENGTH} characters.",
        "characters": "That holds characters that no deployment has.",
        "mention": "That mentions somebody or holds a link mark.",
        "words": "That is more than one word.",
    }[refusal.why]
    return says(f"Nothing was done. {why} Give one deployment id, URL, domain, commit or branch.")


@word.register
def _(refusal: UnknownDeployment, now: datetime) -> Message:
    what = code(refusal.reference.value)
    text = f"Nothing was done. I know no deployment by the {refusal.reference.kind} {what}."
    if not refusal.nearest:
        return says(f"{text} `/deployments` lists what there is.")
    return says(f"{text} Did you mean one of these?", row(*_pick(refusal.nearest)))


@word.register
def _(refusal: NoDialogHere, now: datetime) -> Message:
    return says(
        "Nothing was done. That opens a dialog, which Slack does for a command only: type it with a slash, or name a "
        "project here."
    )


@word.register
def _(refusal: NoDeploymentThere, now: datetime) -> Message:
    return says(
        "Nothing was done. I find no deployment in that message: no id, address or commit of one that I can see. "
        "`/promote` lets you pick one."
    )


@word.register
def _(refusal: Ambiguous, now: datetime) -> Message:
    rest = len(refusal.candidates) - _MAX_BUTTONS
    more = f" There are {rest} more: give a deployment id for those." if rest > 0 else ""
    text = f"Nothing was done. {code(refusal.reference.value)} is in several projects. Which one?{more}"
    return says(text, row(*_pick(refusal.candidates)))


@word.register
def _(refusal: Deleted, now: datetime) -> Message:
    return says(
        f"Nothing was done. The deployment {code(refusal.reference.value)} was deleted, so it cannot serve any more. "
        "Push its commit again, or choose another with `/deployments`."
    )


@word.register
def _(refusal: OutOfReach, now: datetime) -> Message:
    return says(
        f"Nothing was done. {code(refusal.reference.value)} is not among what the bot's token may see: "
        "it belongs to another team, another account or another project. `/deployments` lists what there is."
    )


@word.register
def _(refusal: UnknownProject, now: datetime) -> Message:
    known = named((code(name) for name in refusal.known), 20) or "none"
    return says(f"Nothing was done. I know no project {code(refusal.name)}. Projects: {known}.")


@word.register
def _(refusal: NoProjectName, now: datetime) -> Message:
    return says(
        f"Nothing was changed. {code(refusal.word)} is neither a project nor one of {', '.join(Hears)}. "
        "Name projects as they are called on Vercel, or `*` for all."
    )


@word.register
def _(refusal: TooManyProjects, now: datetime) -> Message:
    return says(
        f"Nothing was changed. Those are {refusal.named} projects; name up to {MOST_PROJECTS} at a time, "
        "or `*` for all."
    )


@word.register
def _(refusal: NothingHeard, now: datetime) -> Message:
    name = foreign(refusal.name)
    if refusal.through_all:
        return says(
            f"Nothing was changed. This channel hears of {name} only as one of all projects: "
            "`/promotebot unsubscribe *` ends that for all of them."
        )
    return says(
        f"Nothing was changed. This channel does not hear of {name}. `/promotebot subscriptions` lists what it hears."
    )


@word.register
def _(refusal: ClosedToBot, now: datetime) -> Message:
    return says(
        "Nothing was subscribed. I cannot write into this conversation, and nobody can invite me to it. "
        "Use the command in a channel, or in the messages between you and me."
    )


@word.register
def _(refusal: NothingToRollBackTo, now: datetime) -> Message:
    return says(
        f"Nothing was done. {foreign(refusal.project.name)} has no deployment that an instant rollback can go to."
    )


@word.register
def _(refusal: NothingToUndo, now: datetime) -> Message:
    return says(
        f"Nothing was done. I have made no change of {foreign(refusal.project.name)} that could be undone. "
        "*Roll back…* shows where it can go back to.",
        row(_candidates(refusal.project)),
    )


@word.register
def _(refusal: Overtaken, now: datetime) -> Message:
    current = refusal.project.current
    serves = f"{deployment_line(current)} is Current now" if current else "nothing is Current now"
    return says(
        f"Nothing was done. My last change of {foreign(refusal.project.name)} made {code(refusal.made.label)} Current. "
        f"Somebody has moved production since: {serves}. *Roll back…* shows where it can go back to from there.",
        row(_candidates(refusal.project)),
    )


@word.register
def _(refusal: NotPinned, now: datetime) -> Message:
    name = foreign(refusal.project.name)
    how = (
        "new production builds become Current by themselves"
        if refusal.project.auto_assign
        else "auto-assignment is off, but not by a rollback"
    )
    return says(f"Nothing was done. {name} is not pinned any more: {how}. There is nothing to resume.")


@word.register
def _(refusal: NoLongerPinned, now: datetime) -> Message:
    return says(
        f"Nothing was done. Production of {foreign(refusal.project_name)} is not pinned any more: there is nothing to "
        "keep. `/current` shows what serves now."
    )


@word.register
def _(refusal: NothingToResumeWith, now: datetime) -> Message:
    return says(
        f"Nothing was done. {foreign(refusal.project.name)} has no ready production build that is newer than Current. "
        "Push one, and promote it when it is ready."
    )


@word.register
def _(refusal: AlreadyCurrent, now: datetime) -> Message:
    since = refusal.project.current_since
    when = f", for {span(now - since)}" if since else ""
    return says(
        f"{_name(refusal)} is already Current of {foreign(refusal.project.name)}{when}. There is nothing to do."
    )


@word.register
def _(refusal: AlreadyPromoted, now: datetime) -> Message:
    text = (
        f"Nothing was done. {_name(refusal)} was already promoted once, and cannot be promoted again. "
        "The way to it is an instant rollback."
    )
    label = f"Roll back to {refusal.target.label}"
    return says(text, row(button(label, actions.ROLL_BACK, refusal.target.id, style="danger")))


@word.register
def _(refusal: NotFailed, now: datetime) -> Message:
    return says(
        f"Nothing was done. {_name(refusal)} is no production build that has failed: nothing to build again. "
        "`/current` shows what serves now."
    )


@word.register
def _(refusal: BuiltSince, now: datetime) -> Message:
    return says(
        f"Nothing was done. A newer production build of {foreign(refusal.project.name)} is there, or on its way: "
        f"{deployment_line(refusal.newer)}. To build {_name(refusal)} again would take production back behind it."
    )


@word.register
def _(refusal: RedeployChanged, now: datetime) -> Message:
    return redeploy.changed(refusal)


@word.register
def _(refusal: StillBuilding, now: datetime) -> Message:
    return says(
        f"Nothing was done. {_name(refusal)} is still building, for "
        f"{span(now - refusal.target.created_at)} so far. {_what_then(refusal)}",
        *_logs(refusal),
    )


@word.register
def _(refusal: BuildFailed, now: datetime) -> Message:
    why = f" ({foreign(refusal.target.error, 300)})" if refusal.target.error else ""
    state = "was canceled" if refusal.target.ready_state == "CANCELED" else f"has failed{why}"
    return says(
        f"Nothing was done. {_name(refusal)} {state}, so there is nothing to serve. Push a fix, or choose another.",
        *_logs(refusal),
    )


@word.register
def _(refusal: ReleaseUnderWay, now: datetime) -> Message:
    return release.under_way(refusal, now)


@word.register
def _(refusal: ReleaseOver, now: datetime) -> Message:
    return release.over(refusal)


@word.register
def _(refusal: NoSuchStep, now: datetime) -> Message:
    return release.no_such_step(refusal, now)


@word.register
def _(refusal: NotEligible, now: datetime) -> Message:
    why = {
        "preview": "is a preview: it has never served production. `/promote` rebuilds it for production.",
        "staged": "is Staged: it has never served production. `/promote` makes it Current.",
        "hobby": "cannot be rolled back to: on the Hobby plan that is only what served just before Current. "
        "Push its commit again, or `/rollback` to the one before.",
        "withdrawn": "cannot be rolled back to any more: Vercel does not offer it. Push its commit again, or choose "
        "another with `/rollback`.",
    }[refusal.why]
    return says(f"Nothing was done. {_name(refusal)} {why}")


@word.register
def _(refusal: WayBackChanged, now: datetime) -> Message:
    return waysback.changed(refusal, now)


@word.register
def _(refusal: NotAllowed, now: datetime) -> Message:
    why = {
        "not admin": "Only workspace admins may act, as long as nobody else is named: ask one of them.",
        "not listed": "Only the people and groups that are named in the bot's settings may act: ask one of them.",
    }[refusal.because]
    return says(
        f"Nothing was done. You may not change production from here. {why} `/promotebot whoami` tells more."
    )


@word.register
def _(refusal: IdentityUnknown, now: datetime) -> Message:
    return says(
        "Nothing was done. Slack did not tell me who you are just now, so I allow nothing. Try again."
    )


@word.register
def _(refusal: ConfirmationUsed, now: datetime) -> Message:
    by = f" by {mention(refusal.by)}" if refusal.by else ""
    return says(f"Nothing more was done. This confirmation was already used{by}.")


@word.register
def _(refusal: NotOpened, now: datetime) -> Message:
    return says(
        "Nothing was done. Slack did not open the dialog: it waits three seconds for it. Try again, "
        "or type `/promote` and a deployment id, URL, domain, commit or branch."
    )


@word.register
def _(refusal: ConfirmationExpired, now: datetime) -> Message:
    return says("Nothing was done. This confirmation has expired. Type the command again for a new one.")


@word.register
def _(refusal: ConfirmationUnknown, now: datetime) -> Message:
    return says("Nothing was done. I do not know this confirmation any more. Type the command again.")


@word.register
def _(refusal: ButtonUnknown, now: datetime) -> Message:
    return says("Nothing was done. I do not know this button. Type the command again.")


@word.register
def _(refusal: ProjectBusy, now: datetime) -> Message:
    return says(
        f"Nothing was done. An operation on {foreign(refusal.project_name)} is running: "
        f"{refusal.path} to {code(refusal.target_id)}, by {mention(refusal.actor)}. "
        f"{count(refusal.waiting, 'request')} wait behind it already. Try again when they are through."
    )


@word.register
def _(refusal: AlreadyUnderWay, now: datetime) -> Message:
    return says(
        f"Nothing more was done. The same change of {foreign(refusal.project_name)} is under way already, "
        f"requested by {mention(refusal.actor)}. Its message in the channel tells how it goes."
    )


@word.register
def _(refusal: IncidentOpen, now: datetime) -> Message:
    about = named((foreign(i.what) or "no words" for i in refusal.incidents), 3, 600)
    return says(
        f"Nothing was done. An incident is open on {foreign(refusal.project_name)}: {about}. What takes it forward "
        "needs an override until that is resolved; a rollback does not."
    )


@word.register
def _(refusal: AlreadyAnIncident, now: datetime) -> Message:
    about = foreign(refusal.incident.what) or "no words"
    return says(
        f"Nothing was done. An incident of this is open here already: {about}, "
        f"since {moment(refusal.incident.since)}. Its card tells how it goes."
    )


@word.register
def _(refusal: NoIncident, now: datetime) -> Message:
    return says(
        "Nothing was done. That incident is not open any more, or none is open here: `/incident list`."
    )


@word.register
def _(refusal: TooManyAtOnce, now: datetime) -> Message:
    return says(
        f"Nothing was done. That names {refusal.named} projects, and one incident takes {refusal.most}: "
        "name those that are hit."
    )


@word.register
def _(refusal: TooLate, now: datetime) -> Message:
    return says(
        f"Nothing was done. The operation on {foreign(refusal.project_name)} is past its build: it cannot be given up."
    )


@word.register
def _(refusal: Stale, now: datetime) -> Message:
    return says(
        f"Nothing was done. This button belonged to an older change of {foreign(refusal.project_name)}. "
        "See `/current`, and use `/rollback` for a way back from there."
    )


def _what_then(refusal: StillBuilding) -> str:
    itself = (
        refusal.target.target == "production" and refusal.project.auto_assign and refusal.target.auto_assign
    )
    return "It becomes Current by itself once it is ready." if itself else "Ask again when it is ready."


def _name(refusal: PlanRefused) -> str:
    return deployment_line(refusal.target)


def _candidates(project: Project) -> ButtonElement:
    return button("Roll back…", actions.CANDIDATES, project.id)


def _pick(deployments: tuple[Deployment, ...]) -> list[ButtonElement]:
    return [
        button(f"{d.project_name}: {deployment_text(d)}", actions.numbered(actions.PROMOTE, number), d.id)
        for number, d in enumerate(deployments[:_MAX_BUTTONS], 1)
    ]


def _logs(refusal: PlanRefused) -> tuple[Block, ...]:
    button_ = link("Build logs", actions.OPEN_LINK, refusal.target.logs_url)
    return (row(button_),) if button_ else ()
