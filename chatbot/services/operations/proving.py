"""The proof per domain: what each production domain serves now, and how it answers."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from chatbot.domain.operations import DomainProof, Findings, Operation
from chatbot.services.operations.held import Held
from chatbot.services.prober import Probe

_BEFORE = 0.5
"""Seconds, beside the reads that come before the ask anyway: nobody waits much longer for a site that hangs."""
_A_MOMENT = 1.0


async def proofs(held: Held, *, probe: bool) -> tuple[DomainProof, ...]:
    """Of the planned domains. With `probe`, also of what production has got or lost since, where that may be.

    What was seen moved and well is not visited again.
    """
    operation = held.operation
    names = [d.name for d in operation.plan.domains]
    well = {
        p.name: Probe(p.status, p.fault, p.is_well) for p in held.findings.proofs if p.moved and p.is_well
    }
    if probe:
        await held.renew()
    serving, visited = await asyncio.gather(
        held.crew.vercel.serving(held.row.project_id),
        _visit(held, set(names) - set(well) if probe else set()),
    )
    found = well | visited
    gone: set[str] = set()
    if probe and _may_have_changed(operation, serving):
        listed = [d for d in await held.crew.vercel.domains(held.row.project_id) if d.moves_with_production]
        serving = {d.name: d.serves for d in listed if d.serves}
        gone = set(names) - {d.name for d in listed}
        new = sorted(d.name for d in listed if d.verified and d.name not in names)
        await held.renew()
        found |= await _visit(held, set(new) - set(found))
        names += new
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


async def well_now(held: Held) -> tuple[str, ...]:
    """Planned domains whose sites are well before anything moves, for what is seen afterwards. Never waited for long:
    a site that does not answer by then is not known to be well.
    """
    names = [d.name for d in held.operation.plan.domains]
    found = await held.crew.prober.probe(names, within=_BEFORE)
    return tuple(name for name in names if found[name].is_well)


async def still_ill(held: Held, ill: Sequence[DomainProof]) -> list[DomainProof]:
    """Visited once more, a moment later: a move may leave a flicker."""
    await asyncio.sleep(_A_MOMENT)
    found = await _visit(held, {p.name for p in ill})
    again = [replace(p, **asdict(found[p.name])) for p in ill]
    return [p for p in again if not p.is_well and p.fault != "skipped"]


async def _visit(held: Held, names: set[str]) -> dict[str, Probe]:
    return await held.crew.prober.probe(names, within=held.crew.patience.ask)


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
