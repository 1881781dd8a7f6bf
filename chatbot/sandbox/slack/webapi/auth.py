"""Who the token is, and where a Socket Mode connection is to be had."""

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.webapi.calling import Call


async def test(call: Call) -> Json:
    app = call.backend.app
    return {
        "url": f"https://{seed.TEAM_DOMAIN}.slack.com/",
        "team": seed.TEAM_NAME,
        "user": app.name,
        "team_id": seed.TEAM_ID,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


async def open_connection(call: Call) -> Json:
    """The `url` is a path here; the server puts its own address before it."""
    return {"url": call.backend.sockets.ticket()}
