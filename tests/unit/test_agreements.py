"""A fact that has two homes: here the two are compared."""

import argparse
import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from chatbot import listeners
from chatbot.__main__ import manifest as manifest_verb
from chatbot.app import EVENTS_PATH
from chatbot.domain.operations import Stage
from chatbot.listeners import requests
from chatbot.messages import about, actions, workflow
from chatbot.settings import Settings
from tests.unit import happening
from tests.unit.saying import words

ROOT = Path(__file__).parent.parent.parent
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
COMMANDS: list[dict[str, Any]] = MANIFEST["features"]["slash_commands"]
SCOPES: set[str] = set(MANIFEST["oauth_config"]["scopes"]["bot"])


# The manifest and the listeners ------------------------------------------------------------------------------


class Listening(AsyncApp):
    """The real app, which also writes down what it is told to listen to."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.action_patterns: list[re.Pattern[str]] = []
        self.searches: list[str] = []
        self.dialogs: list[str] = []
        self.events: set[str] = set()
        self.shortcuts: list[str] = []
        self.steps: list[str] = []
        super().__init__(client=AsyncWebClient(token="xoxb-unit"), signing_secret="unit")  # noqa: S106 - neither opens anything

    def command(self, command: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        self.commands.append(command)
        return super().command(command, *args, **kwargs)

    def action(self, constraints: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        self.action_patterns.append(constraints)
        return super().action(constraints, *args, **kwargs)

    def options(self, constraints: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        self.searches.append(constraints)
        return super().options(constraints, *args, **kwargs)

    def event(self, event: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        self.events.add(event)
        return super().event(event, *args, **kwargs)

    def message_shortcut(self, callback_id: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        self.shortcuts.append(callback_id)
        return super().message_shortcut(callback_id, *args, **kwargs)

    def function(self, callback_id: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        self.steps.append(callback_id)
        return super().function(callback_id, *args, **kwargs)

    def view(self, constraints: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        self.dialogs.append(constraints)
        return super().view(constraints, *args, **kwargs)


@pytest.fixture(scope="module")
def listening() -> Listening:
    app = Listening()
    listeners.register(app, cast("listeners.Bot", object()))  # nothing of it is used before somebody asks
    return app


def test_the_manifest_has_exactly_the_commands_that_are_listened_to(listening: Listening) -> None:
    assert sorted(listening.commands) == sorted(entry["command"] for entry in COMMANDS)


def test_help_tells_of_exactly_the_commands_of_the_manifest() -> None:
    told = set(re.findall(r"^• `(/[a-z]+)", words(about.help_text()), flags=re.MULTILINE))
    assert told == {entry["command"] for entry in COMMANDS}


IDS = {name: value for name, value in vars(actions).items() if name.isupper()}
DIALOGS = {actions.PICKER, actions.SUBSCRIBE, actions.INCIDENT, actions.ALL_BACK}
SEARCHES = {
    actions.PICK_PROJECT,
    actions.PICK_DEPLOYMENT,
    actions.SUBSCRIBE_PROJECTS,
    actions.INCIDENT_PROJECTS,
}
SILENT = {
    actions.PICK_DEPLOYMENT,
    actions.SUBSCRIBE_PROJECTS,
    actions.SUBSCRIBE_KINDS,
    actions.INCIDENT_PROJECTS,
    actions.INCIDENT_WHAT,
}
"""The choice is told with the dialog."""
SHORTCUTS = {actions.PROMOTE_MESSAGE}
ACTIONS = {name: value for name, value in IDS.items() if value not in DIALOGS | SILENT | SHORTCUTS}


def test_ids_are_unique() -> None:
    assert len(set(IDS.values())) == len(IDS)


def test_every_dialog_and_every_menu_that_the_bot_fills_has_its_listener(listening: Listening) -> None:
    assert sorted(listening.dialogs) == sorted(DIALOGS)
    assert sorted(listening.searches) == sorted(SEARCHES)


def test_the_manifest_has_exactly_the_shortcuts_that_are_listened_to(listening: Listening) -> None:
    offered = MANIFEST["features"]["shortcuts"]
    assert (
        sorted(listening.shortcuts) == sorted(entry["callback_id"] for entry in offered) == sorted(SHORTCUTS)
    )
    for entry in offered:
        assert entry["type"] == "message"
        assert len(entry["name"]) <= 24
        assert len(entry["description"]) <= 150


def test_the_manifest_has_exactly_the_steps_of_workflows_that_are_listened_to(listening: Listening) -> None:
    assert sorted(listening.steps) == sorted(MANIFEST["functions"]) == [workflow.STEP]
    step = MANIFEST["functions"][workflow.STEP]
    for parameters in (step["input_parameters"], step["output_parameters"]):
        assert [entry["name"] for entry in parameters.values()] == list(parameters)
    made = happening.at(Stage.SUCCEEDED)
    assert set(workflow.outputs(made, "https://x")) == set(step["output_parameters"])
    assert set(requests.StepInputs.model_fields) == set(step["input_parameters"])
    assert MANIFEST["settings"]["function_runtime"] == "remote"
    assert MANIFEST["settings"]["org_deploy_enabled"] is True


@pytest.mark.parametrize("action", ACTIONS.values())
@pytest.mark.parametrize("number", ["", ":1", ":12"])
def test_every_action_has_one_listener_before_the_strays(
    action: str, number: str, listening: Listening
) -> None:
    *ours, strays = listening.action_patterns
    assert [pattern.pattern for pattern in ours if pattern.fullmatch(action + number)] == [
        actions.any_number(action).pattern
    ]
    assert strays.fullmatch("an.action\nof.an:older\nversion")


def test_there_is_no_listener_without_a_button(listening: Listening) -> None:
    known = {actions.any_number(action).pattern for action in ACTIONS.values()}
    assert {pattern.pattern for pattern in listening.action_patterns[:-1]} == known


# The manifest and the scopes that the code needs -------------------------------------------------------------

NEEDED = {
    "auth_test": set[str](),
    "apps_connections_open": set[str](),  # the app-level token's
    "chat_getPermalink": set[str](),
    "chat_postMessage": {"chat:write", "chat:write.public"},
    "chat_postEphemeral": {"chat:write"},
    "chat_unfurl": {"links:write"},
    "chat_update": {"chat:write"},
    "conversations_info": {"channels:read", "groups:read"},
    "functions_completeError": set[str](),
    "functions_completeSuccess": set[str](),
    "files_upload_v2": {"files:write"},
    "pins_add": {"pins:write"},
    "pins_remove": {"pins:write"},
    "users_info": {"users:read"},
    "users_lookupByEmail": {"users:read.email"},
    "usergroups_users_list": {"usergroups:read"},
    "views_open": set[str](),
    "views_publish": set[str](),
    "views_update": set[str](),
}
"""What each Web API method asks of the bot's token (docs.slack.dev/reference/methods)."""


def modules() -> Iterator[Path]:
    return (p for p in (ROOT / "chatbot").rglob("*.py") if "sandbox" not in p.relative_to(ROOT).parts)


def methods_called() -> set[str]:
    """Every attribute in the bot's code that is a method of Slack's Web API."""
    api = {name for name in vars(AsyncWebClient) if re.fullmatch(r"[a-z]+(_[A-Za-z0-9]+)+", name)}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in modules()]
    return {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        if node.attr in api
    }


def test_every_method_that_is_called_has_its_scopes_noted() -> None:
    assert methods_called() == set(NEEDED)


def test_the_manifest_asks_for_exactly_the_scopes_that_are_needed() -> None:
    needed = set().union(*(NEEDED[method] for method in methods_called()), *EVENTS_NEED.values())
    assert needed | {"commands"} == SCOPES


EVENTS_NEED = {
    "app_home_opened": set[str](),
    "app_mention": {"app_mentions:read"},
    "function_executed": set[str](),
    "link_shared": {"links:read"},
    "message.im": {"im:history"},
    **{f"channel_{what}": {"channels:read"} for what in ("archive", "unarchive", "left", "deleted")},
    **{f"group_{what}": {"groups:read"} for what in ("archive", "unarchive", "left", "deleted")},
    "member_joined_channel": {"channels:read", "groups:read"},
}
"""What each event asks of the bot's token (docs.slack.dev/reference/events)."""


def test_the_manifest_subscribes_to_the_events_that_are_listened_to(listening: Listening) -> None:
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(subscribed) == sorted(EVENTS_NEED)
    assert {event.partition(".")[0] for event in subscribed} == {*listening.events, "function_executed"}
    assert listening.steps


# The manifest and Slack's limits -----------------------------------------------------------------------------


def test_the_manifest_keeps_to_slacks_limits() -> None:
    """The limits of the official manifest schema, version 1."""
    assert set(MANIFEST) == {
        "_metadata",
        "display_information",
        "features",
        "functions",
        "oauth_config",
        "settings",
    }
    shown = MANIFEST["display_information"]
    assert set(shown) <= {"name", "description", "long_description", "background_color"}
    assert 1 <= len(shown["name"]) <= 35
    assert "slack" not in shown["name"].lower()
    assert 1 <= len(shown["description"]) <= 140
    assert re.fullmatch(r"#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}", shown["background_color"])
    assert 1 <= len(MANIFEST["features"]["bot_user"]["display_name"]) <= 80
    assert 1 <= len(COMMANDS) <= 50
    assert len({entry["command"] for entry in COMMANDS}) == len(COMMANDS)
    for entry in COMMANDS:
        assert set(entry) == {"command", "description", "usage_hint", "should_escape"}
        assert re.fullmatch(r"/[a-z]{1,31}", entry["command"])
        assert 1 <= len(entry["description"]) <= 2000
        assert len(entry["usage_hint"]) <= 1000
        assert entry["should_escape"] is (
            "@" in entry["usage_hint"]
        )  # a person's name has to arrive as an id
    assert len(MANIFEST["oauth_config"]["scopes"]["bot"]) == len(SCOPES) <= 255
    domains = MANIFEST["features"]["unfurl_domains"]
    assert len(domains) == len(set(domains)) <= 5
    assert len(MANIFEST["features"]["shortcuts"]) <= 10


def test_the_manifest_for_http_tells_slack_where_menus_are_filled(
    listening: Listening, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest_verb(argparse.Namespace(url="https://bot.example.com/", unfurl=[]))
    printed = yaml.safe_load(capsys.readouterr().out)
    url = f"https://bot.example.com{EVENTS_PATH}"
    assert printed["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": url,
        **({"message_menu_options_url": url} if listening.searches else {}),
    }
    assert printed["settings"]["event_subscriptions"]["request_url"] == url
    assert {command["url"] for command in printed["features"]["slash_commands"]} == {url}


def test_the_manifest_is_for_socket_mode_with_buttons() -> None:
    settings = MANIFEST["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}


# The dependencies and the lock -------------------------------------------------------------------------------


def wanted() -> Iterator[Requirement]:
    """Whatever pyproject.toml asks for, to run, to develop and as an extra."""
    listed = [
        *PROJECT["project"]["dependencies"],
        *(text for extra in PROJECT["project"]["optional-dependencies"].values() for text in extra),
        *(text for group in PROJECT["dependency-groups"].values() for text in group),
        *PROJECT["build-system"]["requires"],
    ]
    return map(Requirement, listed)


def locked() -> dict[str, tuple[Version, list[str]]]:
    """Name to version and hashes."""
    found: dict[str, tuple[Version, list[str]]] = {}
    for entry in re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip()):
        name, version = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", entry).groups()  # type: ignore[union-attr]
        found[canonicalize_name(name)] = (
            Version(version),
            re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry),
        )
    return found


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    pins = locked()
    for requirement in wanted():
        version, _ = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


def test_every_pin_has_hashes() -> None:
    assert len(locked()) > 40
    assert [name for name, (_, hashes) in locked().items() if not hashes] == []


def test_the_lock_holds_pins_and_hashes_and_no_address() -> None:
    for line in LOCK.splitlines():
        assert re.fullmatch(
            r"[A-Za-z0-9._\[\]-]+==[^ ;\\]+( ; [^\\]+)?( \\)?|    --hash=sha256:[0-9a-f]{64}( \\)?|    # .*",
            line,
        )
        assert "://" not in line
        assert "index" not in line.replace("--hash", "").split("#")[0]


# The code and the house --------------------------------------------------------------------------------------


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in modules()
        if re.search(r"os\.(environ|getenv|putenv)", path.read_text(encoding="utf-8"))
    }
    assert readers == {"chatbot/settings.py"}


def test_the_readme_names_only_targets_that_the_makefile_has() -> None:
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", readme, flags=re.MULTILINE))
    assert named
    assert named <= targets


def test_the_readme_has_a_row_for_each_setting_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", readme, flags=re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"[A-Z_]{5,}", row)]
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_decisions_are_numbered_without_a_gap_and_each_has_its_title() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert page.read_text(encoding="utf-8").startswith(f"# {page.name[:4]}")


def test_every_link_in_the_pages_leads_to_a_file() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    targets = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)\s#]+)", page.read_text(encoding="utf-8"))
        if "://" not in target
    ]
    assert targets
    assert [(p.name, t) for p, t in targets if not (p.parent / t).exists()] == []
