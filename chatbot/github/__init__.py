"""What GitHub tells of the code: how two commits compare. Optional; nothing waits for it long."""

from chatbot.github.client import GitHubClient

__all__ = ["GitHubClient"]
