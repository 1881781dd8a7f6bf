"""The proof per domain: what each production domain serves now, and how it answers."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict

from chatbot.domain.operations import DomainProof, Findings, Operation
from chatbot.services.held import Held
from chatbot.services.prober import Probe


async def proofs(held: Held, *, probe: bool) -> tuple[DomainProof, ...]:
    """Of the planned domains. With `probe`, also of what production has got or lost since, where that may be."""
    operation = held.operation
    names = [d.name for d in operation.plan.domains]
    if probe:
        await held.renew()
    serving, found = await asyncio.gather(
        held.crew.vercel.serving(held.row.project_id),
        held.crew.prober.probe(names if probe else (), within=held.crew.patience.ask),
    )
    gone: set[str] = set()
    if probe and _may_have_changed(operation, serving):
        listed = [d for d in await held.crew.vercel.domains(held.row.project_id) if d.moves_with_production]
        serving = {d.name: d.serves for d in listed if d.serves}
        gone = set(names) - {d.name for d in listed}
        names += sorted(d.name for d in listed if d.verified and d.name not in names)
    return tuple(
        DomainProof(
            name,
            serves=serving.get(name),
            moved=serving.get(name) == operation.final_id,
            gone=name in gone,
            **asdict(found.get(name, Probe())),
        )
        for name in names
    )


def moved(held: Held, findings: Findings) -> list[bool]:
    """Of the domains that can move: one that is not verified, or is gone, serves nothing."""
    unverified = {d.name for d in held.operation.plan.domains if not d.verified}
    return [proof.moved for proof in findings.proofs if not proof.gone and proof.name not in unverified]


def _may_have_changed(operation: Operation, serving: Mapping[str, str]) -> bool:
    """Whether the list of production domains is worth another request: one has not moved, or there is a name
    beside them that serves what was Current, as a domain does that was added before the move was through.
    """
    final, was, planned = operation.final_id, operation.was, operation.plan.domains
    names = {d.name for d in planned}
    stays = any(d.verified and serving.get(d.name) != final for d in planned)
    return stays or any(
        was is not None and serves == was.id and name not in names and not name.endswith(".vercel.app")
        for name, serves in serving.items()
    )
