"""What is happening with an operation or has become of it, and what to do next."""

from datetime import datetime, timedelta

from chatbot.domain.operations import Build, DomainProof, Line, Operation, Stage
from chatbot.domain.plans import (
    Part,
    Path,
)
from chatbot.domain.undoing import undo_of
from chatbot.messages import releaseoutcome
from chatbot.messages.changed import all_of
from chatbot.messages.meanwhile import in_line, overtook
from chatbot.messages.wording import code, foreign, mention, span

_BAR = 12
_NOT_BEGUN = {"QUEUED": "in Vercel's queue", "BLOCKED": "blocked by Vercel (its logs say why)"}


def told(operation: Operation, now: datetime, line: Line | None = None) -> str:
    """What is happening or has happened, and what to do next. `line`: where a waiting one stands, if it is known."""
    if operation.stage is Stage.WAITING:
        return _waiting(operation, now, line)
    return _outcome(operation, now) if operation.stage.is_outcome else _under_way(operation, now)


def _waiting(operation: Operation, now: datetime, line: Line | None) -> str:
    if line is not None:
        return in_line(line)
    if operation.plan.when_ready:
        then = "Once it is ready, and nothing else has changed, it goes on."
        return f"{_building(operation.findings.build, operation, now)} {then}{_trouble(operation)}"
    return "Waiting for its turn."


def _under_way(operation: Operation, now: datetime) -> str:
    findings = operation.findings
    match operation.stage:
        case Stage.BUILDING:
            return f"{_building(findings.build, operation, now)}{_trouble(operation)}"
        case Stage.QUEUED:
            return releaseoutcome.queued(operation, now)
        case Stage.MOVING if operation.plan.path.builds and not findings.proofs:
            return "Built. Waiting for Vercel to move the domains."
        case Stage.MOVING:
            return f"Accepted. Domains moved: {_moved(findings.proofs, len(operation.plan.domains))}."
        case Stage.UNSURE:
            unclear = f"It is not clear whether Vercel took it.{_trouble(operation)}"
            return f"{unclear} I asked once and will not ask again. I am still looking.{_seen(operation)}"
        case Stage.ASKED:
            return "Asking Vercel."
        case _:
            return "Checking that nothing changed since the confirmation."


def _outcome(operation: Operation, now: datetime) -> str:
    trouble = _trouble(operation)
    match operation.stage:
        case Stage.SUCCEEDED:
            return "\n".join(
                filter(None, [releaseoutcome.succeeded(operation, now), _auto_assign(operation)])
            )
        case Stage.STAGED:
            return _staged(operation)
        case Stage.PARTLY_MOVED:
            return f"Some domains did not move.{trouble} {_rest_of_the_way(operation)}"
        case Stage.FAILED:
            return f"{_failure(operation)}{trouble}{_seen(operation)}{_then(operation)}"
        case Stage.UNKNOWN:
            return f"{_unknown(operation)}{trouble}{_seen(operation)}"
        case Stage.SUPERSEDED:
            told_already = operation.findings.overtaken is not None
            why = releaseoutcome.superseded(operation) or _superseded(operation)
            return f"{why}{'' if told_already else _seen(operation)}{_then(operation)}"
        case Stage.OUTDATED:
            return _outdated(operation)
        case _:
            return _cancelled(operation)


def _cancelled(operation: Operation) -> str:
    if operation.asked_at is None:
        return f"It was withdrawn{_by(operation)}. Nothing was sent to Vercel."
    return (
        f"It was given up{_by(operation)}, and I do not promote it. {_build_left(operation.findings.build)}"
    )


def _staged(operation: Operation) -> str:
    """A redeploy that was not to become Current: auto-assignment was off, or is since."""
    build = operation.findings.build
    which = f" {code(build.id)}" if build else ""
    why = "is pinned" if operation.plan.project.pinned else "does not take new builds by itself"
    return f"The new build{which} is ready and Staged: production {why}, and is as it was.{_seen(operation)}"


def _by(operation: Operation) -> str:
    return f" by {mention(operation.ended_by)}" if operation.ended_by else ""


def _rest_of_the_way(operation: Operation) -> str:
    back = undo_of(operation)
    retry = "*Retry these domains* moves them too"
    if back is None:
        return f"{retry}."
    if back.path is Path.ABORT:
        return f"{retry}; *Abort* gives all visitors {code(back.target.label)} again."
    return f"{retry}; to go back with all of them, roll back to {code(back.target.label)}."


def _then(operation: Operation) -> str:
    """What to do next, where no button says it."""
    build = operation.findings.build
    if operation.stage is Stage.FAILED and build and build.ready_state == "ERROR":
        return " Push a fix, and promote that."
    if operation.findings.left_staged:
        return ""  # a button leads on, or the sentence
    if operation.stage is Stage.SUPERSEDED and operation.asked_at and not operation.findings.overtaken:
        return ""  # it may have taken effect
    if operation.stage is Stage.FAILED and _trouble(operation):
        return " Ask again once that is mended."
    return " Ask again if it is still wanted."


def _unknown(operation: Operation) -> str:
    if operation.findings.queued:
        return (
            "It was queued, and Vercel does not show it any more. Look with `/current` before you try again."
        )
    return (
        "I asked once, and did not see it happen. I look for an hour more, and tell here what I find. "
        "Look with `/current` before you try again."
    )


def _outdated(operation: Operation) -> str:
    findings = operation.findings
    if not findings.changed:
        why = (
            "the build took too long"
            if findings.build
            else "the confirmation was too old when I could act on it"
        )
        return f"Nothing was done: {why}. Ask again for a new one."
    if findings.changed == (Part.GONE,):
        return (
            "Nothing was done: the deployment was deleted after the confirmation. "
            "Push its commit again, or choose another with `/deployments`."
        )
    if findings.changed == (Part.INCIDENT,):
        return (
            "Nothing was done: an incident was opened after the confirmation, and nobody has overridden it. "
            "Ask again, or resolve the incident first."
        )
    by = f" {overtook(findings.overtaken)}" if findings.overtaken else ""
    return (
        f"Nothing was done: {all_of(findings.changed)} changed after the confirmation.{by}{_then(operation)}"
    )


def _superseded(operation: Operation) -> str:
    findings, build = operation.findings, operation.findings.build
    by = f" {overtook(findings.overtaken)}" if findings.overtaken else ""
    if operation.asked_at is None:
        return f"Nothing was sent to Vercel: another change went first.{by}"
    if build and findings.left_staged and build.ready_state == "READY":
        held = Part.INCIDENT in findings.changed
        why = by or f" {'An incident was opened' if held else 'Production changed'} meanwhile."
        return f"The new build {code(build.id)} is ready, and was not promoted.{why}"
    if by:
        return by.strip()
    first = "Somebody asked for a way back meanwhile, and that goes first."
    if build is None or operation.promote_asked_at is not None:
        return f"{first} I no longer look at this request: it may have taken effect before."
    return f"{first} I do not promote this build. {_build_left(build)}"


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
        "checks": f"Checks failed: {text}",
    }
    return f" {words[trouble.kind]}." if text else ""


def _building(build: Build | None, operation: Operation, now: datetime) -> str:
    if build is None:
        return "Building."
    if build.ready_state == "READY" and build.checks == "pending":
        return f"Built {code(build.id)}. Its checks are running: until they are through, no domain is assigned to it."
    elapsed = max(now - build.started_at, timedelta())
    if build.ready_state in _NOT_BEGUN:
        return f"Building {code(build.id)}: {_NOT_BEGUN[build.ready_state]} for {span(elapsed)}."
    usual = operation.plan.usual
    if not usual:
        return f"Building {code(build.id)} for {span(elapsed)}."
    done = min(int(_BAR * elapsed / usual), _BAR - 1)
    bar = "█" * done + "░" * (_BAR - done)
    return f"Building {code(build.id)}: {bar} {span(elapsed)}, usually {span(usual)}."


def _failure(operation: Operation) -> str:
    build = operation.findings.build
    if build and build.ready_state == "READY" and build.checks == "failed":
        return (
            f"The build {code(build.id)} is ready, but its checks did not succeed, so I do not promote it. "
            "Production is as it was. Mend them and push again, or promote this build all the same."
        )
    if operation.asked_at is None and operation.plan.when_ready and build:
        why = foreign(build.error or "", 300).rstrip(". ")
        return f"The build that I waited for did not become ready.{f' {why}.' if why else ''} Nothing was promoted."
    if operation.plan.path.builds and build and build.ready_state in {"ERROR", "CANCELED", "DELETED"}:
        error = foreign(build.error or "", 300).rstrip(". ")
        why = f" {error}." if error else ""
        return f"The new build did not become ready.{why} Production is as it was."
    if operation.asked_at is None:
        return "Nothing was sent to Vercel."
    if operation.plan.path.is_step:
        return "The rolling release is as it was."
    return "Production did not move."


def _seen(operation: Operation) -> str:
    return f" Current, when last seen: {code(operation.findings.seen)}." if operation.findings.seen else ""


def _auto_assign(operation: Operation) -> str:
    plan = operation.plan
    if is_pinned(operation):
        return "Production is pinned: auto-assignment is off. New builds stay Staged until somebody promotes."
    if plan.keep_off and operation.findings.auto_assign:
        return (
            "Auto-assignment could not be kept off: it is on now, and the next production build becomes Current "
            "by itself. Switch it off in the project's settings on Vercel."
        )
    if plan.keep_off:
        return "Auto-assignment was kept off: new builds stay Staged until somebody promotes."
    if plan.only_begins and operation.findings.auto_assign is not True:
        return "Auto-assignment is off until the rolling release is complete: new builds stay Staged."
    if operation.findings.auto_assign is False:
        return "Auto-assignment is off: new builds stay Staged until somebody promotes."
    if not plan.auto_assign_before:
        return "Auto-assignment is on again: the next production build becomes Current by itself."
    return "Auto-assignment stays on."


def is_pinned(operation: Operation) -> bool:
    """As it was read back, where it was."""
    read = operation.findings.auto_assign
    off = not operation.plan.auto_assign_after if read is None else not read
    return off and operation.plan.path.goes_back


def _moved(proofs: tuple[DomainProof, ...], total: int) -> str:
    return f"{sum(p.moved for p in proofs)}/{total}"
