"""Between a domain value and its row: plans and findings are JSON texts there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter

from chatbot.domain.operations import Findings, Operation, Stage
from chatbot.domain.plans import (
    Plan,
)
from chatbot.domain.releases import RollingRelease
from storage.models import Operation as Row

_plans = TypeAdapter(Plan)
_findings = TypeAdapter(Findings)


def plan_json(plan: Plan) -> str:
    return _plans.dump_json(plan).decode()


def plan_from(text: str) -> Plan:
    return _plans.validate_json(text)


def findings_json(findings: Findings) -> str:
    return _findings.dump_json(findings).decode()


def as_operation(row: Row) -> Operation:
    return Operation(
        id=row.id,
        plan=_plans.validate_json(row.plan),
        stage=Stage(row.state),
        actor=row.actor,
        channel=row.channel,
        requested_at=row.created_at,
        asked_at=row.asked_at,
        promote_asked_at=row.promote_asked_at,
        finished_at=row.finished_at,
        ended_by=row.ended_by,
        reason=row.reason,
        findings=findings_of(row),
    )


def findings_of(row: Row) -> Findings:
    return _findings.validate_json(row.outcome) if row.outcome else Findings()


@dataclass(frozen=True)
class Lease:
    """Whose an operation is until then: the others leave it alone."""

    owner: str
    until: datetime


def row_of(plan: Plan, fingerprint: str, *, actor: str, channel: str, lease: Lease, now: datetime) -> Row:
    """A new operation, under its first lease."""
    return Row(
        id=str(uuid4()),
        project_id=plan.project.id,
        project_name=plan.project.name,
        path=plan.path.value,
        target_id=plan.target.id,
        from_id=plan.current.id if plan.current else None,
        plan=plan_json(plan),
        fingerprint=fingerprint,
        actor=actor,
        channel=channel,
        reason=plan.reason,
        created_at=now,
        fence=1,
        lease_owner=lease.owner,
        lease_until=lease.until,
        look_at=now,
    )


def about(plan: Plan) -> dict[str, Any]:
    """What the audit log keeps of a plan."""
    return {
        "path": plan.path.value,
        "target": plan.target.id,
        "from": plan.current.id if plan.current else None,
        "domains": [d.name for d in plan.domains],
        **({"reason": plan.reason} if plan.reason else {}),
        **({"keep_off": True} if plan.keep_off else {}),
        **({"release": _release(plan.release)} if plan.release else {}),
    }


def _release(release: RollingRelease) -> dict[str, Any]:
    return {"state": release.state.value, "canary": release.canary_id, "stage": release.active}


def summary(findings: Findings) -> dict[str, Any]:
    """What the audit log keeps of an outcome."""
    kept = {
        "said": findings.trouble.text if findings.trouble else None,
        "changed": list(findings.changed) or None,
        "seen": findings.seen,
        "build": findings.build.id if findings.build else None,
        "release": _release(findings.release) if findings.release else None,
        "domains": {p.name: {"serves": p.serves, "moved": p.moved} for p in findings.proofs} or None,
    }
    return {key: value for key, value in kept.items() if value is not None}
