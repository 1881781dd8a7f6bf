"""How long things take on this platform."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. Real builds take a minute; a demonstration has no such time."""

    build: float = 0.2
    """BUILDING, unless the push or a fault says otherwise."""
    alias: float = 0.05
    """For each domain that an alias job moves."""
    queue: float = 0.02
    """QUEUED and INITIALIZING each, and an alias job that is pending."""
    minute: float = 60.0
    """Of the stages of rolling releases, whose durations are configured in minutes."""
    webhook_retry: float = 5.0
    """Until a delivery that failed is tried again; doubled each time."""
    webhook_answer: float = 30.0
    """What a receiver of webhooks gets to answer in."""
