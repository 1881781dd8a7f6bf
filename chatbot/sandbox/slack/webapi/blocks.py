"""blocks.validate: the judgement without the sending."""

from chatbot.sandbox.slack.blockkit import Problem, problems_of_blocks, problems_of_view
from chatbot.sandbox.slack.content import decoded
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.webapi.calling import Call, Refused, invalid_arguments

GIVEN = ("blocks", "message", "view")
MOST_CHARACTERS = 100_000


async def validate(call: Call) -> Json:
    given = [name for name in GIVEN if call.args.get(name) is not None]
    if len(given) != 1:
        raise invalid_arguments("must provide exactly one of `blocks`, `view`, or `message`")
    name = given[0]
    raw = call.args[name]
    if isinstance(raw, str) and len(raw) > MOST_CHARACTERS:
        raise invalid_arguments(f"`{name}` must be less than {MOST_CHARACTERS + 1} characters")
    try:
        value = decoded(raw)
    except ValueError as error:
        raise invalid_arguments(f"`{name}` is not valid JSON") from error
    problems = _problems(name, value)
    if problems:
        raise Refused(f"invalid_{name}", errors=[problem.as_json() for problem in problems])
    return {}


def _problems(name: str, value: object) -> list[Problem]:
    if name == "blocks":
        return problems_of_blocks(value)
    if name == "view":
        return problems_of_view(value)
    if not isinstance(value, dict):
        return [Problem("", "must be an object", "type", "object")]
    if not value.get("text") and not value.get("blocks") and not value.get("attachments"):
        return [Problem("", "missing required field: text", "required", "text")]
    return problems_of_blocks(value.get("blocks", []))
