"""Scripted trouble: what goes wrong, with which request, alias job, build or delivery, and how often."""

from chatbot.sandbox.vercel.faults.kinds import (
    AliasJobFault,
    BuildFault,
    InvalidFault,
    LateVisibility,
    RequestFault,
    WebhookFault,
)
from chatbot.sandbox.vercel.faults.script import Faults, Target

__all__ = [
    "AliasJobFault",
    "BuildFault",
    "Faults",
    "InvalidFault",
    "LateVisibility",
    "RequestFault",
    "Target",
    "WebhookFault",
]
