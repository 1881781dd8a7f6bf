"""A production build that failed: nothing of production has changed."""

from chatbot.domain.news import Change
from chatbot.messages import actions
from chatbot.messages.message import Message, context, link, row, sections
from chatbot.messages.wording import code, deployment_line, foreign, unmarked


def failed(change: Change, who: str, *, since: str | None = None) -> Message:
    """`who` is ready to be shown, or empty. `since`: why no button leads on any more."""
    name, build = foreign(change.project_name), change.now
    headline = f"A production build of {name} failed"
    lines = [f"*{headline}*"]
    if build is not None:
        headline = f"A production build of {name} failed: {deployment_line(build)}"
        lines = [f"*{headline}*", code(build.id)]
    if change.reason:
        lines.append(foreign(change.reason, 300))
    current = f"Production is as it was: {deployment_line(change.was)}." if change.was else ""
    lines += [line for line in (current, f"Pushed by {who}." if who else "") if line]
    alone, told = unmarked(f"{headline}."), sections(lines)
    logs = link("Build logs", actions.OPEN_LINK, build.logs_url) if build else None
    if since is not None:
        return Message(alone, (*told, context(since)))
    return Message(alone, (*told, row(logs)) if logs else tuple(told))
