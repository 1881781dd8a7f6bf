"""One database for several bots, on SQLite and on PostgreSQL; and the bot as a process of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import World, a_world
from tests.storage.conftest import Postgres, postgres

__all__ = ["postgres"]  # the fixture


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    server: Postgres = request.getfixturevalue("postgres")
    return server.emptied_database()


@pytest.fixture
async def shared(database_url: str) -> AsyncIterator[World]:
    """Without a bot; every bot that the test starts uses the same database."""
    async with a_world(database_url) as made:
        yield made


def variables_for(world: World) -> dict[str, str]:
    """The environment of a bot that meets this world's servers as a process of its own."""
    settings = world.settings
    return {
        "SLACK_BOT_TOKEN": settings.slack_bot_token.get_secret_value(),
        "SLACK_APP_TOKEN": settings.slack_app_token.get_secret_value(),
        "SLACK_API_URL": settings.slack_api_url,
        "VERCEL_TOKEN": settings.vercel_token.get_secret_value(),
        "VERCEL_TEAM_ID": settings.vercel_team_id,
        "VERCEL_API_URL": settings.vercel_api_url,
        "GITHUB_TOKEN": settings.github_token.get_secret_value(),
        "GITHUB_API_URL": settings.github_api_url,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "PROMOTEBOT_PROBE_URL": settings.promotebot_probe_url,
        "PROMOTEBOT_PROBE_PRIVATE": "true",
        "PROMOTEBOT_LEASE_SECONDS": "2",
        "PROMOTEBOT_UNSEEN_SECONDS": "3",
    }


@pytest.fixture
def variables(world: World) -> dict[str, str]:
    return variables_for(world)
