"""Operations on two domains, at any stage and with anything found, for what is told of them."""

from datetime import timedelta
from typing import Any

from chatbot.domain.operations import Build, DomainProof, Findings, Operation, Stage
from chatbot.domain.planning import (
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.plans import (
    Plan,
)
from tests.unit.making import NOON, domain, look, operation, preview, project, promoted, staged

DOMAINS = (domain(), domain("eu.example.com"))
PROMOTE = plan_promotion(look(staged(), domains=DOMAINS))
REBUILD = plan_promotion(look(preview(), domains=DOMAINS))
ROLLBACK = plan_rollback(look(promoted(), domains=DOMAINS))
FIRST = plan_promotion(look(staged(), project=project(current=None), domains=DOMAINS))
BUILD = Build("dpl_new", "shop-new.vercel.app", "BUILDING", NOON - timedelta(seconds=30))
BUILD_STATES = ("QUEUED", "INITIALIZING", "BUILDING", "BLOCKED", "READY", "ERROR", "CANCELED", "DELETED")
MOVED = tuple(DomainProof(d.name, "dpl_target", moved=True, status=200, is_well=True) for d in DOMAINS)
HALF = (MOVED[0], DomainProof("eu.example.com", "dpl_current", moved=False))


def at(stage: Stage, plan: Plan = PROMOTE, **findings: Any) -> Operation:
    return operation(plan, stage, asked_at=NOON, findings=Findings(**findings))
