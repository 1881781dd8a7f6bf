"""How the documents and configurations of rolling releases are read."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from chatbot.domain.deployments import ReleaseStage
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.vercel import wire

FIXTURE = Path(__file__).parent.parent / "contract" / "vercel-fixtures" / "rolling_release.json"


def document(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(FIXTURE.read_text())["rollingRelease"]
    return {**made, **changes}


def read(**changes: Any) -> RollingRelease | None:
    return wire.ReleaseWire.model_validate({"rollingRelease": document(**changes)}).to_domain("prj_shop")


def stage(percentage: float, **more: Any) -> dict[str, Any]:
    return {
        "index": 0,
        "isFinalStage": False,
        "targetPercentage": percentage,
        "requireApproval": False,
        **more,
    }


def test_the_official_document() -> None:
    made = read()
    assert made is not None
    assert (made.state, made.active, made.queued_id) == (ReleaseState.ACTIVE, 0, None)
    assert (made.base_id, made.canary_id) == ("dpl_000000000000000000000002", "dpl_000000000000000000000003")
    assert made.canary is not None
    assert (made.canary.project_id, made.canary.url) == ("prj_shop", "shop-3abc-acme.vercel.app")
    assert made.stages == (ReleaseStage(10), ReleaseStage(100))
    assert made.started_at == datetime.fromtimestamp(1795440000, UTC)


def test_there_may_be_none() -> None:
    assert wire.ReleaseWire.model_validate({"rollingRelease": None}).to_domain("prj_shop") is None
    assert wire.ReleaseWire.model_validate({}).to_domain("prj_shop") is None


def test_what_is_deleted_and_what_is_not_active_is_none() -> None:
    made = read(state="ABORTED", currentDeployment=None, canaryDeployment=None, activeStage=None)
    assert made is not None
    assert (made.base_id, made.canary_id, made.stage, made.following) == (None, None, None, None)


def test_a_document_counts_seconds_and_a_configuration_minutes() -> None:
    stages = [stage(5, duration=90), stage(25, duration=90, linearShift=True), stage(100, duration=None)]
    made = read(stages=stages)
    assert made is not None
    assert made.stages == (
        ReleaseStage(5, timedelta(seconds=90)),
        ReleaseStage(25, timedelta(seconds=90), grows=True),
        ReleaseStage(100),
    )
    config = {
        "target": "production",
        "stages": [{"targetPercentage": 5, "duration": 90}, {"targetPercentage": 100}],
    }
    project = wire.ProjectWire.model_validate(
        {"id": "prj_x", "name": "x", "rollingRelease": config}
    ).to_domain()
    assert project.rolling_release
    assert project.stages == (ReleaseStage(5, timedelta(minutes=90)), ReleaseStage(100))


def test_a_stage_that_asks_for_approval_does_not_end_by_itself() -> None:
    made = read(stages=[stage(5, requireApproval=True, duration=90), stage(100)])
    assert made is not None
    assert made.stages[0].lasts is None


@pytest.mark.parametrize("config", [{}, {"stages": None}, {"stages": []}])
def test_a_configuration_without_stages_is_one(config: dict[str, Any]) -> None:
    project = wire.ProjectWire.model_validate(
        {"id": "prj_x", "name": "x", "rollingRelease": config}
    ).to_domain()
    assert (project.rolling_release, project.stages) == (True, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "PAUSED"},
        {"activeStage": {"index": 2}},
        {"activeStage": {"index": -1}},
        {"stages": [stage(101)]},
        {"stages": [stage(-1)]},
        {"stages": [stage(5, duration=10**12)]},
        {"startedAt": None},
        {"canaryDeployment": {"id": "dpl_x"}},
    ],
    ids=str,
)
def test_a_document_that_makes_no_sense_is_not_read(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(**changes)
