"""How long the platform takes to make thousands of projects, and to serve a page of their deployments.

`python -m tests.benchmarks.platform_scale` prints both, and the memory that they take. Client and server share
one process: what a page takes is both sides' time.
"""

import argparse
import asyncio
import random
import statistics
import time
from pathlib import Path

import aiohttp

from chatbot.sandbox.vercel import Platform, Scale

LIMIT = 100
PAGE_AIM = 20.0
"""Milliseconds."""
MAKING_AIM = 10.0
"""Seconds."""


def queries(platform: Platform, chance: random.Random) -> dict[str, dict[str, str]]:
    """One of each kind, about deployments drawn at random."""
    drawn = chance.choice(list(platform.store.deployments.values()))
    busiest = max(platform.store.projects.values(), key=lambda project: len(project.deployments))
    moment = str(drawn.created_at)
    return {
        "of the team": {},
        "of the team, far back": {"until": moment},
        "of the team, from a moment on": {"since": moment},
        "of a project": {"projectId": drawn.project_id},
        "of the busiest project, far back": {"projectId": busiest.id, "until": moment},
        "of the production branch": {"branch": "main"},
        "of a branch": {"branch": drawn.commit.branch},
        "of a commit": {"sha": drawn.commit.sha},
        "that failed": {"state": "ERROR"},
        "that are being built": {"state": "BUILDING,QUEUED,INITIALIZING"},
        "deleted by retention": {"state": "DELETED"},
        "that production can go back to": {"rollbackCandidate": "true", "target": "production"},
        "with a commit's message": {"meta-githubCommitMessage": drawn.commit.message},
        "with a branch in their meta": {"meta-githubCommitRef": drawn.commit.branch},
        "with an author that is nobody": {"meta-githubCommitAuthorLogin": "nobody"},
        "with a repository in their meta": {"meta-githubRepo": drawn.name},
        "with a meta value that none has": {"meta-ticket": "none"},
        "of a creator": {"users": drawn.creator_id, "until": moment},
    }


async def pages(platform: Platform, rounds: int) -> dict[str, list[float]]:
    """Milliseconds, by the kind of query."""
    taken: dict[str, list[float]] = {}
    chance = random.Random(1)
    headers = {"Authorization": f"Bearer {platform.token}"}
    async with platform, aiohttp.ClientSession(platform.url, headers=headers) as session:
        for _ in range(rounds):
            for kind, query in queries(platform, chance).items():
                params = {"teamId": platform.team_id, "limit": str(LIMIT), **query}
                began = time.perf_counter()
                async with session.get("/v6/deployments", params=params) as response:
                    await response.read()
                    assert response.status == 200, kind
                taken.setdefault(kind, []).append(1000 * (time.perf_counter() - began))
    return taken


def resident() -> float | None:
    """MiB, where the operating system says so."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(one for one in status.read_text(encoding="ascii").splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def told(scale: Scale, seconds: float, memory: float | None, taken: dict[str, list[float]]) -> list[str]:
    """The figures as lines of text."""
    slowest = max(taken, key=lambda kind: statistics.median(taken[kind]))
    made = f"{scale.projects:,} projects and {scale.deployments:,} deployments"
    lines = [
        f"{made}: {seconds:.2f} s, of {MAKING_AIM:g} s",
        f"a page of {LIMIT}: {statistics.median(taken[slowest]):.1f} ms, of {PAGE_AIM:g} ms ({slowest})",
    ]
    if memory is not None:
        lines.append(f"memory: {memory:.0f} MiB, {1024 * memory / scale.deployments:.2f} KiB a deployment")
    for kind, samples in taken.items():
        lines.append(f"  {kind:<40} median {statistics.median(samples):6.2f} ms, most {max(samples):6.2f} ms")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.platform_scale", description=__doc__)
    parser.add_argument("--projects", type=int, default=Scale().projects)
    parser.add_argument("--deployments", type=int, default=Scale().deployments)
    parser.add_argument("--rounds", type=int, default=30, help="pages of each kind")
    options = parser.parse_args()
    scale = Scale(options.projects, options.deployments)
    before, began = resident(), time.perf_counter()
    platform = Platform(scale=scale)
    seconds, after = time.perf_counter() - began, resident()
    memory = after - before if before is not None and after is not None else None
    print("\n".join(told(scale, seconds, memory, asyncio.run(pages(platform, options.rounds)))))


if __name__ == "__main__":
    main()
