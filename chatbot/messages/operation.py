"""The operation message: one message in the channel, updated until the outcome, with the proof per domain."""

from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.operations import Build, DomainProof, Findings, Operation, Stage, duration
from chatbot.domain.planning import MAX_REASON, Path, Plan
from chatbot.domain.undoing import retry_of, undo_of
from chatbot.messages import actions
from chatbot.messages.confirmation import all_of, title
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
    plain,
    span,
)

_SHOWN_PROOFS = 20
_BAR = 12

_FAULTS = {
    "timeout": "does not answer in time",
    "unresolved": "its name does not resolve",
    "private": "resolves to a private address, which I do not visit",
}


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
    plan, made = operation.plan, operation.made
    proven = [domain_name(p.name) for p in operation.findings.proofs if p.moved]
    was = deployment_line(operation.was) if operation.was else "nothing"
    verb = {Path.PROMOTE: "Promoted", Path.REBUILD: "Rebuilt and promoted", Path.ROLLBACK: "Rolled back"}[
        plan.path
    ]
    lines = [
        f"*Current of {foreign(plan.project.name)} is now {deployment_line(made)}* {code(made.id)}",
        f"It was {was}. {verb} from Slack by {mention(operation.actor)}.",
        _proven(operation, proven),
    ]
    if ill := [domain_name(p.name) for p in operation.findings.proofs if p.moved and not p.is_well]:
        lines.append(f"*Not well:* {named(ill, 10)}. The operation message says how.")
    if operation.reason:
        lines.append(f"Reason: {foreign(operation.reason, MAX_REASON)}")
    if _is_pinned(operation):
        lines.append("Production is pinned: new production builds stay Staged until somebody promotes.")
    undo = _undo(operation)
    text = f"Current of {foreign(plan.project.name)} is now {foreign(made.label)}"
    return Message(
        f"{text}, on {count(len(proven), 'domain')}.", (*sections(lines), *((row(undo),) if undo else ()))
    )


def _proven(operation: Operation, proven: list[str]) -> str:
    if not operation.plan.domains:
        return "It has no production domain."
    if not proven:
        return "None of its domains is verified, so none could be proven."
    return f"Proven on {count(len(proven), 'domain')}: {named(proven, 10)}"


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
    was = deployment_line(operation.was) if operation.was else "nothing"
    text = f"{was}\n→ {deployment_line(plan.target)}"
    if operation.reason:
        text += f"\nReason: {foreign(operation.reason, MAX_REASON)}"
    return text


def _told(operation: Operation, now: datetime) -> str:
    """What is happening or has happened, and what to do next."""
    return _outcome(operation) if operation.stage.is_outcome else _under_way(operation, now)


def _under_way(operation: Operation, now: datetime) -> str:
    findings = operation.findings
    match operation.stage:
        case Stage.BUILDING:
            return f"{_building(findings.build, operation, now)}{_trouble(operation)}"
        case Stage.MOVING if findings.queued:
            return "Accepted, and queued: it begins when the active rolling release completes."
        case Stage.MOVING if operation.plan.path is Path.REBUILD and not findings.proofs:
            return "Built. Waiting for Vercel to move the domains."
        case Stage.MOVING:
            return f"Accepted. Domains moved: {_moved(findings.proofs, len(operation.plan.domains))}."
        case Stage.UNSURE:
            unclear = (
                f"Vercel's answer was not clear.{_trouble(operation)} I asked once and will not ask again."
            )
            return f"{unclear} I am still looking.{_seen(operation)}"
        case Stage.ASKED:
            return "Asking Vercel."
        case _:
            return "Checking that nothing changed since the confirmation."


def _outcome(operation: Operation) -> str:
    trouble = _trouble(operation)
    match operation.stage:
        case Stage.SUCCEEDED:
            return _auto_assign(operation)
        case Stage.PARTLY_MOVED:
            return f"Some domains did not move.{trouble} {_rest_of_the_way(operation)}"
        case Stage.FAILED:
            return f"{_failure(operation)}{trouble}{_seen(operation)}"
        case Stage.UNKNOWN:
            return f"{_unknown(operation)}{trouble}{_seen(operation)}"
        case Stage.SUPERSEDED:
            return f"{_superseded(operation.findings)}{_seen(operation)}"
        case Stage.OUTDATED:
            return _outdated(operation)
        case _:
            return f"It was given up, and I do not promote it. {_build_left(operation.findings.build)}"


def _rest_of_the_way(operation: Operation) -> str:
    back = undo_of(operation)
    retry = "*Retry these domains* moves them too"
    return (
        f"{retry}; to go back with all of them, roll back to {code(back.target.label)}."
        if back
        else f"{retry}."
    )


def _unknown(operation: Operation) -> str:
    if operation.findings.queued:
        return "It is still queued: it begins when the active rolling release completes."
    return "I asked once, and did not see it happen. Look with `/current` before you try again."


def _outdated(operation: Operation) -> str:
    if not operation.findings.changed:
        return (
            "Nothing was done: the confirmation was too old when I could act on it. Ask again for a new one."
        )
    return f"Nothing was done: {all_of(operation.findings.changed)} changed after the confirmation."


def _superseded(findings: Findings) -> str:
    build = findings.build
    if build and findings.left_staged and build.ready_state == "READY":
        return f"The new build {code(build.id)} is ready, and was not promoted: production changed meanwhile."
    if build is None or build.ready_state == "READY":
        return "Somebody else moved production meanwhile."
    return f"Production changed meanwhile, so I do not promote this build. {_build_left(build)}"


def _build_left(build: Build | None) -> str:
    match build.ready_state if build else "CANCELED":
        case "CANCELED":
            return "The build was canceled."
        case "READY":
            return "The build is ready: it stays Staged, unless Vercel assigns the domains to it."
        case "ERROR" | "DELETED":
            return "The build has failed, or is gone."
        case _:
            return (
                "The build could not be canceled: Vercel may still assign the domains to it. See `/current`."
            )


def _trouble(operation: Operation) -> str:
    trouble = operation.findings.trouble
    if trouble is None:
        return ""
    text = foreign(trouble.text, 300).rstrip(". ")
    words = {
        "said": f"Vercel said: {text}",
        "status": f"Vercel answered {text}",
        "silent": f"Vercel did not answer: {text}",
        "garbled": f"Vercel gave {text}",
        "job": f"Vercel's own record of it: {text}",
    }
    return f" {words[trouble.kind]}." if text else ""


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
    if (
        operation.plan.path is Path.REBUILD
        and build
        and build.ready_state in {"ERROR", "CANCELED", "DELETED"}
    ):
        error = foreign(build.error or "", 300).rstrip(". ")
        why = f" {error}." if error else ""
        return f"The new build did not become ready.{why} Production is as it was."
    if operation.asked_at is None:
        return "Nothing was sent to Vercel."
    return "Production did not move."


def _seen(operation: Operation) -> str:
    return f" Current, when last seen: {code(operation.findings.seen)}." if operation.findings.seen else ""


def _auto_assign(operation: Operation) -> str:
    plan = operation.plan
    if _is_pinned(operation):
        return "Production is pinned: auto-assignment is off. New builds stay Staged until somebody promotes."
    if operation.findings.auto_assign is False:
        return "Auto-assignment is off: new builds stay Staged until somebody promotes."
    if not plan.auto_assign_before:
        return "Auto-assignment is on again: the next production build becomes Current by itself."
    return "Auto-assignment stays on."


def _is_pinned(operation: Operation) -> bool:
    """As it was read back, where it was."""
    read = operation.findings.auto_assign
    off = not operation.plan.auto_assign_after if read is None else not read
    return off and operation.plan.path is Path.ROLLBACK


def _moved(proofs: tuple[DomainProof, ...], total: int) -> str:
    return f"{sum(p.moved for p in proofs)}/{total}"


def _proofs(proofs: tuple[DomainProof, ...], final_id: str | None) -> list[str]:
    """What is wrong comes first, so that it is never among those that are only counted."""
    worst_first = sorted(proofs, key=lambda p: (p.moved, p.is_well))
    return [
        f"*Proof per domain* for {code(final_id or '')}",
        *bullets(map(_proof, worst_first), _SHOWN_PROOFS),
    ]


def _proof(proof: DomainProof) -> str:
    if not proof.moved:
        where = f"still on {code(proof.serves)}" if proof.serves else "serves nothing"
        return f"{domain_name(proof.name)}: {where}"
    if proof.status is None:
        fault = _FAULTS.get(proof.fault or "", "does not answer")
        return f"{domain_name(proof.name)}: moved, but {fault}"
    if proof.status >= 400:
        return f"{domain_name(proof.name)}: moved, but answers {proof.status}"
    return f"{domain_name(proof.name)}: ok ({proof.status})"


def _buttons(operation: Operation) -> list[ButtonElement]:
    build = operation.findings.build
    found = [_retry(operation), _undo(operation), _cancel(operation)]
    if build and operation.findings.left_staged and build.ready_state == "READY":
        found.append(button(f"Promote {operation.plan.target.label}…", actions.PROMOTE, build.id))
    if build:
        found.append(link("Build logs", actions.OPEN_LINK, build.logs_url))
    return [b for b in found if b is not None]


def _undo(operation: Operation) -> ButtonElement | None:
    plan = undo_of(operation)
    if plan is None:
        return None
    pins = plan.path is Path.ROLLBACK
    way = (
        "No rebuild. New builds then stay Staged." if pins else "No rebuild. Auto-assignment is switched on."
    )
    verb = "Roll back" if pins else "Undo rollback"
    question_title = f"{'Roll back' if pins else 'Undo the rollback of'} {plan.project.name}?"
    return _one_click(
        f"{verb} to {plan.target.label}", question_title, verb, way, actions.UNDO, operation, plan
    )


def _retry(operation: Operation) -> ButtonElement | None:
    plan = retry_of(operation)
    if plan is None:
        return None
    question_title = f"Move the rest of {plan.project.name}?"
    return _one_click(
        "Retry these domains", question_title, "Retry", "No rebuild.", actions.RETRY, operation, plan
    )


def _cancel(operation: Operation) -> ButtonElement | None:
    if operation.stage is not Stage.BUILDING:
        return None
    name = operation.plan.project.name
    question = ask_first(
        f"Cancel the build of {name}?", "Production stays as it is.", "Cancel the build", deny="Keep building"
    )
    return button("Cancel the build", actions.GIVE_UP, operation.id, confirm=question)


def _one_click(
    text: str, question_title: str, verb: str, way: str, action: str, operation: Operation, plan: Plan
) -> ButtonElement:
    """Slack's own dialog names the target and the domains; the click then needs no card."""
    names = named((plain(d.name, 60) for d in plan.domains), 3)
    question = ask_first(
        question_title,
        f"To {plan.target.label}. {way} {count(len(plan.domains), 'domain')}: {names}",
        verb,
    )
    return button(text, action, operation.id, style="danger", confirm=question)


def _who(operation: Operation, now: datetime) -> str:
    text = f"Requested by {mention(operation.actor)}"
    took = duration(operation)
    if took is not None:
        seconds = took.total_seconds()
        return f"{text} · took {seconds:.1f} s" if seconds < 60 else f"{text} · took {span(took)}"
    if operation.stage.is_outcome:
        return text
    return f"{text} · {span(now - operation.requested_at)} ago"
