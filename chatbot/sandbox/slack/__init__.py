"""A local Slack workspace that unmodified slack-bolt and slack-sdk talk to. Described in docs/sandbox.md."""

from chatbot.sandbox.slack.server import Workspace

__all__ = ["Workspace"]
