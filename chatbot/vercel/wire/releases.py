"""Rolling releases: how a project is configured for them, and the newest one."""

from datetime import timedelta
from typing import Self

from pydantic import BaseModel, Field, model_validator

from chatbot.domain.deployments import (
    ReleaseStage,
)
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.vercel.wire.deployments import DeploymentWire
from chatbot.vercel.wire.values import Milliseconds


class StageWire(BaseModel):
    """In a project's configuration `duration` is minutes, in the document of a rolling release it is seconds."""

    percentage: float = Field(alias="targetPercentage", ge=0, le=100)
    needs_approval: bool | None = Field(default=None, alias="requireApproval")
    duration: float | None = Field(default=None, ge=0, le=10**9)
    grows: bool = Field(default=False, alias="linearShift")

    def to_domain(self, unit: timedelta) -> ReleaseStage:
        waits = self.needs_approval or self.duration is None
        return ReleaseStage(
            percentage=self.percentage,
            lasts=None if waits or self.duration is None else self.duration * unit,
            grows=self.grows,
        )


class ReleaseConfig(BaseModel):
    stages: list[StageWire] | None = None


class _ActiveStage(BaseModel):
    index: int = Field(ge=0)


class _ReleaseWire(BaseModel):
    state: ReleaseState
    base: DeploymentWire | None = Field(default=None, alias="currentDeployment")
    canary: DeploymentWire | None = Field(default=None, alias="canaryDeployment")
    queued_id: str | None = Field(default=None, alias="queuedDeploymentId")
    stages: list[StageWire]
    active: _ActiveStage | None = Field(default=None, alias="activeStage")
    started_at: Milliseconds = Field(alias="startedAt")
    updated_at: Milliseconds = Field(alias="updatedAt")

    @model_validator(mode="after")
    def _stage_exists(self) -> Self:
        if self.active is not None and self.active.index >= len(self.stages):
            raise ValueError("no stage of that index")
        return self


class ReleaseWire(BaseModel):
    """`GET …/rolling-release`: the newest, in whatever state; null where there was none."""

    release: _ReleaseWire | None = Field(default=None, alias="rollingRelease")

    def to_domain(self, project_id: str) -> RollingRelease | None:
        if (made := self.release) is None:
            return None
        return RollingRelease(
            state=made.state,
            base=made.base.to_domain(project_id) if made.base else None,
            canary=made.canary.to_domain(project_id) if made.canary else None,
            stages=tuple(stage.to_domain(timedelta(seconds=1)) for stage in made.stages),
            active=made.active.index if made.active else None,
            queued_id=made.queued_id,
            started_at=made.started_at,
            updated_at=made.updated_at,
        )
