"""What the bot says: pure functions from domain values to Slack messages."""

from chatbot.messages.message import Message

__all__ = ["Message"]
