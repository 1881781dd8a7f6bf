"""Steps of workflows: each is a row, and a tick takes it one step further, whichever process that is.

A person confirms as ever; the operation then goes its own way; the step ends when that has ended. It is completed
with the bot's own token: the one that comes with the step expires before a build is through, and would have to be
kept.
"""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.domain.markup import typed
from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import MAX_REASON
from chatbot.domain.references import parse_reference
from chatbot.domain.requests import UnknownDeployment
from chatbot.errors import PlatformError, Refusal
from chatbot.messages import failures, refusals, workflow
from chatbot.messages.wording import plain
from chatbot.services.announcer import Announcer, Posted, SlackTrouble, may_pass
from chatbot.services.directory import Directory
from chatbot.services.operations.history import History
from chatbot.services.operations.ledger import Clock
from chatbot.services.operations.records import as_operation, plan_from
from chatbot.services.operations.requesting import Requesting
from chatbot.services.planner import Planner
from chatbot.services.tasks import Tasks
from storage import audit, confirmations, operations, workflows
from storage.database import Database
from storage.errors import StorageError
from storage.models import Operation as OperationRow
from storage.models import WorkflowRun

_AGAIN = timedelta(seconds=30)
_AFTER_EXPIRY = timedelta(seconds=5)
"""Replicas' clocks differ."""

_log = logging.getLogger(__name__)


class Workflows:
    """`valid` is how long a confirmation waits for its click."""

    def __init__(
        self,
        database: Database,
        tasks: Tasks,
        clock: Clock,
        *,
        slack: AsyncWebClient,
        announcer: Announcer,
        directory: Directory,
        planner: Planner,
        history: History,
        requesting: Requesting,
        valid: timedelta,
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._clock = clock
        self._slack = slack
        self._announcer = announcer
        self._directory = directory
        self._planner = planner
        self._history = history
        self._requesting = requesting
        self._valid = valid

    async def ask(self, run_id: str, *, user: str, wanted: str, channel: str, reason: str | None) -> None:
        """Write a step down; a tick goes on with it. Raises StorageError."""
        now = self._clock()
        run = WorkflowRun(
            id=run_id,
            actor=f"slack:{user}",
            wanted=wanted,
            channel=channel,
            reason=reason,
            created_at=now,
            look_at=now,
        )
        async with self._database.write() as session:
            if await workflows.create(session, run):
                await audit.append(
                    session, at=now, action="workflow.requested", actor=run.actor, channel=channel
                )

    def go_on(self) -> None:
        """Without waiting for the tick."""
        self._tasks.start(self.tick(), "steps of workflows")

    async def tick(self) -> None:
        """Every step that is due, one step further."""
        async with self._database.read() as session:
            due = await workflows.due(session, self._clock())
        for run in due:
            async with self._database.write() as session:
                mine = await workflows.claim(session, run, self._clock() + _AGAIN)
            if mine is not None:
                await self._go_on(mine)

    async def forget(self, older: timedelta) -> int:
        async with self._database.write() as session:
            return await workflows.purge(session, self._clock() - older)

    async def _go_on(self, run: WorkflowRun) -> None:
        try:
            if run.operation_id is not None:
                await self._end_with(run, run.operation_id)
            elif run.confirmation_id is None:
                await self._offer(run)
            else:
                await self._wait(run, run.confirmation_id)
        except Refusal as refusal:
            said = refusals.word(refusal, self._clock()).without_markup()
            await self._fail(run, said, why=type(refusal).__name__)
        except PlatformError as error:
            _log.warning("a step of a workflow: %s", error)
            await self._fail(run, failures.word_failure(error).without_markup(), why=type(error).__name__)
        except SlackTrouble as error:  # it is looked at again
            _log.warning("a step of a workflow has to wait for Slack: %s", _said(error))
        except StorageError:
            raise  # likewise
        except Exception:  # noqa: BLE001 - or it would wait for ever; its operation goes its own way
            _log.exception("a step of a workflow broke")
            await self._fail(run, workflow.BROKEN, why="broken")

    async def _offer(self, run: WorkflowRun) -> None:
        """Plan it, and ask its person. Raises Refusal, PlatformError or one of SlackTrouble."""
        await self._directory.admit(run.actor.removeprefix("slack:"))
        reference = parse_reference(typed(run.wanted))
        try:
            plan = await self._planner.promotion(reference)
        except UnknownDeployment:
            raise UnknownDeployment(reference) from None  # there are no buttons for the nearest ones
        plan = await self._history.beside(replace(plan, reason=plain(run.reason or "", MAX_REASON) or None))
        kept = await self._requesting.offer(plan, actor=run.actor, channel=run.channel, valid=self._valid)
        async with self._database.write() as session:
            mine = await workflows.offer(session, run.id, kept)
        if mine is not None:
            await self._wait(mine, kept)

    async def _wait(self, run: WorkflowRun, confirmation_id: str) -> None:
        """For the click. Raises one of SlackTrouble where the card was not posted."""
        now = self._clock()
        async with self._database.read() as session:
            shown = await confirmations.get(session, confirmation_id)
        if shown is None or shown.used_at is not None or shown.expires_at + _AFTER_EXPIRY <= now:
            answer = shown.answer if shown else None
            if answer == "confirmed":
                return  # its operation has been written down since
            if shown and answer is None and run.card_channel and run.card_ts:
                posted = Posted(run.card_channel, run.card_ts)
                await self._announcer.update(posted, workflow.lapsed(plan_from(shown.plan)))
            await self._fail(run, workflow.ENDED_WITHOUT[answer], why=answer or "expired")
            return
        values: dict[str, Any] = {"look_at": shown.expires_at + _AFTER_EXPIRY}
        if run.card_ts is None and shown.expires_at > now:
            plan, valid = plan_from(shown.plan), shown.expires_at - now + timedelta(seconds=1)
            card = workflow.card(plan, confirmation_id, now=now, valid=valid)
            key = str(uuid5(NAMESPACE_URL, f"workflow/{run.id}"))
            posted = await self._announcer.post(run.actor.removeprefix("slack:"), card, key=key)
            values |= {"card_channel": posted.channel, "card_ts": posted.ts}
        async with self._database.write() as session:
            await workflows.change_as_read(session, run, **values)

    async def _end_with(self, run: WorkflowRun, operation_id: str) -> None:
        """Its operation has ended, and that was told."""
        async with self._database.read() as session:
            row = await operations.get(session, operation_id)
        if row is None:
            await self._fail(run, workflow.BROKEN, why="no operation")
            return
        operation = as_operation(row)
        url = await self._link_to(row)
        if operation.stage is Stage.SUCCEEDED:
            await self._succeed(run, operation, workflow.outputs(operation, url))
        else:
            said = workflow.complaint(operation, self._clock(), url)
            await self._fail(run, said, why=operation.stage.value, operation_id=row.id)

    async def _link_to(self, row: OperationRow) -> str | None:
        if row.message_ts is None:
            return None
        try:
            answer = await self._slack.chat_getPermalink(channel=row.channel, message_ts=row.message_ts)
        except SlackApiError as error:
            _log.info("an operation's message has no link: %s", _said(error))
            return None
        return str(answer["permalink"])

    async def _succeed(self, run: WorkflowRun, operation: Operation, outputs: dict[str, str]) -> None:
        await self._tell(run, self._slack.functions_completeSuccess, outputs=outputs)
        await self._complete(run, "workflow.completed", operation.id)

    async def _fail(self, run: WorkflowRun, said: str, *, why: str, operation_id: str | None = None) -> None:
        """Raises one of SlackTrouble."""
        await self._tell(run, self._slack.functions_completeError, error=said)
        await self._complete(run, "workflow.failed", operation_id, why=why)

    async def _tell(self, run: WorkflowRun, complete: Any, **with_what: Any) -> None:
        """Raises one of SlackTrouble, and then it is told again. One that Slack will never take is over."""
        try:
            await complete(function_execution_id=run.id, **with_what)
        except SlackApiError as error:
            if may_pass(error):
                raise
            _log.warning("a step of a workflow is over for Slack: %s", _said(error))

    async def _complete(self, run: WorkflowRun, action: str, operation_id: str | None, **detail: str) -> None:
        now = self._clock()
        async with self._database.write() as session:
            if await workflows.change(session, run.id, completed_at=now) is not None:
                await audit.append(
                    session,
                    at=now,
                    action=action,
                    actor="bot",
                    operation_id=operation_id,
                    channel=run.channel,
                    detail={"for": run.actor, **detail},
                )


def _said(error: Exception) -> str:
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
