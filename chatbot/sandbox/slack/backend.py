"""What every entrance works on: the Web API, response URLs, Socket Mode, and the hand of a person."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.delivery import Delivery
from chatbot.sandbox.slack.eventing import Events
from chatbot.sandbox.slack.faults import Faults
from chatbot.sandbox.slack.installation import Installation
from chatbot.sandbox.slack.oneshots import ResponseUrls, Triggers
from chatbot.sandbox.slack.payloads import Payloads
from chatbot.sandbox.slack.recorder import Recorder
from chatbot.sandbox.slack.records import Json, Message
from chatbot.sandbox.slack.socketmode import Sockets
from chatbot.sandbox.slack.state import State
from chatbot.sandbox.slack.tiers import Tiers
from chatbot.sandbox.slack.workflows import COMPLETED, Execution, Executions


@dataclass
class Switches:
    """Behaviours of Slack's that are not certain, or that are in the way of most tests."""

    ignore_client_msg_id: bool = False
    """A repeated client_msg_id posts a second message."""
    one_message_per_second: bool = False
    """A second chat.postMessage to a channel within the second is answered 429."""
    tiers: bool = False
    """A method is answered 429 beyond the calls a minute that its tier promises."""


@dataclass(frozen=True)
class Backend:
    app: Installation
    clock: Callable[[], float]
    state: State
    payloads: Payloads
    triggers: Triggers
    response_urls: ResponseUrls
    recorder: Recorder
    delivery: Delivery
    sockets: Sockets
    events: Events
    address: Callable[[], str]
    """The workspace's own URL, known once it listens."""
    platform_url: str | None
    executions: Executions
    tiers: Tiers
    team_id: str = seed.TEAM_ID
    faults: Faults = field(default_factory=Faults)
    switches: Switches = field(default_factory=Switches)
    present: Counter[str] = field(default_factory=Counter)
    """People who follow the stream, each with the number of pages."""
    offered: dict[tuple[str, str, str, str], list[Json]] = field(default_factory=dict)
    """Options that the app suggested last: by person, view or message, block_id, action_id."""

    def ephemeral(self, channel: str, person: str, content: Json, *, thread_ts: str | None = None) -> Message:
        """A message of the app that only this person sees."""
        message = Message(
            self.state.ids.ts(),
            channel,
            self.app.bot_user_id,
            "",
            only_for=person,
            by_app=True,
            thread_ts=thread_ts,
        )
        return self.state.post(_filled(message, content))

    def public(self, channel: str, content: Json, *, thread_ts: str | None = None) -> Message:
        """A message of the app that everybody in the channel sees."""
        message = Message(
            self.state.ids.ts(), channel, self.app.bot_user_id, "", by_app=True, thread_ts=thread_ts
        )
        return self.state.post(_filled(message, content))

    def step_ended(self, execution: Execution) -> None:
        """Tells whoever ran the workflow, where it was run."""
        if execution.state == COMPLETED:
            told = "".join(f"\n{name}: {value}" for name, value in execution.outputs.items())
            text = f"Workflow *{execution.step.title}* is done.{told}"
        else:
            text = f"Workflow *{execution.step.title}* failed: {execution.error}"
        self.slackbot_tells(execution.channel, execution.person, text)
        self.state.workflows_changed(execution.person)

    def slackbot_tells(self, channel: str, person: str, text: str) -> None:
        """Slack's own notice to one person."""
        self.state.post(Message(self.state.ids.ts(), channel, seed.SLACKBOT, text, only_for=person))


def _filled(message: Message, content: Json) -> Message:
    for name, value in content.items():
        setattr(message, name, value)
    return message
