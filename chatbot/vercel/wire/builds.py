"""What a build says of itself: its log, and its checks."""

from typing import ClassVar

from pydantic import BaseModel, RootModel


class _EventPayload(BaseModel):
    text: str | None = None


class _Event(BaseModel):
    """The text is in the event itself or, in the older shape, in its payload."""

    type: str = ""
    created: float = 0
    text: str | None = None
    payload: _EventPayload | None = None


class EventsPage(RootModel[list[_Event | None] | None]):
    """A build log, the newest line first."""

    SHOWN: ClassVar = frozenset({"command", "stdout", "stderr", "fatal", "exit"})

    def to_domain(self) -> list[str]:
        """Oldest first."""
        events = [event for event in reversed(self.root or []) if event and event.type in self.SHOWN]
        texts = [
            event.text or (event.payload and event.payload.text)
            for event in sorted(events, key=lambda event: event.created)
        ]
        return [text for text in texts if text]


class _Check(BaseModel):
    name: str = ""
    conclusion: str | None = None


class ChecksPage(BaseModel):
    checks: list[_Check] = []
