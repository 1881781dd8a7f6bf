"""Plans and findings live in the database as JSON: what comes back is what went in."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from chatbot.domain.operations import Findings, Operation, Stage
from chatbot.domain.plans import (
    Plan,
    what_changed,
)
from chatbot.domain.undoing import retry_of, undo_of
from tests.unit.strategies import domain_lists, findings, operations, plans

_plans = TypeAdapter(Plan)
_findings = TypeAdapter(Findings)


@given(plans())
def test_a_plan_survives_its_journey_through_json(plan: Plan) -> None:
    back = _plans.validate_json(_plans.dump_json(plan))
    assert back == plan
    assert back.fingerprint() == plan.fingerprint()
    assert back.core_fingerprint() == plan.core_fingerprint()
    assert what_changed(plan, back) == ()


@given(st.data())
def test_findings_survive_their_journey_through_json(data: st.DataObject) -> None:
    made = data.draw(findings(data.draw(domain_lists())))
    assert _findings.validate_json(_findings.dump_json(made)) == made


@given(operations(Stage.PARTLY_MOVED))
def test_a_stored_operation_promises_the_same(made: Operation) -> None:
    back = replace(
        made,
        plan=_plans.validate_json(_plans.dump_json(made.plan)),
        findings=_findings.validate_json(_findings.dump_json(made.findings)),
    )
    for promise in (undo_of, retry_of):
        assert promise(back) == promise(made)


def test_findings_of_an_earlier_version_lack_what_it_did_not_know() -> None:
    assert _findings.validate_json('{"seen": "dpl_x"}') == Findings(seen="dpl_x")


def test_no_findings_are_findings_too() -> None:
    assert _findings.validate_json(_findings.dump_json(Findings())) == Findings()
