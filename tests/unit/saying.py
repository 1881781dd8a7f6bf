"""Every function of chatbot.messages that makes something for Slack, with values for it to say."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from chatbot.domain.access import Decision, IdentityUnknown, NotAllowed
from chatbot.domain.buildlog import end_of
from chatbot.domain.deployments import Deployment
from chatbot.domain.drills import drill_of
from chatbot.domain.homes import (
    MAX_SEARCH,
    PROJECTS_A_PAGE,
    Called,
    Health,
    OpenIncident,
    Overview,
    Page,
    Standing,
)
from chatbot.domain.incidents import Entry, Visit, times
from chatbot.domain.news import Kind as NewsKind
from chatbot.domain.operations import Operation, Overtaking, Stage
from chatbot.domain.pinning import NoLongerPinned, Pinning, Unpinned
from chatbot.domain.planning import (
    AlreadyCurrent,
    AlreadyPromoted,
    BuildFailed,
    BuiltSince,
    NoSuchStep,
    NotEligible,
    NotFailed,
    RedeployChanged,
    ReleaseOver,
    ReleaseUnderWay,
    StillBuilding,
)
from chatbot.domain.plans import Part, Path
from chatbot.domain.references import Kind, NothingNamed, Reference, Unreadable
from chatbot.domain.requests import (
    AlreadyAnIncident,
    AlreadyUnderWay,
    Ambiguous,
    ButtonUnknown,
    ConfirmationExpired,
    ConfirmationUnknown,
    ConfirmationUsed,
    Deleted,
    IncidentOpen,
    NoDeploymentThere,
    NoDialogHere,
    NoIncident,
    NothingToResumeWith,
    NothingToRollBackTo,
    NothingToUndo,
    NotOpened,
    NotPinned,
    OutOfReach,
    Overtaken,
    ProjectBusy,
    Stale,
    TooLate,
    TooManyAtOnce,
    UnknownDeployment,
    UnknownProject,
)
from chatbot.domain.scenes import Incident
from chatbot.domain.serving import Served
from chatbot.domain.subscribing import (
    ClosedToBot,
    Heard,
    Hears,
    NoProjectName,
    NothingHeard,
    TooManyProjects,
)
from chatbot.domain.waysback import WayBack, WayBackChanged
from chatbot.errors import (
    NotAuthorized,
    NotFound,
    PlatformAnswered,
    PlatformGarbled,
    PlatformUnreachable,
    RateLimited,
    Refusal,
)
from chatbot.messages import (
    Message,
    about,
    announcement,
    brokenbuild,
    buildlog,
    confirmation,
    failures,
    heldback,
    home,
    incident,
    incidentall,
    incidentdialog,
    incidentdrill,
    incidentlist,
    incidentoffer,
    incidentsuspects,
    incidenttimeline,
    links,
    listings,
    message,
    news,
    operation,
    overriding,
    picker,
    pinned,
    proof,
    redeploy,
    release,
    subscriptions,
    waysback,
    workflow,
)
from chatbot.messages.wording import foreign, plain
from tests.unit.making import NOON
from tests.unit.strategies import (
    ACTOR,
    NAMES,
    TIMES,
    changes_of_production,
    deployments,
    domain_lists,
    hostile,
    incident_lists,
    open_incidents,
    operations,
    plans,
    projects,
    releases,
)
from tests.unit.strategies_of_incidents import OPENED, drills, incidents, lines, scenes, suspects

CONFIRMATION_ID = "c" * 24  # as token_urlsafe(18) makes them
VALID = timedelta(minutes=10)
PERSON = "U0ANA0001"
CHANNEL = "C0DEPLOYS"


@dataclass(frozen=True)
class Saying:
    """`says` makes the message or view out of one value of `about`."""

    of: ModuleType
    name: str
    about: st.SearchStrategy[Any]
    says: Callable[[Any], Any]


def _many(one: st.SearchStrategy[Any], most: int = 30) -> st.SearchStrategy[list[Any]]:
    """Up to three drawn, repeated to any length up to `most`."""
    some = st.lists(one, min_size=1, max_size=3)
    return st.tuples(some, st.sampled_from([0, 1, 3, 11, most])).map(
        lambda drawn: [drawn[0][n % len(drawn[0])] for n in range(drawn[1])]
    )


references = st.builds(Reference, st.sampled_from(Kind), hostile(3).map(lambda text: text[:255]))
decisions = st.sampled_from(
    [Decision(True, because) for because in ("listed", "group", "admin")]
    + [Decision(False, because) for because in ("not listed", "not admin")]
)
entries = st.builds(
    about.Entry,
    seq=st.integers(1, 10**9),
    at=TIMES,
    actor=st.sampled_from([ACTOR, "cli:ana", "bot", "cli:<!channel>"]),
    action=st.sampled_from(["operation.requested", "promote.denied"]),
    project=st.none() | st.just("shop"),
    about=hostile(),
)

heard = st.builds(
    Heard,
    project_id=st.just("prj_shop"),
    project_name=NAMES | st.just("*"),
    kinds=st.sets(st.sampled_from(Hears), min_size=1).map(frozenset),
    also=st.lists(st.sampled_from([CHANNEL, "D0ANA"]), max_size=9).map(tuple),
)
lists_heard = _many(heard, 200)

on_plans = st.tuples(projects(), deployments)
releases_met = st.tuples(on_plans, st.none() | releases()).map(lambda v: ReleaseUnderWay(*v[0], v[1]))
releases_over = st.builds(ReleaseOver, projects(), st.none() | releases())
steps_missing = st.tuples(on_plans, releases()).map(lambda v: NoSuchStep(*v[0], v[1]))
ways_back = plans().map(WayBack.of)
ways_changed = st.builds(
    WayBackChanged,
    projects(),
    st.sampled_from([Part.CURRENT, Part.DOMAINS, Part.RELEASE, Part.MOVE, Part.GONE]),
    st.none() | deployments,
    st.none() | st.sampled_from([ACTOR, "vercel:<!here>"]),
    st.none() | ways_back,
    st.none() | releases(),
)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    visits = st.builds(
        Visit, NAMES, st.none() | st.just(502), st.sampled_from([None, "timeout", "other"]), st.booleans()
    )
    return Standing(
        called=Called("prj_shop", draw(NAMES), *draw(st.tuples(*[st.booleans()] * 3))),
        current=draw(st.none() | deployments),
        since=draw(st.none() | TIMES),
        auto_assign=draw(st.booleans()),
        domains=draw(st.sampled_from([0, 1, 200])),
        astray=tuple(draw(st.lists(NAMES, max_size=5))),
        pinned_because=draw(st.none() | hostile()),
        is_releasing=draw(st.booleans()),
        last=draw(st.none() | changes_of_production()),
        health=draw(st.none() | st.builds(Health, TIMES, st.lists(visits, max_size=5).map(tuple))),
        back=draw(st.none() | ways_back),
    )


@st.composite
def homes(draw: st.DrawFn) -> tuple[Overview, list[about.Entry]]:
    """As many projects as a page takes, of up to hundreds."""
    of_all = draw(st.sampled_from([0, 1, PROJECTS_A_PAGE, 200]))
    shown = min(of_all, PROJECTS_A_PAGE)
    some = draw(st.lists(standings(), min_size=1, max_size=3))
    shown_standings = [some[n % len(some)] for n in range(shown)]
    number = draw(st.sampled_from([0, 5]))
    pages = max(1, -(-of_all // PROJECTS_A_PAGE))
    incidents = st.builds(
        OpenIncident,
        hostile(),
        TIMES,
        st.sampled_from([CHANNEL, PERSON]),
        st.lists(NAMES, max_size=6).map(tuple),
    )
    overview = Overview(
        user=PERSON,
        decision=draw(st.none() | decisions),
        until=NOON,
        search=draw(hostile().map(lambda text: plain(text, MAX_SEARCH))),
        page=Page(tuple(s.called for s in shown_standings), min(number, pages - 1), pages, of_all, of_all),
        standings=shown_standings,
        under_way=draw(_many(operations(), 12)),
        incidents=draw(_many(incidents, 12)),
    )
    return overview, draw(_many(entries, 8))


def _with_log(made: Operation, lines: list[str]) -> Operation:
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    return replace(made, findings=replace(made.findings, log_end=end_of(lines)))


pinnings = st.builds(
    Pinning,
    project_id=st.just("prj_shop"),
    project_name=NAMES,
    since=TIMES,
    by=st.none() | st.sampled_from([ACTOR, "vercel:<!here>"]),
    why=st.none() | hostile(),
    current=st.none() | deployments,
    waiting=_many(deployments).map(tuple),
    channel=st.none() | st.just("C0DEPLOYS"),
    kept_by=st.none() | st.just(ACTOR),
    kept_until=st.none() | st.just(NOON + timedelta(hours=1)),
)
endings = st.builds(
    Unpinned,
    project_id=st.just("prj_shop"),
    project_name=NAMES,
    since=TIMES,
    over_at=TIMES,
    current=st.none() | deployments,
    by=st.none() | st.sampled_from([ACTOR, "vercel:<!here>"]),
    gone=st.booleans(),
)


SAYINGS = [
    Saying(message, "says", hostile(), lambda v: message.says(f"- {foreign(v)}")),
    Saying(about, "help_text", st.none(), lambda _: about.help_text()),
    Saying(about, "unknown", hostile(), about.unknown),
    Saying(about, "whoami", decisions, lambda v: about.whoami(PERSON, v)),
    Saying(about, "mentions", st.booleans(), lambda v: about.mentions(on=v)),
    Saying(about, "merges", st.booleans(), lambda v: about.merges(on=v)),
    Saying(about, "merges_usage", st.booleans(), lambda v: about.merges_usage(on=v)),
    Saying(about, "mention_usage", st.booleans(), lambda v: about.mention_usage(on=v)),
    Saying(about, "audit", _many(entries, 20), about.audit),
    Saying(about, "audit_usage", hostile(), about.audit_usage),
    Saying(
        confirmation,
        "card",
        st.tuples(plans(), plans()),
        lambda v: confirmation.card(
            v[0], CONFIRMATION_ID, now=NOON, valid=VALID, before=v[1], held=v[1] is not None
        ),
    ),
    Saying(confirmation, "spent", plans(), lambda v: confirmation.spent(v, ACTOR)),
    Saying(confirmation, "cancelled", plans(), confirmation.cancelled),
    Saying(confirmation, "all_domains", plans(), confirmation.all_domains),
    Saying(
        confirmation,
        "modal",
        domain_lists(),
        lambda v: confirmation.modal("Roll back all", "Two projects.", [f"• {foreign(d.name)}" for d in v]),
    ),
    Saying(confirmation, "all_keys", plans(), confirmation.all_keys),
    Saying(
        listings,
        "current_of_all",
        st.tuples(_many(projects()), ways_back),
        lambda v: listings.current_of_all(v[0], NOON, ways_back={p.id: v[1] for p in v[0]}),
    ),
    Saying(
        listings,
        "current_of_one",
        st.tuples(projects(), domain_lists(), st.none() | deployments, st.none() | ways_back),
        lambda v: listings.current_of_one(v[0], v[1], NOON, v[2], back=v[3]),
    ),
    Saying(
        listings,
        "newest",
        st.tuples(_many(deployments), projects()),
        lambda v: listings.newest(v[0], {v[1].id: v[1].current and v[1].current.id}, NOON),
    ),
    Saying(
        listings,
        "in_message",
        st.tuples(_many(deployments), projects()),
        lambda v: listings.in_message(v[0], {v[1].id: v[1].current and v[1].current.id}, NOON),
    ),
    Saying(
        listings,
        "candidates",
        st.tuples(
            projects(),
            _many(deployments),
            st.none() | hostile().map(lambda text: text[:250]),
            st.none() | deployments,
        ),
        lambda v: listings.candidates(v[0], v[1], _served(v[1]), NOON, reason=v[2], resume=v[3]),
    ),
    Saying(listings, "which_project", _many(projects()), listings.which_project),
    Saying(
        listings,
        "resume_button",
        st.tuples(projects(), deployments),
        lambda v: message.says("Production is pinned.", message.row(listings.resume_button(*v))),
    ),
    Saying(
        listings,
        "choices",
        st.tuples(projects(), _many(deployments)),
        lambda v: listings.choices(v[0], v[1], NOON),
    ),
    Saying(
        links,
        "deployment_card",
        st.tuples(deployments, projects(), domain_lists(), st.none() | releases()),
        lambda v: links.deployment_card(v[0], v[1], v[2], NOON, v[3]),
    ),
    Saying(
        links,
        "project_card",
        st.tuples(projects(), domain_lists(), st.none() | releases()),
        lambda v: links.project_card(v[0], v[1], NOON, v[2]),
    ),
    Saying(
        workflow,
        "card",
        plans(),
        lambda v: workflow.card(v, CONFIRMATION_ID, now=NOON, valid=VALID),
    ),
    Saying(workflow, "lapsed", plans(), workflow.lapsed),
    Saying(operation, "progress", operations(), lambda v: operation.progress(v, NOON)),
    Saying(
        proof,
        "whole_proof",
        operations().filter(lambda o: bool(proof.whole_proof(o))),
        lambda v: max(proof.whole_proof(v), key=lambda part: len(str(part.payload()))),
    ),
    Saying(
        buildlog,
        "whole_log_end",
        st.builds(_with_log, operations(Stage.FAILED), st.lists(hostile(), min_size=9, max_size=9)),
        buildlog.whole_log_end,
    ),
    Saying(announcement, "announcement", operations(), announcement.announcement),
    Saying(
        overriding,
        "override",
        st.builds(IncidentOpen, hostile(), st.sampled_from(Path), incident_lists),
        lambda v: overriding.override(v, "operation.undo", CONFIRMATION_ID, NOON),
    ),
    Saying(news, "news", changes_of_production(), lambda v: news.news(v, mentioned=True)),
    Saying(
        brokenbuild,
        "failed",
        changes_of_production(NewsKind.FAILED),
        lambda v: brokenbuild.failed(
            v, foreign(v.who.name) if v.who else "", log_end=end_of([v.id * 99] * 20)
        ),
    ),
    Saying(
        heldback,
        "held_back",
        st.tuples(changes_of_production(NewsKind.STAGED), st.none() | pinnings),
        lambda v: heldback.held_back(*v),
    ),
    Saying(pinned, "reminder", pinnings, lambda v: pinned.reminder(v, NOON)),
    Saying(pinned, "unpinned", endings, pinned.unpinned),
    Saying(redeploy, "changed", st.builds(RedeployChanged, plans()), redeploy.changed),
    Saying(incident, "card", scenes(), incident.card),
    Saying(
        incidentsuspects,
        "suspect",
        suspects,
        lambda v: Message("Before it.", (incidentsuspects.suspect(v, NOON, 1),)),
    ),
    Saying(
        incidenttimeline,
        "timeline",
        st.tuples(incidents(resolved=True), _many(lines, 60), st.sampled_from([None, "not_in_channel", "x"])),
        lambda v: incidenttimeline.timeline(v[0], [OPENED, *v[1]], v[2]),
    ),
    Saying(incidentall, "looking", st.none(), lambda _: incidentall.looking()),
    Saying(incidentall, "refused", st.just(message.says("Nothing was done.")), incidentall.refused),
    Saying(
        incidentall,
        "question",
        _many(st.tuples(NAMES, st.none() | projects(), st.none() | ways_back), 20),
        lambda v: incidentall.question(v, "c" * 400),
    ),
    Saying(incidentall, "another_by_now", st.none(), lambda _: incidentall.another_by_now()),
    Saying(incidentall, "unreadable", st.none(), lambda _: incidentall.unreadable()),
    Saying(
        incidentall,
        "results",
        _many(ways_back, 20),
        lambda v: incidentall.results(
            ACTOR,
            [
                incidentall.Result("shop", way, message.says("No.") if n % 2 else None)
                for n, way in enumerate(v)
            ],
        ),
    ),
    Saying(
        incidentoffer,
        "offer",
        st.tuples(operations(), st.booleans()),
        lambda v: incidentoffer.offer(
            v[0],
            [replace(p, moved=True) for p in v[0].findings.proofs],
            since=Overtaking(v[0].made, ACTOR, "rollback") if v[1] else None,
        ),
    ),
    Saying(incidentdrill, "card", drills, lambda v: incidentdrill.card(v, NOON + timedelta(minutes=1))),
    Saying(incidentdrill, "over", drills, lambda v: incidentdrill.over(v, [v.times()] * 9)),
    Saying(incidentdialog, "dialog", hostile(), lambda v: incidentdialog.dialog("C0DEPLOYS", v)),
    Saying(
        incidentlist,
        "listing",
        st.tuples(_many(incidents(resolved=False), 12), _many(incidents(resolved=True), 12), _many(lines, 8)),
        lambda v: incidentlist.listing(
            v[0], _timed(v[1], v[2]), [drill_of("inc_1", o.what, NOON, ACTOR, v[2], NOON) for o in v[1]], NOON
        ),
    ),
    Saying(incidentlist, "which", _many(incidents(resolved=False), 22).filter(bool), incidentlist.which),
    Saying(
        picker,
        "dialog",
        st.sampled_from([("",), ("prj_shop",)]) | hostile().map(lambda name: ("prj_shop", name)),
        lambda v: picker.dialog("C0DEPLOYS", *v),
    ),
    Saying(home, "home", homes(), lambda v: home.home(*v)),
    Saying(waysback, "taken", operations(), lambda v: waysback.taken(v, CHANNEL)),
    Saying(waysback, "changed", ways_changed, lambda v: waysback.changed(v, NOON)),
    Saying(
        subscriptions,
        "changed",
        lists_heard,
        lambda v: subscriptions.changed(ACTOR, "subscribed", [h.project_name for h in v][:20], v),
    ),
    Saying(subscriptions, "listing", lists_heard, lambda v: subscriptions.listing(v, 1, closed=True)),
    Saying(
        subscriptions,
        "not_told",
        lists_heard,
        lambda v: subscriptions.not_told(subscriptions.changed(ACTOR, "unsubscribed", ["shop"], v)),
    ),
    Saying(subscriptions, "waits_for_invitation", lists_heard, subscriptions.waits_for_invitation),
    Saying(
        subscriptions,
        "closed",
        st.tuples(st.sampled_from(["is_archived", "deleted", "not_in_channel"]), lists_heard),
        lambda v: subscriptions.closed(CHANNEL, *v),
    ),
    Saying(
        subscriptions,
        "dialog",
        st.tuples(st.sampled_from([CHANNEL, "D0ANA"]), lists_heard, st.sets(st.sampled_from(Hears))),
        lambda v: subscriptions.dialog(*v),
    ),
    Saying(
        subscriptions,
        "not_heard",
        hostile(),
        lambda v: subscriptions.not_heard([v] * 20, frozenset(Hears)),
    ),
    Saying(subscriptions, "usage", st.none(), lambda _: subscriptions.usage()),
    Saying(release, "under_way", releases_met, lambda v: release.under_way(v, NOON)),
    Saying(release, "changed", releases_met, lambda v: release.changed(v, NOON)),
    Saying(release, "over", releases_over, release.over),
    Saying(release, "no_such_step", steps_missing, lambda v: release.no_such_step(v, NOON)),
    Saying(failures, "word_old_button", st.none(), lambda _: failures.word_old_button()),
    Saying(failures, "word_no_audit", st.none(), lambda _: failures.word_no_audit()),
    Saying(failures, "word_unwritten", st.none(), lambda _: failures.word_unwritten()),
    Saying(failures, "word_bug", st.just("0a1b2c3d"), failures.word_bug),
]


def _timed(found: list[Incident], told: list[Entry]) -> list[incidentlist.Timed]:
    return [(one, times(one.begun, [OPENED, *told])) for one in found]


def _served(some: list[Deployment]) -> dict[str, Served]:
    """Times of all the kinds that there are."""
    ends = [(None, NOON), (NOON - timedelta(days=2), NOON), (NOON, None)]
    return {d.id: Served(d.id, *ends[n % 3], about=n % 2 == 0) for n, d in enumerate(some)}


REFUSALS: dict[type[Refusal], st.SearchStrategy[Refusal]] = {
    NothingNamed: st.builds(NothingNamed),
    Unreadable: st.builds(Unreadable, st.sampled_from(["length", "characters", "mention", "words"])),
    UnknownDeployment: st.builds(UnknownDeployment, references, _many(deployments, 3).map(tuple)),
    Ambiguous: st.builds(
        Ambiguous, references, st.lists(deployments, min_size=2, max_size=4).map(lambda v: tuple(v * 3))
    ),
    Deleted: st.builds(Deleted, references),
    UnknownProject: st.builds(UnknownProject, hostile(), _many(NAMES, 60).map(tuple)),
    NotOpened: st.builds(NotOpened),
    OutOfReach: st.builds(OutOfReach, references),
    NothingToRollBackTo: st.builds(NothingToRollBackTo, projects()),
    NothingToUndo: st.builds(NothingToUndo, projects()),
    Overtaken: st.builds(Overtaken, projects(), deployments),
    NotPinned: st.builds(NotPinned, projects()),
    NothingToResumeWith: st.builds(NothingToResumeWith, projects()),
    AlreadyCurrent: on_plans.map(lambda v: AlreadyCurrent(*v)),
    AlreadyPromoted: on_plans.map(lambda v: AlreadyPromoted(*v)),
    StillBuilding: on_plans.map(lambda v: StillBuilding(*v)),
    BuildFailed: on_plans.map(lambda v: BuildFailed(*v)),
    WayBackChanged: ways_changed,
    RedeployChanged: st.builds(RedeployChanged, plans()),
    NoLongerPinned: st.builds(NoLongerPinned, hostile()),
    NotFailed: on_plans.map(lambda v: NotFailed(*v)),
    BuiltSince: st.tuples(on_plans, deployments).map(lambda v: BuiltSince(*v[0], v[1])),
    ReleaseUnderWay: releases_met,
    ReleaseOver: releases_over,
    NoSuchStep: steps_missing,
    NotEligible: st.tuples(on_plans, st.sampled_from(["preview", "staged", "hobby", "withdrawn"])).map(
        lambda v: NotEligible(*v[0], v[1])
    ),
    NotAllowed: st.builds(NotAllowed, st.just(PERSON), st.sampled_from(["not listed", "not admin"])),
    IdentityUnknown: st.builds(IdentityUnknown),
    ConfirmationUsed: st.builds(ConfirmationUsed, st.none() | st.sampled_from([ACTOR, "cli:<!here>"])),
    ConfirmationExpired: st.builds(ConfirmationExpired),
    AlreadyAnIncident: st.builds(AlreadyAnIncident, open_incidents),
    NoIncident: st.builds(NoIncident),
    TooManyAtOnce: st.builds(TooManyAtOnce, st.integers(21, 10**6), st.just(20)),
    IncidentOpen: st.builds(IncidentOpen, hostile(), st.sampled_from(Path), incident_lists),
    ConfirmationUnknown: st.builds(ConfirmationUnknown),
    ProjectBusy: st.builds(
        ProjectBusy,
        st.just("shop"),
        st.just("promote"),
        st.just("dpl_x"),
        st.sampled_from([ACTOR, "cli:ana"]),
    ),
    AlreadyUnderWay: st.builds(AlreadyUnderWay, hostile(), st.sampled_from([ACTOR, "cli:<!here>"])),
    ButtonUnknown: st.builds(ButtonUnknown),
    NoDialogHere: st.builds(NoDialogHere),
    NoDeploymentThere: st.builds(NoDeploymentThere),
    TooLate: st.builds(TooLate, hostile()),
    NoProjectName: st.builds(NoProjectName, hostile()),
    TooManyProjects: st.builds(TooManyProjects, st.integers(21, 9999)),
    NothingHeard: st.builds(NothingHeard, hostile(), st.booleans()),
    ClosedToBot: st.builds(ClosedToBot),
    Stale: st.builds(Stale, hostile()),
}

FAILURES = {
    NotAuthorized: st.builds(NotAuthorized, st.sampled_from([401, 403]), hostile()),
    NotFound: st.builds(NotFound, st.sampled_from([404, 410]), hostile()),
    RateLimited: st.builds(RateLimited, st.just(429), hostile(), st.none() | st.floats(0, 10_000)),
    PlatformAnswered: st.builds(PlatformAnswered, st.sampled_from([400, 402, 409, 422, 500, 502]), hostile()),
    PlatformUnreachable: st.builds(
        PlatformUnreachable, st.just("no answer in time"), may_have_applied=st.booleans()
    ),
    PlatformGarbled: st.builds(PlatformGarbled, st.just("an answer that cannot be read (projects.0.id)")),
}


def subclasses(of: type[Any]) -> Iterator[type[Any]]:
    kinds: list[type[Any]] = of.__subclasses__()
    for kind in kinds:
        yield kind
        yield from subclasses(kind)


def payload(said: Any) -> dict[str, Any]:
    """Of a message or of a view, as it goes to Slack."""
    made: dict[str, Any] = said.payload() if isinstance(said, Message) else said.to_dict()
    return made


def everything_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a payload, however deep."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from everything_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from everything_in(part)


def marked_up(sent: dict[str, Any]) -> Iterable[str]:
    """Whatever Slack reads mentions and links from: the text and every mrkdwn object."""
    yield sent.get("text", "")
    yield from (part["text"] for part in everything_in(sent) if part.get("type") == "mrkdwn")


def buttons(said: Any) -> dict[str, dict[str, Any]]:
    """By what is written on them, in their order."""
    return {p["text"]["text"]: p for p in everything_in(payload(said)) if p.get("type") == "button"}


def words(said: Any) -> str:
    """All that is read on the screen."""
    blocks = payload(said)["blocks"]
    return "\n".join(part["text"] for part in everything_in(blocks) if isinstance(part.get("text"), str))
