"""The proof per domain: what each serves, and how it answers."""

from slack_sdk.models.blocks import Block

from chatbot.domain.operations import DomainProof, Operation
from chatbot.messages.message import Message, sections
from chatbot.messages.wording import bullets, code, count, domain_name, foreign

SHOWN_PROOFS = 20
_SECTIONS = 4
"""Of 3,000 characters each: Slack takes some 13,000 in a message (bolt-js#2509)."""

_FAULTS = {
    "timeout": "does not answer in time",
    "unresolved": "its name does not resolve",
    "private": "resolves to a private address, which I do not visit",
    "certificate": "its certificate is not valid",
    "tls": "speaks no TLS that I know",
    "refused": "refuses connections",
    "unreachable": "cannot be reached",
    "broke off": "breaks the connection off",
    "garbled": "answers, but not in HTTP",
    "skipped": "was not visited: other sites took too long",
}


def proof(operation: Operation) -> list[Block]:
    """The worst first, so that nothing wrong is among those that are only counted."""
    proofs = operation.findings.proofs
    if not proofs:
        return []
    title = f"*Proof per domain* for {code(operation.final_id or '')}"
    return list(sections([title, *bullets(map(_line, _worst_first(proofs)), SHOWN_PROOFS)]))


def ill_of(operation: Operation) -> list[DomainProof]:
    """Those that moved and did not answer as a site that is well."""
    return [p for p in operation.findings.proofs if p.moved and not p.is_well]


def in_short_ill(operation: Operation) -> str:
    """For a text that stands alone: `, 2 of them not well`; empty where all are."""
    ill = len(ill_of(operation))
    return f", {ill} of them not well" if ill else ""


def whole_proof(operation: Operation) -> list[Message]:
    """Every domain, for the thread, in as many messages as that takes; none where the operation message has all."""
    proofs = operation.findings.proofs
    if len(proofs) <= SHOWN_PROOFS:
        return []
    total, name = count(len(proofs), "domain"), foreign(operation.plan.project.name)
    moved = sum(p.moved for p in proofs)
    title = f"*All {total}* of {name}: {moved} serve {code(operation.final_id or '')}"
    chunks = sections([title, *(f"• {_line(p)}" for p in _worst_first(proofs))])
    parts = [tuple(chunks[n : n + _SECTIONS]) for n in range(0, len(chunks), _SECTIONS)]
    return [Message(f"All {total} of {name}, {n} of {len(parts)}.", part) for n, part in enumerate(parts, 1)]


def _worst_first(proofs: tuple[DomainProof, ...]) -> list[DomainProof]:
    return sorted(proofs, key=lambda p: (p.moved or p.gone, p.is_well or p.gone))


def _line(proof: DomainProof) -> str:
    if proof.gone:
        return f"{domain_name(proof.name)}: no longer a domain of production"
    if not proof.moved:
        where = f"still on {code(proof.serves)}" if proof.serves else "serves nothing"
        return f"{domain_name(proof.name)}: {where}"
    if proof.status is None:
        return f"{domain_name(proof.name)}: {_unanswered(proof.fault)}"
    if not proof.is_well:
        return f"{domain_name(proof.name)}: moved, but {how_ill(proof.status, None)}"
    return f"{domain_name(proof.name)}: ok ({proof.status})"


def _unanswered(fault: str | None) -> str:
    if fault is None:
        return "moved"
    if fault == "wildcard":
        return "moved; a wildcard has no page of its own to visit"
    return f"moved, but {fault_in_words(fault)}"


def fault_in_words(fault: str | None) -> str:
    """Why a site has no status, as the end of a sentence about it."""
    return _FAULTS.get(fault or "", "does not answer")


def how_ill(status: int | None, fault: str | None) -> str:
    """`answers 502`, or why there is no answer."""
    return f"answers {status}" if status is not None else fault_in_words(fault)
