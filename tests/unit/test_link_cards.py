"""The cards beneath links: what each state shows and offers."""

from typing import Any

import pytest

from chatbot.domain.deployments import Deployment
from chatbot.messages.links import deployment_card, project_card
from tests.unit.making import (
    NOON,
    canary,
    current,
    deployment,
    domain,
    pinned,
    preview,
    project,
    promoted,
    release,
    staged,
)
from tests.unit.saying import buttons, words


@pytest.mark.parametrize(
    ("shown", "of", "offered"),
    [
        (staged(), project(), ["Promote…"]),
        (preview(), project(), ["Promote…"]),
        (promoted(), project(), ["Roll back…"]),
        (promoted(rollback_candidate=False), project(), []),
        (promoted(created_at=NOON), pinned(), ["Promote…"]),
        (current(), project(), ["Roll back…"]),
        (deployment(ready_state="BUILDING"), project(), []),
        (
            deployment(ready_state="ERROR", error="exit 1", logs_url="https://vercel.com/x"),
            project(),
            ["Build logs"],
        ),
    ],
)
def test_a_card_offers_what_can_be_done_now(shown: Deployment, of: Any, offered: list[str]) -> None:
    assert list(buttons(deployment_card(shown, of, [domain()], NOON))) == offered


def test_a_card_says_what_it_serves_or_what_is_current_instead() -> None:
    of = project()
    assert of.current is not None
    domains = [domain(serves=of.current.id), domain("www.example.com", serves="dpl_target")]
    assert "Serves shop.example.com" in words(deployment_card(of.current, of, domains, NOON))
    card = words(deployment_card(staged(), of, domains, NOON))
    assert "Serves www.example.com" in card
    assert "Current is `" in card
    assert "1 production domain: shop.example.com" in words(project_card(of, domains[:1], NOON))
    assert "pinned by a rollback" in words(project_card(pinned(), domains, NOON))


def test_while_a_rolling_release_is_under_way_the_card_leads_to_it() -> None:
    for shown in (canary(), current(), staged()):
        assert list(buttons(deployment_card(shown, project(), [], NOON, release()))) == ["Rolling release…"]
    assert list(buttons(project_card(project(), [], NOON, release()))) == ["Roll back…", "Rolling release…"]
