"""The buttons of every operation: confirm, cancel, choose another, show all domains or keys, undo."""

from slack_bolt.async_app import AsyncApp

from chatbot.domain.plans import (
    Plan,
)
from chatbot.domain.requests import IncidentOpen
from chatbot.domain.undoing import retry_of, undo_of
from chatbot.listeners.answering import Asked, Reply, click_at_once, click_later, note, open_dialog
from chatbot.listeners.bot import Bot
from chatbot.messages import actions, confirmation, listings, overriding
from chatbot.messages.actions import any_number
from chatbot.services.operations.records import as_operation
from chatbot.services.operations.requesting import FollowUp


def register(app: AsyncApp, bot: Bot) -> None:
    click_at_once(app, bot, any_number(actions.CONFIRM), confirm)
    click_at_once(app, bot, any_number(actions.UNDO), undo)
    click_at_once(app, bot, any_number(actions.RETRY), retry)
    click_at_once(app, bot, any_number(actions.GIVE_UP), give_up)
    click_at_once(app, bot, any_number(actions.CANCEL), cancel)
    click_later(app, bot, any_number(actions.CHOOSE), choose)
    click_later(app, bot, any_number(actions.SHOW_DOMAINS), show_domains)
    click_later(app, bot, any_number(actions.SHOW_KEYS), show_keys)
    click_at_once(app, bot, any_number(actions.OPEN_LINK), _nothing)
    click_at_once(app, bot, any_number(actions.KEEP_OFF), _nothing)  # it is read with the click that confirms
    click_at_once(app, bot, any_number(actions.OVERRIDE), _nothing)  # likewise


async def offer(bot: Bot, asked: Asked, plan: Plan) -> Reply:
    """Keep the plan, and show it with its buttons."""
    plan = await bot.history.beside(plan)
    kept = await bot.requesting.offer(plan, actor=asked.actor, channel=asked.channel, valid=bot.valid)
    return Reply(confirmation.card(plan, kept, now=bot.clock(), valid=bot.valid))


async def confirm(bot: Bot, asked: Asked) -> Reply:
    """The one click that counts: who may is asked again, the confirmation is spent, the operation is a row."""
    await bot.directory.admit(asked.user)
    lease = bot.conductor.lease()
    ticked = asked.ticked.get(actions.KEEP_OFF)
    keep_off = None if ticked is None else confirmation.KEEP_OFF in ticked
    override = confirmation.OVERRIDE in asked.ticked.get(actions.OVERRIDE, ())
    try:
        row = await bot.requesting.confirm(
            asked.value, actor=asked.actor, lease=lease, keep_off=keep_off, override=override
        )
    except IncidentOpen as held:
        await note(bot, asked, held)
        plan, left = await bot.requesting.offered(asked.value, actor=asked.actor)
        plan = await bot.history.beside(plan)
        card = confirmation.card(plan, asked.value, now=bot.clock(), valid=left, held=True)
        return Reply(card, replace=True)
    bot.conductor.take(row)
    return Reply(confirmation.spent(as_operation(row).plan, asked.actor), replace=True)


async def undo(bot: Bot, asked: Asked) -> Reply | None:
    """One click, after Slack's own dialog: the inverse of a finished operation."""
    return await _follow_up(bot, asked, undo_of)


async def retry(bot: Bot, asked: Asked) -> Reply | None:
    """The same move again, for the domains that did not follow."""
    return await _follow_up(bot, asked, retry_of)


async def give_up(bot: Bot, asked: Asked) -> None:
    """A build that is under way is not waited for any more."""
    await bot.directory.admit(asked.user)
    await bot.requesting.cancel_operation(asked.value, actor=asked.actor)
    bot.conductor.wake()


async def cancel(bot: Bot, asked: Asked) -> Reply:
    plan = await bot.requesting.cancel(asked.value, actor=asked.actor)
    return Reply(confirmation.cancelled(plan), replace=True)


async def choose(bot: Bot, asked: Asked) -> Reply:
    plan = await bot.requesting.plan_of(asked.value, actor=asked.actor)
    project = await bot.planner.project(plan.project.id)
    deployments = await bot.planner.promotable(project.id)
    await bot.requesting.cancel(asked.value, actor=asked.actor, answer="replaced")
    return Reply(listings.choices(project, deployments, bot.clock()), replace=True)


async def show_domains(bot: Bot, asked: Asked) -> None:
    plan = await bot.requesting.plan_of(asked.value, actor=asked.actor)
    await open_dialog(bot, asked, confirmation.all_domains(plan))


async def show_keys(bot: Bot, asked: Asked) -> None:
    plan = await bot.requesting.plan_of(asked.value, actor=asked.actor)
    await open_dialog(bot, asked, confirmation.all_keys(plan))


async def _follow_up(bot: Bot, asked: Asked, make_plan: FollowUp) -> Reply | None:
    await bot.directory.admit(asked.user)
    lease = bot.conductor.lease()
    operation_id, _, override = asked.value.partition(" ")
    try:
        row = await bot.requesting.follow_up(
            operation_id,
            make_plan,
            actor=asked.actor,
            channel=asked.channel,
            lease=lease,
            override=override == confirmation.OVERRIDE,
        )
    except IncidentOpen as held:
        await note(bot, asked, held)
        action = actions.UNDO if make_plan is undo_of else actions.RETRY
        return Reply(
            overriding.override(held, action, f"{operation_id} {confirmation.OVERRIDE}", bot.clock())
        )
    bot.conductor.take(row)
    return None


async def _nothing(_bot: Bot, _asked: Asked) -> None:
    """A link button opens in the browser; its click only wants an acknowledgement."""
