"""*Redeploy* at a production build that has failed: one click, after Slack's own dialog, without a card."""

from slack_bolt.async_app import AsyncApp

from chatbot.domain.planning import RedeployChanged
from chatbot.domain.references import Kind, Reference
from chatbot.domain.requests import ButtonUnknown, IncidentOpen
from chatbot.domain.waysback import core_only
from chatbot.listeners.answering import Asked, Reply, click_later, note
from chatbot.listeners.bot import Bot
from chatbot.messages import actions, confirmation, overriding
from chatbot.messages.actions import any_number
from chatbot.messages.redeploy import promised


def register(app: AsyncApp, bot: Bot) -> None:
    click_later(app, bot, any_number(actions.REDEPLOY), redeploy_clicked)


async def redeploy_clicked(bot: Bot, asked: Asked) -> Reply | None:
    """Planned afresh: only what the dialog said is done. The operation's message tells how it goes."""
    await bot.directory.admit(asked.user)
    said = promised(asked.value)
    if said is None:
        raise ButtonUnknown
    looked_at = bot.clock()
    plan = await bot.planner.redeploy(Reference(Kind.ID, said.deployment_id))
    if plan.auto_assign_before is not said.assigns:
        raise RedeployChanged(plan)
    try:
        row = await bot.requesting.at_once(
            core_only(plan),
            looked_at=looked_at,
            actor=asked.actor,
            channel=asked.channel or asked.user,
            lease=bot.conductor.lease(),
            clicked=f"message {asked.message}",
            override=said.overrides,
        )
    except IncidentOpen as held:
        await note(bot, asked, held)
        value = f"{asked.value} {confirmation.OVERRIDE}"
        return Reply(overriding.override(held, actions.REDEPLOY, value, bot.clock()))
    bot.conductor.take(row)
    return None
