import os

import pytest

from chatbot.settings import Settings, SettingsError, database_url, hide_from_bolt

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-very-secret",
    "SLACK_APP_TOKEN": "xapp-very-secret",
    "SLACK_SIGNING_SECRET": "signing-very-secret",
    "VERCEL_TOKEN": "vercel-very-secret",
    "GITHUB_TOKEN": "github-very-secret",
    "PROMOTEBOT_WEBHOOK_SECRET": "webhook-very-secret",
    "DATABASE_URL": "postgresql+psycopg://bot:very-secret@db/bot",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing but the secrets."""
    for name in list(os.environ):
        if name.upper().startswith(("SLACK_", "VERCEL_", "GITHUB_", "PROMOTEBOT_", "DATABASE_")):
            monkeypatch.delenv(name)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refused() -> str:
    with pytest.raises(SettingsError) as error:
        Settings.read()
    return str(error.value)


def test_the_platforms_own_addresses_are_the_default() -> None:
    settings = Settings.read()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.vercel_api_url == "https://api.vercel.com"
    assert settings.promotebot_allowed == frozenset()
    assert not settings.promotebot_probe_private
    assert settings.promotebot_confirmation_seconds == 600


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "VERCEL_TOKEN"])
def test_a_missing_variable_is_named(name: str, environment: pytest.MonkeyPatch) -> None:
    environment.delenv(name)
    assert refused() == f"Missing: {name}."


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "VERCEL_TOKEN"])
def test_an_empty_variable_is_a_missing_one(name: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv(name, "")
    assert refused() == f"Missing: {name}."


def test_all_missing_variables_are_named_in_one_sentence(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SLACK_BOT_TOKEN")
    environment.delenv("VERCEL_TOKEN")
    assert refused() == "Missing: SLACK_BOT_TOKEN, VERCEL_TOKEN."


@pytest.mark.parametrize(
    "name",
    [
        "PROMOTEBOT_CONFIRMATION_SECONDS",
        "PROMOTEBOT_UNSEEN_SECONDS",
        "PROMOTEBOT_LEASE_SECONDS",
        "PROMOTEBOT_OBSERVE_SECONDS",
        "PROMOTEBOT_PROBE_PRIVATE",
        "PROMOTEBOT_BUILD_LOG",
        "PROMOTEBOT_TELL_AUTHORS",
        "PROMOTEBOT_PROBE_EXPECT",
        "PROMOTEBOT_PROBE_TIMEOUT_SECONDS",
    ],
)
def test_a_wrong_variable_is_named_without_its_value(name: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv(name, "xoxb-pasted-here")
    sentence = refused()
    assert sentence.startswith(f"{name}: ")
    assert "pasted" not in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_wrong_list_of_people_is_named_without_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PROMOTEBOT_ALLOWED", "U0ANA0001, xoxb-pasted-here")
    sentence = refused()
    assert sentence.startswith("PROMOTEBOT_ALLOWED: ")
    assert "pasted" not in sentence
    assert "U0ANA0001" not in sentence


SECONDS = [
    "promotebot_confirmation_seconds",
    "promotebot_unseen_seconds",
    "promotebot_lease_seconds",
    "promotebot_observe_seconds",
]


@pytest.mark.parametrize("name", SECONDS)
@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "-1", "0", "86401", "1e999"])
def test_seconds_are_more_than_none_and_at_most_a_day(
    name: str, text: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv(name.upper(), text)
    assert refused().startswith(f"{name.upper()}: ")


@pytest.mark.parametrize("name", SECONDS)
@pytest.mark.parametrize("seconds", [0.001, 1, 86_400])
def test_seconds_within_a_day_are_taken(name: str, seconds: float, environment: pytest.MonkeyPatch) -> None:
    environment.setenv(name.upper(), str(seconds))
    assert getattr(Settings.read(), name) == seconds


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED", "U0ANA0001"),
        ("PROBE_URL", "http://127.0.0.1:1/{domain}"),
        ("PROBE_PRIVATE", "1"),
        ("BUILD_LOG", "false"),
        ("PROBE_EXPECT", "200"),
        ("PROBE_TIMEOUT_SECONDS", "1"),
        ("CONFIRMATION_SECONDS", "1"),
        ("UNSEEN_SECONDS", "1"),
        ("LEASE_SECONDS", "1"),
        ("OBSERVE_SECONDS", "1"),
    ],
)
def test_a_variable_without_the_prefix_is_somebody_elses(
    name: str, value: str, environment: pytest.MonkeyPatch
) -> None:
    before = Settings.read()
    environment.setenv(name, value)
    assert Settings.read() == before
    environment.setenv(f"PROMOTEBOT_{name}", value)
    assert Settings.read() != before


def test_missing_and_wrong_are_said_together(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("VERCEL_TOKEN")
    environment.setenv("PROMOTEBOT_PROBE_PRIVATE", "perhaps")
    sentence = refused()
    assert sentence.startswith("Missing: VERCEL_TOKEN. PROMOTEBOT_PROBE_PRIVATE: ")
    assert not any(secret in sentence for secret in SECRETS.values())


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", set()),
        ("  ", set()),
        (",", set()),
        ("U0ANA0001", {"U0ANA0001"}),
        ("U0ANA0001,S0ONCALL1", {"U0ANA0001", "S0ONCALL1"}),
        ("U0ANA0001, S0ONCALL1\n W0BOB0002,", {"U0ANA0001", "S0ONCALL1", "W0BOB0002"}),
        ("U0ANA0001 U0ANA0001", {"U0ANA0001"}),
    ],
)
def test_the_allowed_are_ids_between_commas_and_spaces(
    text: str, allowed: set[str], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("PROMOTEBOT_ALLOWED", text)
    assert Settings.read().promotebot_allowed == allowed


@pytest.mark.parametrize(
    "text", ["ana", "@ana", "<@U0ANA0001>", "u0ana0001", "C0DEPLOYS", "U1", "*", "U0ANA0001;"]
)
def test_whatever_else_is_in_the_list_stops_the_bot(text: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PROMOTEBOT_ALLOWED", f"U0ANA0001 {text}")
    assert refused().startswith("PROMOTEBOT_ALLOWED: ")


@pytest.mark.parametrize(
    "typed", ["http://127.0.0.1:1/api", "http://127.0.0.1:1/api/", "http://127.0.0.1:1/api//"]
)
def test_urls_end_as_the_libraries_want_them(typed: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_API_URL", typed)
    environment.setenv("VERCEL_API_URL", typed)
    environment.setenv("GITHUB_API_URL", typed)
    settings = Settings.read()
    assert settings.slack_api_url == "http://127.0.0.1:1/api/"
    assert settings.vercel_api_url == settings.github_api_url == "http://127.0.0.1:1/api"


@pytest.mark.parametrize("name", ["SLACK_API_URL", "VERCEL_API_URL", "GITHUB_API_URL"])
@pytest.mark.parametrize(
    "text",
    [
        "api.vercel.com",
        "ftp://127.0.0.1",
        "//127.0.0.1",
        "https://",
        "https:///api",
        "https:// api",
        "file:///etc",
        "",
        " ",
    ],
)
def test_an_address_that_is_none_stops_the_bot(name: str, text: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv(name, text)
    assert refused() == f"{name}: it must be an http or https address."


@pytest.mark.parametrize(
    "text",
    ["https://example.com/", "{domain}", "ftp://{domain}/", "https://{name}/", "https://{ domain }/", ""],
)
def test_the_probes_address_has_to_hold_the_domain(text: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PROMOTEBOT_PROBE_URL", text)
    assert refused() == ("PROMOTEBOT_PROBE_URL: it must be an http or https address that holds {domain}.")


@pytest.mark.parametrize("text", ["https://{domain}/", "http://127.0.0.1:1/sites/{domain}/?probe={domain}"])
def test_the_probes_address_is_taken_as_it_is(text: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PROMOTEBOT_PROBE_URL", text)
    assert Settings.read().promotebot_probe_url == text


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("200-399", {200, 301, 399}),
        ("200", {200}),
        ("200,204,401", {200, 204, 401}),
        (" 200 - 299 , 404 ", {200, 299, 404}),
        ("599-599,200-204,202-299", {599, 200, 204, 299}),
    ],
)
def test_the_expected_statuses_are_numbers_and_ranges(
    text: str, some: set[int], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("PROMOTEBOT_PROBE_EXPECT", text)
    expected = Settings.read().promotebot_probe_expect
    assert some <= expected
    assert expected <= set(range(200, 600))
    assert (300 in expected) is (text == "200-399")
    assert 400 not in expected


@pytest.mark.parametrize(
    "text",
    ["", ",", "200,", "99", "199", "600", "200-", "-200", "399-200", "2xx", "200..399", "²00", "200 204"],
)
def test_expected_statuses_that_are_none_stop_the_bot(text: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PROMOTEBOT_PROBE_EXPECT", text)
    assert refused() == (
        "PROMOTEBOT_PROBE_EXPECT: it takes HTTP statuses and ranges, such as 200-399 or 200,204,401."
    )


@pytest.mark.parametrize("text", ["0", "-1", "15.1", "nan", "inf"])
def test_a_visit_takes_a_few_seconds_at_most(text: str, environment: pytest.MonkeyPatch) -> None:
    """All visits have to be through before the operation's lease ends."""
    environment.setenv("PROMOTEBOT_PROBE_TIMEOUT_SECONDS", text)
    assert refused().startswith("PROMOTEBOT_PROBE_TIMEOUT_SECONDS: ")


TYPED = {
    **SECRETS,
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "VERCEL_TEAM_ID": "team_acme",
    "VERCEL_API_URL": "http://127.0.0.1:1",
    "GITHUB_API_URL": "http://127.0.0.1:1",
    "PROMOTEBOT_ALLOWED": "U0ANA0001, S0ONCALL1",
    "PROMOTEBOT_PROBE_URL": "http://127.0.0.1:1/sites/{domain}/",
    "PROMOTEBOT_PROBE_PRIVATE": "true",
    "PROMOTEBOT_BUILD_LOG": "false",
    "PROMOTEBOT_TELL_AUTHORS": "false",
    "PROMOTEBOT_PROBE_EXPECT": "200,204",
    "PROMOTEBOT_POLL_SECONDS": "20",
    "PROMOTEBOT_WEBHOOK_PORT": "3001",
    "PROMOTEBOT_PROBE_TIMEOUT_SECONDS": "1.5",
    **{name.upper(): "7.5" for name in SECONDS},
}


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
@pytest.mark.parametrize("around", ["%s\n", " %s", "\t%s\r\n"])
def test_what_a_file_leaves_around_a_value_is_no_part_of_it(
    name: str, around: str, environment: pytest.MonkeyPatch
) -> None:
    bare = Settings.read()
    environment.setenv(name, TYPED[name])
    typed = Settings.read()
    assert name in SECRETS or typed != bare
    environment.setenv(name, around % TYPED[name])
    assert Settings.read() == typed


@pytest.mark.parametrize("around", ["%s\n", " %s", "\t%s\r\n"])
def test_a_secret_is_taken_without_what_a_file_leaves_around_it(
    around: str, environment: pytest.MonkeyPatch
) -> None:
    for name, secret in SECRETS.items():
        environment.setenv(name, around % secret)
    settings = Settings.read()
    for name, secret in SECRETS.items():
        assert getattr(settings, name.lower()).get_secret_value() == secret
    assert database_url() == SECRETS["DATABASE_URL"]


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "VERCEL_TOKEN"])
def test_a_token_of_spaces_is_a_missing_one(name: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv(name, " \n")
    assert refused() == f"Missing: {name}."


def test_without_a_database_named_it_is_a_file_beside_the_bot(environment: pytest.MonkeyPatch) -> None:
    for blank in ("", " ", "\n", " \t\r\n"):
        environment.setenv("DATABASE_URL", blank)
        assert Settings.read().database_url.get_secret_value() == "sqlite:///promotebot.db" == database_url()
    environment.delenv("DATABASE_URL")
    assert Settings.read().database_url.get_secret_value() == "sqlite:///promotebot.db" == database_url()


def test_no_secret_shows_in_what_is_printed() -> None:
    settings = Settings.read()
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump())):
        assert "very-secret" not in shown


def test_a_secret_that_is_not_accepted_does_not_show(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PROMOTEBOT_LEASE_SECONDS", "x")
    assert not any(secret in refused() for secret in SECRETS.values())


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(Settings.read(), "vercel_team_id", "team_x")  # noqa: B010 - the type checker forbids it as well


def test_bolt_finds_no_variables_of_its_own(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_CLIENT_ID", "1")
    environment.setenv("SLACK_CLIENT_SECRET", "2")
    hide_from_bolt()
    assert not {"SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"} & set(os.environ)
    hide_from_bolt()


def test_the_audit_verbs_need_the_database_only(environment: pytest.MonkeyPatch) -> None:
    assert database_url() == SECRETS["DATABASE_URL"]
    for name in SECRETS:
        environment.delenv(name)
    for blank in ("", " \n"):
        environment.setenv("DATABASE_URL", blank)
        assert database_url() == "sqlite:///promotebot.db"
