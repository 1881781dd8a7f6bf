"""The message shortcut *Promote this deployment*: the confirmation of the one that a message speaks of, or a choice."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from chatbot.domain.finding import references_in
from chatbot.domain.references import Kind, Reference
from chatbot.domain.requests import NoDeploymentThere
from chatbot.listeners import requests
from chatbot.listeners.answering import Asked, Reply, Work, is_url, sentence, work_and_answer
from chatbot.listeners.bot import Bot
from chatbot.listeners.confirmation import offer
from chatbot.messages import actions, listings
from chatbot.services.finding import deployments_of


def register(app: AsyncApp, bot: Bot) -> None:
    async def used(args: AsyncArgs) -> None:
        on = requests.read(requests.OnMessage, args.body)
        if on is None:
            await args.ack()
            return
        asked = Asked(
            what="shortcut",
            user=on.user.id,
            channel=on.channel.id,
            trigger_id=on.trigger_id,
            thread=on.thread,
            respond=args.respond if is_url(on.response_url) else None,
        )
        work = _promote_one_of(on.message)
        try:
            await bot.ledger.note("shortcut.requested", asked.actor, channel=asked.channel)
        except Exception as error:  # noqa: BLE001 - as in answering.py
            work = _say(sentence(bot, asked, error))
        await args.ack()
        bot.tasks.start(work_and_answer(bot, asked, work), "shortcut")

    app.message_shortcut(actions.PROMOTE_MESSAGE)(used)


def _promote_one_of(message: dict[str, Any]) -> Work:
    async def work(bot: Bot, asked: Asked) -> Reply:
        await bot.directory.admit(asked.user)
        found = await deployments_of(bot.vercel, references_in(message))
        if not found:
            raise NoDeploymentThere
        if len(found) == 1:
            return await offer(bot, asked, await bot.planner.promotion(Reference(Kind.ID, found[0].id)))
        projects = await asyncio.gather(*(bot.vercel.project(p) for p in {d.project_id for d in found}))
        current = {p.id: p.current.id if p.current else None for p in projects}
        return Reply(listings.in_message(found, current, bot.clock()))

    return work


def _say(reply: Reply) -> Work:
    async def work(_bot: Bot, _asked: Asked) -> Reply:
        return reply

    return work
