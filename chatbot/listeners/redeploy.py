"""*Redeploy* at a production build that has failed: one click, after Slack's own dialog, without a card."""

from slack_bolt.async_app import AsyncApp

from chatbot.domain.planning import RedeployChanged
from chatbot.domain.references import Kind, Reference
from chatbot.domain.requests import ButtonUnknown
from chatbot.listeners.answering import Asked, Reply, click_later
from chatbot.listeners.bot import Bot
from chatbot.messages import actions, redeploy
from chatbot.messages.actions import any_number


def register(app: AsyncApp, bot: Bot) -> None:
    click_later(app, bot, any_number(actions.REDEPLOY), redeploy_clicked)


async def redeploy_clicked(bot: Bot, asked: Asked) -> Reply | None:
    """Planned afresh: only what the dialog said is done. The operation's message tells how it goes."""
    await bot.directory.admit(asked.user)
    promised = redeploy.promised(asked.value)
    if promised is None:
        raise ButtonUnknown
    deployment_id, assigns = promised
    looked_at = bot.clock()
    plan = await bot.planner.redeploy(Reference(Kind.ID, deployment_id))
    if plan.auto_assign_before is not assigns:
        raise RedeployChanged(plan)
    row = await bot.requesting.at_once(
        plan,
        looked_at=looked_at,
        actor=asked.actor,
        channel=asked.channel or asked.user,
        lease=bot.conductor.lease(),
        clicked=f"message {asked.message}",
    )
    bot.conductor.take(row)
    return None
