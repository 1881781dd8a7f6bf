"""Rolling releases as records: the project's configuration, and each gradual move of its production."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AdvancementType = Literal["automatic", "manual-approval"]
RolloutState = Literal["ACTIVE", "COMPLETE", "ABORTED"]
WHOLE = 100
"""Percent: the target of every final stage."""


@dataclass(frozen=True, slots=True)
class Stage:
    percentage: float
    """Of the visitors, who get the canary."""
    requires_approval: bool = False
    minutes: float | None = None
    """Until the next stage follows by itself; None for a stage that waits to be approved, and for the final one."""
    shifts_linearly: bool = False
    """Whether the percentage grows towards the next stage's while this one lasts."""

    @property
    def is_final(self) -> bool:
        return self.percentage == WHOLE


@dataclass(frozen=True, slots=True)
class RolloutConfig:
    """A template for the rolling releases to come; one that is under way keeps its own stages."""

    advancement: AdvancementType
    stages: tuple[Stage, ...]
    names_canary: bool = False
    """Whether visitors are told in a header that the canary served them."""


@dataclass(slots=True, eq=False)
class Rollout:
    """One rolling release. `base_id` is what production was, and still is for those who do not get the canary."""

    base_id: str
    canary_id: str
    config: RolloutConfig
    started_at: int
    updated_at: int
    stage_started_at: int
    state: RolloutState = "ACTIVE"
    stage_index: int = 0
    queued_id: str | None = None
    """What is to be rolled out next, once this one is complete."""

    @property
    def is_active(self) -> bool:
        return self.state == "ACTIVE"

    @property
    def stage(self) -> Stage:
        return self.config.stages[self.stage_index]

    @property
    def next_stage(self) -> Stage | None:
        return None if self.stage.is_final else self.config.stages[self.stage_index + 1]

    def percentage(self, elapsed_minutes: float) -> float:
        """Of the visitors, who get the canary when its stage has lasted that long.

        In the final stage the domains move one by one: where they have not yet, nothing has changed.
        """
        stage, following = self.stage, self.next_stage
        if stage.is_final:
            return self.config.stages[self.stage_index - 1].percentage
        if not stage.shifts_linearly or following is None or not stage.minutes:
            return stage.percentage
        part = min(1.0, max(0.0, elapsed_minutes / stage.minutes))
        return stage.percentage + (following.percentage - stage.percentage) * part
