"""The environment, read once into a frozen object. The only module that reads os.environ."""

import os
import re
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_SLACK_ID = re.compile(r"[UWS][A-Z0-9]{5,}")
_STATUSES = re.compile(r"([2-5][0-9]{2})(?: *- *([2-5][0-9]{2}))?")


Seconds = Annotated[float, Field(gt=0, le=86400, allow_inf_nan=False)]


class SettingsError(Exception):
    """A setting is missing or wrong. One sentence that names every such variable, never its value."""


class Settings(BaseSettings):
    """Durations are seconds. URLs end as the libraries want them: Slack's with a slash, the others without."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    slack_bot_token: SecretStr = Field(min_length=1)
    slack_app_token: SecretStr = Field(default=SecretStr(""), description="Socket Mode only")
    slack_signing_secret: SecretStr = Field(default=SecretStr(""), description="HTTP only")
    slack_api_url: str = "https://slack.com/api/"

    vercel_token: SecretStr = Field(min_length=1)
    vercel_team_id: str = ""
    vercel_api_url: str = "https://api.vercel.com"

    github_token: SecretStr = Field(default=SecretStr(""), description="counts commits; optional")
    github_api_url: str = "https://api.github.com"

    database_url: SecretStr = SecretStr("sqlite:///promotebot.db")

    promotebot_allowed: Annotated[frozenset[str], NoDecode] = frozenset()
    promotebot_probe_url: str = "https://{domain}/"
    promotebot_probe_private: bool = False
    promotebot_probe_expect: Annotated[frozenset[int], NoDecode] = frozenset(range(200, 400))
    promotebot_probe_timeout_seconds: Annotated[float, Field(gt=0, le=15, allow_inf_nan=False)] = 3
    promotebot_build_log: bool = True
    promotebot_tell_authors: bool = True
    promotebot_poll_seconds: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = Field(
        default=10, description="how often all projects are looked at; 0: once, the rest is left to webhooks"
    )
    promotebot_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="of the webhook that Vercel signs; none: no webhooks"
    )
    promotebot_webhook_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None, description="where webhooks arrive in Socket Mode"
    )
    promotebot_confirmation_seconds: Seconds = 600
    promotebot_unseen_seconds: Seconds = Field(
        default=60,
        description="how long an unanswered write is looked for before its outcome is called unknown",
    )
    promotebot_lease_seconds: Seconds = Field(
        default=30, description="how long an operation stays with a process that says nothing"
    )
    promotebot_observe_seconds: Seconds = Field(
        default=180, description="how long an accepted move is watched before its outcome is called unknown"
    )

    @field_validator("database_url", mode="before")
    @classmethod
    def _or_the_default(cls, value: object) -> object:
        blank = isinstance(value, str) and not value.strip()
        return cls.model_fields["database_url"].default if blank else value

    @field_validator("promotebot_webhook_port", mode="before")
    @classmethod
    def _or_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("promotebot_allowed", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return frozenset(re.split(r"[\s,]+", value.strip())) - {""} if isinstance(value, str) else value

    @field_validator("promotebot_allowed")
    @classmethod
    def _are_slack_ids(cls, value: frozenset[str]) -> frozenset[str]:
        if not all(map(_SLACK_ID.fullmatch, value)):
            raise ValueError("it takes ids of Slack users and groups, such as U012ABCDE or S012ABCDE")
        return value

    @field_validator("promotebot_probe_expect", mode="before")
    @classmethod
    def _statuses(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found: set[int] = set()
        for part in value.split(","):
            ends = _STATUSES.fullmatch(part.strip())
            statuses = range(int(ends[1]), int(ends[2] or ends[1]) + 1) if ends else ()
            if not statuses:
                raise ValueError("it takes HTTP statuses and ranges, such as 200-399 or 200,204,401")
            found.update(statuses)
        return frozenset(found)

    @field_validator("*", mode="before")
    @classmethod
    def _stripped(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value  # a secret from a file ends with a newline

    @field_validator("slack_api_url", "vercel_api_url", "github_api_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s]", value):
            raise ValueError("it must be an http or https address")
        return value.rstrip("/")

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, value: str) -> str:
        return value + "/"

    @field_validator("promotebot_probe_url")
    @classmethod
    def _names_the_domain(cls, value: str) -> str:
        if "{domain}" not in value or not re.match(r"https?://[^/\s]", value):
            raise ValueError("it must be an http or https address that holds {domain}")
        return value

    @property
    def watches(self) -> bool:
        """Whether anything tells the bot what others do to production."""
        return self.promotebot_poll_seconds > 0 or bool(self.promotebot_webhook_secret.get_secret_value())

    @classmethod
    def read(cls) -> Self:
        """The environment's settings.

        Raises:
            SettingsError: a variable is missing or wrong.
        """
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from None


def hide_from_bolt() -> None:
    """Drop what Bolt's AsyncApp would read by itself: a second token, and the switch to its OAuth mode."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        os.environ.pop(name, None)


def _sentence(error: ValidationError) -> str:
    missing, wrong = [], []
    for item in error.errors(include_input=False, include_url=False):
        name = str(item["loc"][0]).upper()
        if item["type"] in {"missing", "string_too_short", "too_short"}:
            missing.append(name)
        else:
            wrong.append(f"{name}: {item['msg'].removeprefix('Value error, ')}")
    parts = [f"Missing: {', '.join(missing)}."] if missing else []
    parts += [f"{text}." for text in wrong]
    return " ".join(parts)


def database_url() -> str:
    """The one setting that the audit and db verbs need."""
    return os.environ.get("DATABASE_URL", "").strip() or str(
        Settings.model_fields["database_url"].default.get_secret_value()
    )
