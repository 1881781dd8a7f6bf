"""A production build that failed: nothing of production has changed. Its log says why, *Redeploy* builds it again."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement

from chatbot.domain.news import Change
from chatbot.messages import actions, buildlog
from chatbot.messages.message import Message, context, link, row, sections
from chatbot.messages.redeploy import redeploy_button
from chatbot.messages.wording import bold, code, deployment_line, foreign, moment, unmarked


def failed(change: Change, who: str, *, since: str | None = None, log_end: Sequence[str] = ()) -> Message:
    """`who` is ready to be shown, or empty. `since`: why no button leads on any more."""
    name, build = foreign(change.project_name), change.now
    headline = f"A production build of {name} failed"
    lines = [f"*{headline}*"]
    if build is not None:
        headline = f"A production build of {name} failed: {deployment_line(build)}"
        lines = [bold(headline), code(build.id)]
    if change.reason:
        lines.append(foreign(change.reason, 300))
    current = f"Production is as it was: {deployment_line(change.was)}." if change.was else ""
    lines += [line for line in (current, f"Pushed by {who}." if who else "") if line]
    if change.while_away:
        lines.append(f"It happened while I was not running, {moment(change.at)}.")
    alone, told = unmarked(f"{headline}."), (*sections(lines), *buildlog.last_lines(log_end))
    if since is not None:
        return Message(alone, (*told, context(since)))
    buttons = _buttons(change)
    return Message(alone, (*told, row(*buttons)) if buttons else told)


def _buttons(change: Change) -> list[ButtonElement]:
    build, was = change.now, change.was
    if build is None:
        return []
    logs = link("Build logs", actions.OPEN_LINK, build.logs_url)
    is_outrun = was is not None and was.created_at > build.created_at  # its successor is live
    again = redeploy_button(build, assigns=change.auto_assign, pinned=change.pinned, domains=change.domains)
    return [each for each in (None if is_outrun else again, logs) if each is not None]
