"""What others did meanwhile: who stands before a request in line, and who has moved production."""

from chatbot.domain.operations import Line, Operation, Overtaking
from chatbot.messages.confirmation import title
from chatbot.messages.wording import code, deployment_line, escape, mention

_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


def in_line(line: Line) -> str:
    place = f"Waiting: {_ORDINALS.get(line.place, f'{line.place}th')} in line"
    if line.ahead is None:
        return f"{place}."
    return f"{place}, behind “{escape(title(line.ahead.plan))}” of {mention(line.ahead.actor)}."


def overtook(by: Overtaking) -> str:
    """A sentence: who made what Current."""
    who = mention(by.actor) if by.actor else "Somebody outside of Slack"
    what = f"{deployment_line(by.to)} {code(by.to.id)}"
    match by.how:
        case "promote" | "rebuild" | "redeploy" | "complete":
            return f"{who} promoted {what} meanwhile."
        case "rollback" | "abort":
            return f"{who} rolled back to {what} meanwhile."
        case _:
            return f"{what} became Current meanwhile."


def moved_on(since: Overtaking, operation: Operation) -> str:
    """Why an older message, of this operation, has no button any more."""
    if since.how == "gone":
        return "No way back from here any more: the project has no production now."
    by = f", by {mention(since.actor)}" if since.actor else ""
    if since.to.id == operation.final_id and operation.findings.release is not None:
        return f"The rolling release has gone on since{by}. Its newest message has the buttons."
    what = {
        "stages": "a rolling release is under way to",
        "abort": "a rolling release was aborted, and all visitors get",
    }.get(since.how or "", "production has moved on to")
    return f"No way back from here any more: {what} {deployment_line(since.to)}{by}."
