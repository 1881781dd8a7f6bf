"""To the author of a merge: it is built, and did not go live, since a rollback pins production."""

from chatbot.domain.news import Change
from chatbot.domain.pinning import Pinning
from chatbot.domain.plans import MAX_REASON
from chatbot.messages import actions
from chatbot.messages.message import Message, button, context, row, sections
from chatbot.messages.wording import bold, code, deployment_line, foreign, mention, moment, unmarked


def held_back(change: Change, pin: Pinning | None, *, since: str | None = None) -> Message:
    """`pin`: what is known of the rollback. `since`: why there is nothing to resume from here any more."""
    name, build = foreign(change.project_name), change.now
    headline = f"Your merge did not go live: {name}"
    if build is not None:
        headline += f" {deployment_line(build)}"
    which = f"{code(build.id)} is" if build else "It is"
    lines = [bold(headline), f"{which} built, ready and Staged: it serves nobody. {_pinned(pin)}"]
    if pin is not None and pin.why:
        lines.append(f"Reason: {foreign(pin.why, MAX_REASON)}")
    if change.was is not None:
        lines.append(f"Current: {deployment_line(change.was)}")
    if since is not None:
        return Message(unmarked(f"{headline}."), (*sections(lines), context(since)))
    where = f", here or in <#{pin.channel}>, where it was rolled back" if pin and pin.channel else ""
    lines.append(f"Whoever may promote resumes it{where}.")
    resume = button("Resume…", actions.RESUME, change.project_id)
    once = context("I tell you this once for each such build of yours. `/promotebot merges off` ends that.")
    return Message(unmarked(f"{headline}. Production is pinned."), (*sections(lines), row(resume), once))


def _pinned(pin: Pinning | None) -> str:
    if pin is None:
        return "Production is pinned by a rollback."
    by = f" by {mention(pin.by)}" if pin.by else ""
    return f"Production is pinned: rolled back{by}, {moment(pin.since)}."
