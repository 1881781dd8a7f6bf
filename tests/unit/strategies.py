"""Hypothesis strategies for domain values.

Names that the platform itself restricts (ids, domains, project names) keep to its rules, up to their longest. What
people write (commit messages, authors, branches, reasons, error texts, URLs, environment keys) is hostile, and
so, but for invisible characters, are commit hashes.
"""

import string
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from chatbot.domain.buildlog import end_of
from chatbot.domain.changes import CodeChange, Counted
from chatbot.domain.crons import Cron, CronChange, Rescheduled
from chatbot.domain.deployments import (
    AliasRequest,
    Commit,
    Deployment,
    Domain,
    EnvironmentKey,
    Project,
    ReleaseStage,
)
from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.judging import Baseline
from chatbot.domain.news import Change, How, Kind, Step, Who
from chatbot.domain.operations import Build, DomainProof, Findings, Operation, Stage, Trouble
from chatbot.domain.plans import (
    Caution,
    OpenIncident,
    Other,
    Part,
    Path,
    Plan,
)
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.domain.repositories import Repository
from chatbot.messages.wording import plain
from tests.unit import making
from tests.unit.making import NOON

ACTOR = "slack:U0ANA0001"

FRAGMENTS = [
    *("<!channel>", "<!here|x>", "<@U1>", "<#C1|general>", "<https://evil.example|click>", "<mailto:a@b.c>"),
    *("&", "&lt;!channel&gt;", "&amp;lt;", "<", ">", "`", "```", "*", "_", "~", "|", ">>> quote"),
    *(
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\x00",
        "\x07",
        "\x1b[31m",
        "\n",
        "\r\n",
        "\t",
        "\u2028",
    ),
    *("🛒", "👩‍👩‍👧", "🇩🇪", "é", "e\u0301\u0301\u0301", "Ελληνικά", "русский", "カート", "العربية", "हिन्दी"),
    *(
        "@channel",
        "@here",
        "#general",
        "https://evil.example/",
        ":tada:",
        " ",
        "fix the cart",
        "{count}",
        "%s",
    ),
]


def hostile(most: int = 6) -> st.SearchStrategy[str]:
    pieces = st.sampled_from(FRAGMENTS) | st.text(max_size=4)
    some = st.lists(pieces, max_size=most).map("".join)
    return some | st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from([80, 300, 40_000])).map(_filled)


def _filled(piece_and_length: tuple[str, int]) -> str:
    piece, length = piece_and_length
    return (piece * length)[:length]


TIMES = st.integers(-(10**7), 10**7).map(lambda ms: NOON + timedelta(milliseconds=ms * 100))
LETTERS = string.ascii_letters + string.digits


def _deployment_id(number: int) -> str:
    letters = ""
    while number or len(letters) < 20:
        number, letter = divmod(number, len(LETTERS))
        letters += LETTERS[letter]
    return f"dpl_{letters}"


IDS = st.integers(0, len(LETTERS) ** 28 - 1).map(_deployment_id)
READY_STATES = [
    *("QUEUED", "INITIALIZING", "BUILDING", "BLOCKED", "READY", "ERROR", "CANCELED", "DELETED"),
    "OF_A_LATER_YEAR",
]
NAMES = st.sampled_from(["shop", "docs", "a", "very-long-" * 9 + "very-named", "api.v2_internal"])
HASHES = st.integers(0, 16**40 - 1).map("{:040x}".format)
"""Numbers in disguise, as the ids are: a letter at a time takes a quarter of the time of all these tests."""

repositories = st.builds(
    Repository.of,
    st.sampled_from(["github", "gitlab", "bitbucket"]),
    st.sampled_from(["acme/shop", "Acme/Shop", "a/" + "s" * 99]),
)
crons = st.sampled_from(
    [(), (Cron("/jobs/settle", "*/15 * * * *"),), tuple(Cron(f * 99, f * 99) for f in FRAGMENTS)]
)
commits = st.builds(
    Commit,
    sha=HASHES | st.just("") | hostile(2).map(plain),
    message=hostile(),
    author=hostile(3),
    branch=hostile(3),
    repository=st.none() | repositories,
)
logs_urls = st.none() | st.sampled_from(
    [
        "https://vercel.com/acme/shop/4",
        "http://127.0.0.1:4811/acme/shop/4",
        "https://vercel.com/" + "x" * 3000,
        "javascript:alert(1)",
        "",
        "<!here>",
    ]
)
deployments = st.builds(
    Deployment,
    id=IDS,
    project_id=st.just("prj_shop"),
    project_name=NAMES,
    url=st.just("shop-3abc-acme.vercel.app") | hostile(2),
    target=st.sampled_from(["production", None, "staging"]),
    ready_state=st.just("READY") | st.sampled_from(READY_STATES),
    ready_substate=st.sampled_from(["STAGED", "PROMOTED", "ROLLING", None]),
    created_at=TIMES,
    building_at=st.none() | TIMES,
    ready_at=st.none() | TIMES,
    commit=st.none() | commits,
    logs_url=logs_urls,
    error=st.none() | hostile(),
    rollback_candidate=st.booleans(),
    custom_environment=st.none() | st.just("qa"),
    custom_environment_id=st.none() | st.just("env_qa"),
    crons=st.none() | crons,
    assigned_at=st.none() | TIMES,
    deleted=st.booleans(),
)
requests = st.builds(
    AliasRequest,
    type=st.sampled_from(["promote", "rollback"]),
    job_status=st.sampled_from(["pending", "in-progress", "succeeded", "failed", "skipped"]),
    from_id=st.none() | IDS,
    to_id=IDS,
    requested_at=TIMES,
)


release_stages = st.sampled_from(
    [
        (),
        (ReleaseStage(0.0), ReleaseStage(100.0)),
        (ReleaseStage(5.0), ReleaseStage(33.333333, timedelta(minutes=10)), ReleaseStage(100.0)),
        (
            *(ReleaseStage(n * 11.0, timedelta(seconds=n + 1), grows=True) for n in range(9)),
            ReleaseStage(100.0),
        ),
    ]
)
HOSTILE = making.commit(message="".join(FRAGMENTS) * 90, author="<!here>", branch="<@U1>`")
sides = st.sampled_from(
    [
        None,
        making.current(),
        making.canary(),
        making.preview(commit=None),
        making.canary("dpl_x", commit=HOSTILE),
    ]
)
"""Of a rolling release: few, since drawing deployments takes long."""


@st.composite
def releases(draw: st.DrawFn) -> RollingRelease:
    stages = draw(release_stages)
    state = draw(st.sampled_from(ReleaseState))
    has_stage = stages and state is not ReleaseState.ABORTED
    return RollingRelease(
        state=state,
        base=draw(sides),
        canary=draw(sides),
        stages=stages,
        active=draw(st.integers(0, len(stages) - 1)) if has_stage else None,
        started_at=draw(TIMES),
        updated_at=draw(TIMES),
        queued_id=draw(st.sampled_from([None, "dpl_0ther0000000000000000"])),
    )


@st.composite
def projects(draw: st.DrawFn) -> Project:
    serving = draw(st.none() | deployments)
    last = draw(st.none() | requests)
    if serving and last and draw(st.booleans()):
        last = replace(last, to_id=serving.id)
    return Project(
        id="prj_shop",
        name=draw(NAMES),
        auto_assign=draw(st.booleans()),
        current=serving,
        last_request=last,
        repository=draw(st.none() | repositories),
        rolling_release=draw(st.booleans()),
        crons=draw(crons),
        crons_are_off=draw(st.booleans()),
        rollback_reason=draw(st.none() | hostile()),
        rollback_by=draw(st.none() | hostile(1)),
        stages=draw(release_stages),
    )


@st.composite
def domain_lists(draw: st.DrawFn, most: int = 200, longest: int = 253) -> tuple[Domain, ...]:
    """Many, cheaply: one drawn pattern repeated, so that a list of 200 costs as little as one of three."""
    size = draw(st.sampled_from([0, 1, 2, 10, 11, 21, 60, most]))
    serving = draw(st.lists(st.sampled_from([None, "dpl_0ther0000000000000000"]), min_size=1, max_size=3))
    base = draw(st.integers(1, longest - 16))
    return tuple(
        Domain(f"{'d' * base}{n:04}.example.com", serves=serving[n % len(serving)], verified=n % 7 != 0)
        for n in range(min(size, most))
    )


@st.composite
def key_lists(draw: st.DrawFn, most: int = 500, longest: int = 256) -> tuple[str, ...]:
    size = draw(st.sampled_from([0, 1, 20, 21, most]))
    base = draw(st.sampled_from(["KEY", "NEXT_PUBLIC_API_URL", "k" * (longest - 3), "<!here>", "`&`"]))
    return tuple(f"{base}{n:03}" for n in range(min(size, most)))


environments = st.builds(
    EnvironmentChange,
    changed_since_build=key_lists(),
    only_preview=key_lists(),
    only_production=key_lists(),
    differing=key_lists(),
    compared_with=st.none() | st.just("qa"),
    version=st.sampled_from(["", "9f" * 32]),
    keys=st.sampled_from([(), (("API_URL", "0123"),)]),
)


paths = st.sampled_from(
    [(), ("db/migrations/1_a.sql",), tuple(f"{'m' * 200}{n}.sql" for n in range(300)), tuple(FRAGMENTS)]
)
code_changes = st.builds(
    CodeChange,
    counted=st.sampled_from(Counted),
    repository=st.none() | repositories,
    now=HASHES,
    then=HASHES,
    older=st.booleans(),
    forward=st.integers(0, 3000),
    back=st.integers(0, 3000),
    files=st.integers(0, 600),
    cut=st.booleans(),
    brings=paths,
    takes=paths,
    builds_between=st.none() | st.integers(0, 100),
)
cron_changes = st.builds(
    CronChange,
    added=crons,
    removed=crons,
    rescheduled=st.sampled_from([(), tuple(Rescheduled(f * 99, f * 99, f * 99) for f in FRAGMENTS)]),
    kept=st.integers(0, 40),
    told=st.booleans(),
)


open_incidents = st.builds(OpenIncident, st.just("inc_1"), hostile(), TIMES)
incident_lists = st.lists(open_incidents, max_size=5).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    made = draw(projects())
    domains = draw(domain_lists())
    if made.current and draw(st.booleans()):
        domains = tuple(replace(d, serves=made.current.id) for d in domains)
    to = domains[0].name if domains else "shop.example.com"
    length = draw(st.sampled_from([1, 235]))
    follow = draw(st.sampled_from([0, 1, 5, 6, 12]))
    return Plan(
        path=draw(st.sampled_from(Path)),
        project=made,
        target=draw(deployments),
        domains=domains,
        redirects=tuple(Domain(f"{'w' * length}{n:02}.example.com", redirect=to) for n in range(follow)),
        environment=draw(environments),
        auto_assign_after=draw(st.booleans()),
        usual=draw(st.none() | st.integers(0, 10**7).map(lambda s: timedelta(milliseconds=s))),
        cautions=tuple(draw(st.lists(st.sampled_from(Caution), unique=True))),
        reason=draw(st.none() | hostile()),
        newest_release=draw(st.none() | releases()),
        code=draw(st.none() | code_changes),
        crons=draw(cron_changes),
        incidents=draw(incident_lists),
        others=draw(st.sampled_from([(), (Other(ACTOR, Path.REBUILD, "3f2a1bc", waits=True),) * 11])),
    )


environment_keys = st.builds(
    EnvironmentKey,
    id=st.from_regex(r"\Aenv_[a-z0-9]{4}\Z"),
    key=st.sampled_from(["A", "B", "C"]),
    targets=st.frozensets(st.sampled_from(["production", "preview", "development"])),
    updated_at=TIMES,
    git_branch=st.none() | st.just("main"),
)


def proofs_of(domains: tuple[Domain, ...]) -> st.SearchStrategy[tuple[DomainProof, ...]]:
    one = st.builds(
        DomainProof,
        name=st.just(""),
        serves=st.none() | IDS,
        moved=st.booleans(),
        status=st.none() | st.sampled_from([200, 307, 401, 404, 500, 503]),
        fault=st.none() | st.sampled_from(["timeout", "unresolved", "private"]) | hostile(2),
        is_well=st.booleans(),
    )
    some = st.lists(one, min_size=1, max_size=3)
    return some.map(
        lambda made: tuple(replace(made[n % len(made)], name=d.name) for n, d in enumerate(domains))
    )


baselines = st.builds(
    Baseline, current_id=st.none() | IDS, request_at=st.none() | TIMES, auto_assign=st.booleans()
)
troubles = st.builds(
    Trouble, kind=st.sampled_from(["said", "status", "silent", "garbled", "job", "checks"]), text=hostile()
)


@st.composite
def findings(draw: st.DrawFn, domains: tuple[Domain, ...] = ()) -> Findings:
    """What was last seen as Current is the new build, what was there before, or anything else."""
    build = st.builds(
        Build,
        id=IDS,
        url=st.just("shop-4abc-acme.vercel.app"),
        ready_state=st.sampled_from(READY_STATES),
        started_at=TIMES,
        logs_url=logs_urls,
        error=st.none() | hostile(),
        checks=st.sampled_from([None, "pending", "failed"]),
    )
    made, before = draw(st.none() | build), draw(st.none() | deployments)
    known = [found.id for found in (made, before) if found]
    return Findings(
        baseline=draw(st.none() | baselines),
        before=before,
        build=made,
        proofs=draw(st.just(()) | proofs_of(domains)),
        trouble=draw(st.none() | troubles),
        changed=tuple(draw(st.lists(st.sampled_from(Part), unique=True))),
        seen=draw(st.none() | IDS | st.sampled_from([*known, None])),
        auto_assign=draw(st.none() | st.booleans()),
        queued=draw(st.booleans()),
        left_staged=draw(st.booleans()),
        log_end=end_of(draw(st.lists(hostile(), max_size=8))),
        release=draw(st.none() | releases()),
        unqueued_at=draw(st.none() | TIMES),
    )


@st.composite
def operations(draw: st.DrawFn, stage: Stage | None = None) -> Operation:
    plan = draw(plans())
    return Operation(
        id="6f1c0b1e-0000-4000-8000-000000000001",
        plan=plan,
        stage=stage or draw(st.sampled_from(Stage)),
        actor=ACTOR,
        channel="C0DEPLOYS",
        requested_at=NOON,
        asked_at=draw(st.none() | TIMES),
        finished_at=draw(st.none() | TIMES),
        reason=plan.reason,
        findings=draw(findings(plan.domains)),
    )


@st.composite
def changes_of_production(draw: st.DrawFn, kind: Kind | None = None) -> Change:
    """Of any kind; every combination that the type allows."""
    domains = draw(
        st.sampled_from([(), ("shop.example.com",), ("x" * 63 + "." + "y" * 63 + ".example",) * 12])
    )
    person = st.builds(Who, hostile(3), st.none() | st.just("U0ANA0001"))
    back = draw(st.none() | deployments)
    return Change(
        id="6f1c0b1e-0000-4000-8000-000000000001",
        project_id="prj_shop",
        project_name=draw(NAMES),
        number=draw(st.integers(1, 10**6)),
        kind=kind or draw(st.sampled_from(Kind)),
        how=draw(st.sampled_from(How)),
        at=draw(TIMES),
        noticed_at=draw(TIMES),
        who=draw(st.none() | person),
        was=draw(st.none() | deployments),
        now=draw(st.none() | deployments),
        domains=domains,
        repository=draw(st.none() | repositories),
        pinned=draw(st.booleans()),
        back=back,
        bound="0" * 64 if back else None,
        operation_id=draw(st.none() | st.just("op")),
        while_away=draw(st.booleans()),
        newer=draw(st.none() | deployments),
        reason=draw(st.none() | hostile()),
        passing=draw(st.booleans()),
        along=draw(st.booleans()),
        release=draw(st.none() | releases()),
        step=draw(st.none() | st.sampled_from(Step)),
        was_named=draw(st.none() | NAMES),
    )
