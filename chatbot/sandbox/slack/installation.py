"""The app as it is installed in the workspace: what its manifest grants it."""

from dataclasses import dataclass

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.workflows import Step, declared


@dataclass(frozen=True)
class Command:
    name: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    name: str
    kind: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class Installation:
    name: str
    commands: dict[str, Command]
    shortcuts: dict[str, Shortcut]
    steps: dict[str, Step]
    scopes: tuple[str, ...]
    events: frozenset[str]
    home_enabled: bool
    interactive: bool
    unfurl_domains: tuple[str, ...] = ()
    app_id: str = seed.APP_ID
    bot_user_id: str = seed.BOT_USER
    bot_id: str = seed.BOT_ID
    # Fixed on purpose: the workspace is local, and what points at it can be written down beforehand.
    bot_token: str = "xoxb-sandbox"  # noqa: S105 - see above
    app_token: str = "xapp-sandbox"  # noqa: S105 - see above
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - see above
    verification_token: str = "sandbox-verification-token"  # noqa: S105 - see above


def installed(manifest: Json) -> Installation:
    """Reads a manifest (the decoded YAML); what it leaves out is not granted."""
    features = manifest.get("features", {})
    settings = manifest.get("settings", {})
    commands = [
        Command(
            name=entry["command"],
            description=entry.get("description", ""),
            usage_hint=entry.get("usage_hint", ""),
            should_escape=entry.get("should_escape", False),
        )
        for entry in features.get("slash_commands", [])
    ]
    shortcuts = [
        Shortcut(entry["name"], entry["type"], entry["callback_id"], entry.get("description", ""))
        for entry in features.get("shortcuts", [])
    ]
    return Installation(
        name=features.get("bot_user", {}).get("display_name") or manifest["display_information"]["name"],
        commands={command.name: command for command in commands},
        shortcuts={shortcut.callback_id: shortcut for shortcut in shortcuts},
        steps=declared(features.get("functions")) | declared(manifest.get("functions")),
        scopes=tuple(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        home_enabled=features.get("app_home", {}).get("home_tab_enabled", False),
        unfurl_domains=tuple(features.get("unfurl_domains", [])),
        interactive=settings.get("interactivity", {}).get("is_enabled", False),
    )
