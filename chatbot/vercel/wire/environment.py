"""Environment variables: their names and where they apply, never their values."""

from datetime import UTC, datetime

from pydantic import BaseModel, Field

from chatbot.domain.deployments import (
    EnvironmentKey,
)
from chatbot.vercel.wire.values import Milliseconds, Strings


class EnvironmentKeyWire(BaseModel):
    id: str = ""
    key: str
    target: Strings = frozenset()
    git_branch: str | None = Field(default=None, alias="gitBranch")
    custom_environments: Strings = Field(default=frozenset(), alias="customEnvironmentIds")
    created_at: Milliseconds | None = Field(default=None, alias="createdAt")
    updated_at: Milliseconds | None = Field(default=None, alias="updatedAt")

    def to_domain(self) -> EnvironmentKey:
        changed = self.updated_at or self.created_at or datetime.fromtimestamp(0, UTC)
        # Without an id, records are told apart by what they are for.
        known_by = self.id or f"{self.key} {sorted(self.target)} {self.git_branch or ''}"
        return EnvironmentKey(
            known_by, self.key, self.target, changed, self.git_branch, self.custom_environments
        )


class EnvironmentPage(BaseModel):
    envs: list[EnvironmentKeyWire]
