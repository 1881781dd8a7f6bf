"""*Promote a deployment*, a step in Workflow Builder: written down, and carried on by a tick."""

import logging
from http import HTTPStatus

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from chatbot.listeners import requests
from chatbot.listeners.bot import Bot
from chatbot.messages.workflow import STEP
from storage.errors import StorageError

_log = logging.getLogger(__name__)


def register(app: AsyncApp, bot: Bot) -> None:
    async def executed(args: AsyncArgs) -> BoltResponse | None:
        """What cannot be read or written down is not acknowledged: Slack then says that the app did not take it."""
        found = requests.read(requests.StepExecuted, args.body)
        if found is None:
            return BoltResponse(status=HTTPStatus.BAD_REQUEST)
        step = found.event
        try:
            await bot.workflows.ask(
                step.function_execution_id,
                user=step.inputs.requester,
                wanted=step.inputs.deployment,
                channel=step.inputs.channel_id or step.inputs.requester,
                reason=step.inputs.reason,
            )
        except StorageError as error:
            _log.error("a step of a workflow was not written down: %s", error)
            return BoltResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
        bot.workflows.go_on()
        return None

    app.function(STEP)(executed)
