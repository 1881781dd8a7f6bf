"""The operation message: one message in the channel, updated until the outcome, with the proof per domain."""

from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.operations import Build, DomainProof, Operation, Stage, duration
from chatbot.domain.planning import Path, inverse_of
from chatbot.messages import actions
from chatbot.messages.confirmation import title
from chatbot.messages.message import (
    Message,
    ask_first,
    button,
    context,
    header,
    link,
    row,
    section,
    sections,
)
from chatbot.messages.wording import (
    bullets,
    code,
    count,
    deployment_line,
    domain_name,
    escape,
    foreign,
    mention,
    named,
    span,
)

_SHOWN_PROOFS = 20
_BAR = 12


def progress(operation: Operation, now: datetime) -> Message:
    """The message as it should read now, whatever the stage."""
    headline = _headline(operation)
    blocks: list[Block] = [header(headline), section(_what(operation))]
    if told := _told(operation, now):
        blocks.append(section(told))
    if operation.findings.proofs:
        blocks += sections(_proofs(operation.findings.proofs, operation.final_id))
    if buttons := _buttons(operation):
        blocks.append(row(*buttons))
    blocks.append(context(_who(operation, now)))
    return Message(escape(_alone(operation, headline)), tuple(blocks))


def announcement(operation: Operation) -> Message:
    """What is Current now, once it is proven; with the way back one click away."""
    plan = operation.plan
    proven = [domain_name(p.name) for p in operation.findings.proofs if p.moved]
    target = code(operation.final_id or plan.target.id)
    was = deployment_line(plan.current) if plan.current else "nothing"
    verb = {Path.PROMOTE: "promoted", Path.REBUILD: "rebuilt and promoted", Path.ROLLBACK: "rolled back"}[
        plan.path
    ]
    lines = [
        f"*Current of {foreign(plan.project.name)} is now {deployment_line(plan.target)}* {target}",
        f"It was {was}. {verb.capitalize()} from Slack by {mention(operation.actor)}.",
        f"Proven on {count(len(proven), 'domain')}: {named(proven, 10)}",
    ]
    if operation.reason:
        lines.append(f"Reason: {foreign(operation.reason, 250)}")
    if not plan.auto_assign_after:
        lines.append("Production is pinned: new production builds stay Staged until somebody promotes.")
    undo = _undo(operation)
    text = f"Current of {foreign(plan.project.name)} is now {foreign(plan.target.label)}"
    return Message(
        f"{text}, on {count(len(proven), 'domain')}.", (*sections(lines), *((row(undo),) if undo else ()))
    )


def _headline(operation: Operation) -> str:
    name, label = operation.plan.project.name, operation.plan.target.label
    match operation.stage:
        case Stage.SUCCEEDED:
            return f"{name}: {label} is Current"
        case Stage.PARTLY_MOVED:
            return f"{name}: only partly moved to {label}"
        case Stage.FAILED:
            return f"{title(operation.plan)}: failed"
        case Stage.UNKNOWN:
            return f"{title(operation.plan)}: outcome unknown"
        case Stage.SUPERSEDED:
            return f"{title(operation.plan)}: superseded"
        case Stage.OUTDATED:
            return f"{title(operation.plan)}: not started"
        case Stage.CANCELLED:
            return f"{title(operation.plan)}: cancelled"
        case _:
            return title(operation.plan)


def _alone(operation: Operation, headline: str) -> str:
    match operation.stage:
        case Stage.SUCCEEDED:
            moved = sum(p.moved for p in operation.findings.proofs)
            return f"{headline} on {count(moved, 'domain')}."
        case stage if stage.is_outcome:
            return f"{headline}."
        case _:
            return f"{headline}: under way."


def _what(operation: Operation) -> str:
    plan = operation.plan
    was = deployment_line(plan.current) if plan.current else "nothing"
    text = f"{was}\n→ {deployment_line(plan.target)}"
    if operation.reason:
        text += f"\nReason: {foreign(operation.reason, 250)}"
    return text


def _told(operation: Operation, now: datetime) -> str:
    """What is happening or has happened, and what to do next."""
    return _outcome(operation) if operation.stage.is_outcome else _under_way(operation, now)


def _under_way(operation: Operation, now: datetime) -> str:
    findings = operation.findings
    match operation.stage:
        case Stage.BUILDING:
            return _building(findings.build, operation, now)
        case Stage.MOVING if findings.queued:
            return "Accepted, and queued: it begins when the active rolling release completes."
        case Stage.MOVING:
            return f"Accepted. Domains moved: {_moved(findings.proofs, len(operation.plan.domains))}."
        case Stage.UNSURE:
            unclear = f"Vercel did not answer clearly.{_said(operation)} I asked once and will not ask again."
            return f"{unclear} I am still looking.{_seen(operation)}"
        case Stage.ASKED:
            return "Asking Vercel."
        case _:
            return "Checking that nothing changed since the confirmation."


def _outcome(operation: Operation) -> str:
    findings, said = operation.findings, _said(operation)
    match operation.stage:
        case Stage.SUCCEEDED:
            return _auto_assign(operation)
        case Stage.PARTLY_MOVED:
            return f"Some domains did not move.{said} Promote or roll back again to move all of them."
        case Stage.FAILED:
            return f"{_failure(operation)}{said}{_seen(operation)}"
        case Stage.UNKNOWN:
            seen = f"I asked once and saw no result.{said}{_seen(operation)}"
            return f"{seen} Look with `/current` before you try again."
        case Stage.SUPERSEDED:
            taken = f" It is now {code(findings.taken_by)}." if findings.taken_by else ""
            return f"Somebody else moved production meanwhile.{taken} See `/current`."
        case Stage.OUTDATED if not findings.changed:
            return "Nothing was done: the confirmation was too old when I could act on it. Ask again for a new one."
        case Stage.OUTDATED:
            what = " and ".join(findings.changed)
            return f"Nothing was done: {what} changed after the confirmation.{said} Ask again for a new one."
        case _:
            return "Nothing was done."


def _said(operation: Operation) -> str:
    said = foreign((operation.findings.said or "").rstrip(". "), 300)
    return f" Vercel said: {said}." if said else ""


def _building(build: Build | None, operation: Operation, now: datetime) -> str:
    if build is None:
        return "Building."
    elapsed = max(now - build.started_at, timedelta())
    usual = operation.plan.usual
    if not usual:
        return f"Building {code(build.id)} since {span(elapsed)}."
    done = min(int(_BAR * elapsed / usual), _BAR - 1)
    bar = "█" * done + "░" * (_BAR - done)
    return f"Building {code(build.id)}: {bar} {span(elapsed)}, usually {span(usual)}."


def _failure(operation: Operation) -> str:
    build = operation.findings.build
    if operation.plan.path is Path.REBUILD and build and build.ready_state in {"ERROR", "CANCELED"}:
        why = f" {foreign(build.error, 300)}" if build.error else ""
        return f"The new build did not become ready.{why} Production is as it was."
    if operation.asked_at is None:
        return "Nothing was sent to Vercel."
    return "Production did not move."


def _seen(operation: Operation) -> str:
    return f" Current, when last seen: {code(operation.findings.seen)}." if operation.findings.seen else ""


def _auto_assign(operation: Operation) -> str:
    plan = operation.plan
    if not plan.auto_assign_after:
        return "Production is pinned: auto-assignment is off. New builds stay Staged until somebody promotes."
    if not plan.auto_assign_before:
        return "Auto-assignment is on again: the next production build becomes Current by itself."
    return "Auto-assignment stays on."


def _moved(proofs: tuple[DomainProof, ...], total: int) -> str:
    return f"{sum(p.moved for p in proofs)}/{total}"


def _proofs(proofs: tuple[DomainProof, ...], final_id: str | None) -> list[str]:
    """What is wrong comes first, so that it is never among those that are only counted."""
    worst_first = sorted(proofs, key=lambda p: (p.moved, p.status is not None and p.status < 400))
    return [
        f"*Proof per domain* for {code(final_id or '')}",
        *bullets(map(_proof, worst_first), _SHOWN_PROOFS),
    ]


def _proof(proof: DomainProof) -> str:
    if not proof.moved:
        where = f"still on {code(proof.serves)}" if proof.serves else "serves nothing"
        return f"{domain_name(proof.name)}: {where}"
    if proof.status is None:
        return (
            f"{domain_name(proof.name)}: moved, but does not answer ({foreign(proof.fault or 'not probed')})"
        )
    if proof.status >= 400:
        return f"{domain_name(proof.name)}: moved, but answers {proof.status}"
    return f"{domain_name(proof.name)}: ok ({proof.status})"


def _buttons(operation: Operation) -> list[ButtonElement]:
    build = operation.findings.build
    found = []
    if operation.stage in {Stage.SUCCEEDED, Stage.PARTLY_MOVED} and (undo := _undo(operation)):
        found.append(undo)
    if build and (logs := link("Build logs", actions.OPEN_LINK, build.logs_url)):
        found.append(logs)
    return found


def _undo(operation: Operation) -> ButtonElement | None:
    plan = operation.plan
    inverse = inverse_of(plan)
    if inverse is None:
        return None
    names = ", ".join(d.name for d in plan.domains)
    pins = inverse.path is Path.ROLLBACK
    way = (
        "No rebuild. New builds then stay Staged." if pins else "No rebuild. Auto-assignment is switched on."
    )
    verb = "Roll back" if pins else "Undo rollback"
    question = ask_first(
        f"{verb} {plan.project.name}?",
        f"To {inverse.target.label}. {way} {count(len(plan.domains), 'domain')}: {names}",
        verb,
    )
    return button(
        f"{verb} to {inverse.target.label}", actions.UNDO, operation.id, style="danger", confirm=question
    )


def _who(operation: Operation, now: datetime) -> str:
    text = f"Requested by {mention(operation.actor)}"
    took = duration(operation)
    if took is not None:
        seconds = took.total_seconds()
        return f"{text} · took {seconds:.1f} s" if seconds < 60 else f"{text} · took {span(took)}"
    if operation.stage.is_outcome:
        return text
    return f"{text} · {span(now - operation.requested_at)} ago"
