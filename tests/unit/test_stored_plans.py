"""Plans and findings live in the database as JSON: what comes back is what went in."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from chatbot.domain.operations import Findings
from chatbot.domain.planning import Plan, inverse_of, what_changed
from tests.unit.strategies import domain_lists, findings, plans

_plans = TypeAdapter(Plan)
_findings = TypeAdapter(Findings)


@given(plans())
def test_a_plan_survives_its_journey_through_json(plan: Plan) -> None:
    back = _plans.validate_json(_plans.dump_json(plan))
    assert back == plan
    assert back.fingerprint() == plan.fingerprint()
    assert back.core_fingerprint() == plan.core_fingerprint()
    assert inverse_of(back) == inverse_of(plan)
    assert what_changed(plan, back) == ()


@given(st.data())
def test_findings_survive_their_journey_through_json(data: st.DataObject) -> None:
    made = data.draw(findings(data.draw(domain_lists())))
    assert _findings.validate_json(_findings.dump_json(made)) == made


def test_no_findings_are_findings_too() -> None:
    assert _findings.validate_json(_findings.dump_json(Findings())) == Findings()
