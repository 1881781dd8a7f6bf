"""The dialog behind `/promote` without X: a project, then one of its deployments, both searched as one types.

A deployment is asked for in a block that is named after its project: Slack then forgets what was chosen
of another project, and a search, which brings no other field's value, tells which project it is about.
"""

from collections.abc import Iterable
from datetime import datetime
from textwrap import wrap

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextObject,
)
from slack_sdk.models.views import View

from chatbot.domain.choosing import Choice
from chatbot.domain.deployments import Project
from chatbot.domain.plans import (
    Path,
)
from chatbot.messages import actions
from chatbot.messages.message import Message, context
from chatbot.messages.wording import deployment_text, old, plain

PROJECT = "project"
MOST_OPTIONS = 100
_OPTION = 75  # characters of its text, and of its description
_NOTHING = "-"
_MARKS = {Path.PROMOTE: "", Path.REBUILD: " (rebuild)", Path.ROLLBACK: " (roll back)"}


def dialog(channel: str, project_id: str = "", name: str = "") -> View:
    """`channel` is where the confirmation goes; without a project only that is asked for. `name`: the project is
    chosen already.
    """
    blocks: list[Block] = [
        InputBlock(
            block_id=PROJECT,
            label="Project",
            dispatch_action=True,
            element=_search(
                actions.PICK_PROJECT,
                "Type a part of its name",
                _option(project_id, plain(name, _OPTION), None) if name else None,
            ),
        )
    ]
    if project_id:
        search = _search(actions.PICK_DEPLOYMENT, "Type a state, commit, message, author or branch")
        blocks.append(InputBlock(block_id=deployment_block(project_id), label="Deployment", element=search))
    return View(
        type="modal",
        callback_id=actions.PICKER,
        title="Promote",
        submit="Continue",
        close="Cancel",
        private_metadata=channel,
        blocks=[*blocks, _outlook()],
    )


def deployment_block(project_id: str) -> str:
    return f"deployment:{project_id}"


def project_of(block_id: str) -> str:
    """The project that a deployment's block is named after; empty for another block."""
    name, _, project_id = block_id.partition(":")
    return project_id if name == "deployment" else ""


def projects(found: Iterable[Project]) -> list[Option]:
    """By name."""
    ordered = sorted(found, key=lambda p: p.name)[:MOST_OPTIONS]
    return [_option(p.id, plain(p.name, _OPTION), _current(p)) for p in ordered]


def deployments(found: Iterable[Choice], now: datetime) -> list[Option]:
    """In the order given."""
    return [_deployment(choice, now) for choice in list(found)[:MOST_OPTIONS]]


def instead_of_options(why: Message) -> list[Option]:
    """A search can be answered with options only. An empty list would say that there is nothing: this says why."""
    first, *rest = wrap(why.without_markup().replace("Nothing was done. ", ""), _OPTION)
    return [_option(_NOTHING, first, plain(" ".join(rest), _OPTION) or None)]


def complaint(why: Message) -> str:
    """What stands below a field that has to be filled in otherwise. Slack shows it as it is, without markup."""
    return why.without_markup()


def _search(action_id: str, placeholder: str, chosen: Option | None = None) -> ExternalDataSelectElement:
    return ExternalDataSelectElement(
        action_id=action_id,
        initial_option=chosen,
        placeholder=PlainTextObject(text=placeholder, emoji=False),
        min_query_length=0,
    )


def _outlook() -> ContextBlock:
    return context(
        "*Staged* is instant, *Preview* is rebuilt for production, *Promoted* has served before and is rolled back to. "
        "Nothing is done before you have confirmed."
    )


def _current(project: Project) -> str:
    if project.current is None:
        return "Nothing is Current"
    return plain(f"Current: {deployment_text(project.current)}", _OPTION)


def _deployment(choice: Choice, now: datetime) -> Option:
    deployment, commit = choice.deployment, choice.deployment.commit
    text = plain(f"{choice.state}{_MARKS[choice.path]} · {deployment_text(deployment)}", _OPTION)
    about = [plain(part, 24) for part in (commit.author, commit.branch) if part] if commit else []
    if deployment.custom_environment:
        about.append(plain(deployment.custom_environment, 16))
    return _option(deployment.id, text, plain(" · ".join([old(deployment, now), *about]), _OPTION))


def _option(value: str, text: str, description: str | None) -> Option:
    return Option(
        value=value,
        text=PlainTextObject(text=text or plain(value, _OPTION), emoji=False),
        description=PlainTextObject(text=description, emoji=False) if description else None,
    )
