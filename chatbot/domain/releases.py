"""Rolling releases: production that moves in stages."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from chatbot.domain.deployments import Deployment, ReleaseStage


class ReleaseState(StrEnum):
    ACTIVE = "ACTIVE"
    COMPLETE = "COMPLETE"
    ABORTED = "ABORTED"


@dataclass(frozen=True)
class RollingRelease:
    """The platform's document of one. `base` is what everybody got before, and the others still get.

    `active` is the index of the stage; none is active in an aborted one. `base` and `canary` are None once they
    are deleted. `queued_id` waits until this one is complete. Times are the platform's; `updated_at` is the last
    change, usually the beginning of the stage.
    """

    state: ReleaseState
    base: Deployment | None
    canary: Deployment | None
    stages: tuple[ReleaseStage, ...]
    active: int | None
    started_at: datetime
    updated_at: datetime
    queued_id: str | None = None

    @property
    def is_active(self) -> bool:
        return self.state is ReleaseState.ACTIVE

    @property
    def base_id(self) -> str | None:
        return self.base.id if self.base else None

    @property
    def canary_id(self) -> str | None:
        return self.canary.id if self.canary else None

    @property
    def stage(self) -> ReleaseStage | None:
        return None if self.active is None else self.stages[self.active]

    @property
    def following(self) -> ReleaseStage | None:
        """The stage that comes next, while there is one to come."""
        if not self.is_active or self.active is None or self.active + 1 >= len(self.stages):
            return None
        return self.stages[self.active + 1]

    @property
    def is_completing(self) -> bool:
        """In its last stage: the domains are moving to the canary."""
        return self.is_active and self.active is not None and self.following is None

    @property
    def may_advance(self) -> bool:
        """To a stage that leaves some visitors with the base. The step to the last one is completing it."""
        return self.following is not None and self.active is not None and self.active + 2 < len(self.stages)

    def is_same(self, other: "RollingRelease | None") -> bool:
        """Whether it is the same release, however far it is: documents have no id."""
        return other is not None and self.canary_id == other.canary_id and self.started_at == other.started_at

    def knowing(self, *known: Deployment | None) -> Self:
        """With these in place of what the document says of them: it knows no commits."""
        by_id = {deployment.id: deployment for deployment in known if deployment}
        return replace(
            self,
            base=by_id.get(self.base_id or "", self.base),
            canary=by_id.get(self.canary_id or "", self.canary),
        )

    def goes_on_after(self, now: datetime) -> timedelta | None:
        """How long until the next stage follows by itself, at most; None where it waits to be approved."""
        stage = self.stage
        if stage is None or stage.lasts is None or self.following is None:
            return None
        return max(self.updated_at + stage.lasts - now, timedelta())
