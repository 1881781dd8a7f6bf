"""Both servers for a team with many projects, and nothing of the stories."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import yaml

import chatbot
from chatbot.sandbox.launching import HOST, Servers
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.vercel import Platform, Scale, Timing

DEPLOYMENTS = 10
"""Of each project, on average."""


@asynccontextmanager
async def crowded(
    projects: int, *, timing: Timing | None = None, clock: Callable[[], float] = time.time
) -> AsyncIterator[Servers]:
    """`clock` tells epoch seconds, to both."""
    manifest = yaml.safe_load(chatbot.manifest_path().read_text(encoding="utf-8"))
    scale = Scale(projects, DEPLOYMENTS * projects)
    async with (
        Platform(host=HOST, timing=timing, seeded=False, scale=scale, clock=clock) as platform,
        Workspace(manifest=manifest, host=HOST, platform_url=platform.url, clock=clock) as workspace,
    ):
        yield Servers(platform, workspace)
