"""The body of `PATCH …/rolling-release/config`, and what may not be in it."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from chatbot.sandbox.vercel.errors import bad_request
from chatbot.sandbox.vercel.rollouts import WHOLE, AdvancementType, RolloutConfig, Stage
from chatbot.sandbox.vercel.validation import Body

MOST_STAGES = 10
LONGEST_STAGE = 60 * 24 * 30
"""Minutes."""


class StageChange(Body):
    target_percentage: Annotated[int | float, Field(ge=0, le=WHOLE)]
    duration: Annotated[int | float, Field(gt=0, le=LONGEST_STAGE)] | None = None
    """Minutes."""
    require_approval: bool | None = None
    linear_shift: bool = False


class RolloutConfigChange(Body):
    """`{"enabled": false}` switches rolling releases off; the official SDK's example says no `enabled` at all."""

    enabled: bool = True
    target: Literal["production"] = "production"
    advancement_type: AdvancementType | None = None
    stages: Annotated[list[StageChange], Field(min_length=2, max_length=MOST_STAGES)] | None = None
    canary_response_header: bool = False
    disable_rollout_action: Literal["abort", "complete"] | None = None
    """What becomes of a rolling release that is under way when they are switched off; None: it goes on."""


def configured(change: RolloutConfigChange) -> RolloutConfig:
    """Raises ApiError 400. Each stage takes more visitors than the one before it, the last takes all."""
    if change.stages is None:
        raise bad_request("`stages` is required.")
    percentages = [stage.target_percentage for stage in change.stages]
    if percentages[-1] != WHOLE:
        raise bad_request(f"`stages`: the final stage must have a targetPercentage of {WHOLE}.")
    if any(later <= earlier for earlier, later in pairwise(percentages)):
        raise bad_request("`stages`: each targetPercentage must be greater than the one before it.")
    advancement = change.advancement_type or _advancement(change.stages)
    stages = [_stage(stage, advancement) for stage in change.stages]
    for number, stage in enumerate(stages[:-1]):
        if stage.minutes is None and not stage.requires_approval:
            raise bad_request(f"`stages.{number}.duration` is required for automatic advancement.")
    return RolloutConfig(advancement, tuple(stages), names_canary=change.canary_response_header)


def _advancement(stages: list[StageChange]) -> AdvancementType:
    waits = any(stage.duration is None or stage.require_approval for stage in stages[:-1])
    return "manual-approval" if waits else "automatic"


def _stage(change: StageChange, advancement: AdvancementType) -> Stage:
    if change.target_percentage == WHOLE:
        return Stage(WHOLE)
    asks = advancement == "manual-approval" if change.require_approval is None else change.require_approval
    return Stage(change.target_percentage, asks, change.duration, change.linear_shift)
