"""What a person can do, one file a command. This is the table of contents; the most used come first."""

from slack_bolt.async_app import AsyncApp

from chatbot.listeners import (
    back,
    channels,
    confirmation,
    current,
    deployments,
    drill,
    home,
    incident,
    links,
    mentions,
    picking,
    pinned,
    promote,
    promotebot,
    redeploy,
    release,
    resume,
    rollback,
    rollbackall,
    shortcut,
    strays,
    subscriptions,
    workflow,
)
from chatbot.listeners.bot import Bot

__all__ = ["Bot", "register"]


def register(app: AsyncApp, bot: Bot) -> None:
    """Bolt tries listeners in this order; the strays come last."""
    for listeners in (
        promote,
        picking,
        confirmation,
        back,
        rollback,
        incident,
        drill,
        rollbackall,
        release,
        resume,
        pinned,
        redeploy,
        current,
        deployments,
        promotebot,
        subscriptions,
        channels,
        home,
        mentions,
        links,
        workflow,
        shortcut,
        strays,
    ):
        listeners.register(app, bot)
