"""Fills a new store: people, teams, tokens, and the projects' history. The same seed, the same world."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.buildlog import BUILD_FAILED, tell_past
from chatbot.sandbox.vercel.hostnames import apex_of, branch_hostname
from chatbot.sandbox.vercel.records import (
    AliasMove,
    AliasRequest,
    Commit,
    Cron,
    Crons,
    Deployment,
    Domain,
    EnvRecord,
    Project,
    Role,
    Team,
    Token,
    User,
)
from chatbot.sandbox.vercel.stories import NOTES, PORTAL, SHOP, STORIES, Step, Story, Variable

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.store import Store

OWNER_TOKEN = "tok_local"  # noqa: S105 - the sandbox's published token; it opens nothing else
VIEWER_TOKEN = "tok_viewer"  # noqa: S105 - likewise
MEMBER_TOKEN = "tok_member"  # noqa: S105 - likewise
DEVELOPER_TOKEN = "tok_developer"  # noqa: S105 - likewise
PROJECT_TOKEN = "tok_shop"  # noqa: S105 - likewise
TEAM_ID = "team_acme00000000000000000000"
FOREIGN_TEAM_ID = "team_globex000000000000000000"

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("ana", "Ana Duarte", "OWNER"),
    ("bob", "Bob Meyer", "MEMBER"),
    ("cy", "Cyrus Okafor", "MEMBER"),
    ("dee", "Dee Lindqvist", "MEMBER"),
    ("emi", "Emi Tanaka", "MEMBER"),
    ("vera", "Vera Holm", "VIEWER"),
    ("max", "Max Adler", "DEVELOPER"),
)
_TOKENS = {"ana": OWNER_TOKEN, "bob": MEMBER_TOKEN, "max": DEVELOPER_TOKEN, "vera": VIEWER_TOKEN}


def seed_account(store: Store) -> Team:
    """The team Acme on the Pro plan and its people, with a token for each role."""
    founded = store.now() - 700 * DAY
    team = Team(TEAM_ID, "acme", "Acme", "pro", "usr_ana", founded)
    for username, name, role in _PEOPLE:
        user = User(f"usr_{username}", username, name, f"{username}@acme.example", founded, team.id)
        tokens = [Token(_TOKENS[username], user.id)] if username in _TOKENS else []
        store.add_user(user, *tokens)
        team.members[user.id] = role
    return store.add_team(team)


def seed_projects(store: Store, team: Team, seed: int) -> None:
    chance = random.Random(seed)
    for story in STORIES:
        _Telling(store, team.id, team.creator_id, story, chance).tell()
    stranger = store.add_user(User("usr_gus", "gus", "Gus Ferrer", "gus@acme.example", team.created_at))
    foreign = Team(FOREIGN_TEAM_ID, "globex", "Globex", "pro", stranger.id, team.created_at)
    foreign.members[stranger.id] = "OWNER"
    store.add_team(foreign)
    _Telling(store, foreign.id, stranger.id, PORTAL, chance).tell()
    _Telling(store, team.creator_id, team.creator_id, NOTES, chance).tell()
    shop = store.project_named(team.id, SHOP.project)
    if shop is not None:
        store.add_token(Token(PROJECT_TOKEN, team.creator_id, project_id=shop.id))


class _Telling:
    """One story, told into the store."""

    def __init__(
        self, store: Store, account_id: str, owner_id: str, story: Story, chance: random.Random
    ) -> None:
        self.store = store
        self.account_id = account_id
        self.owner_id = owner_id
        self.story = story
        self.chance = chance
        self.now = store.now()
        self.founded = self.now - chance.randrange(300, 600) * DAY
        self.project = self._project()

    def tell(self) -> None:
        for number, site in enumerate(self.story.sites):
            at = self.founded + number
            self.store.add_domain(
                self.project,
                Domain(
                    name=site.name,
                    apex=apex_of(site.name),
                    created_at=at,
                    updated_at=at,
                    redirect=site.redirect,
                    redirect_status=308 if site.redirect else None,
                    git_branch=site.branch,
                ),
            )
        self.project.env = [self._variable(variable) for variable in self.story.variables]
        for step, created in zip(self.story.steps, self._times(), strict=True):
            self._build(step, created)
        if not self.story.auto_assign:
            self._record_promotion()

    def _project(self) -> Project:
        story = self.story
        return self.store.add_project(
            Project(
                id=self.store.new_id("prj_"),
                name=story.project,
                account_id=self.account_id,
                framework=story.framework,
                repo_id=self.chance.randrange(10_000_000, 999_999_999),
                created_at=self.founded,
                updated_at=self.founded,
                crons=Crons(self.founded, self.founded),
                auto_assign=story.auto_assign,
                auto_assign_updated_by="system" if story.auto_assign else self.owner_id,
            )
        )

    def _times(self) -> list[int]:
        """When each step was pushed, oldest first."""
        times = [self.now - self.story.newest_minutes_ago * MINUTE]
        for _ in self.story.steps[1:]:
            times.append(times[-1] - self.chance.randrange(35 * MINUTE, 9 * HOUR))
        return times[::-1]

    def _variable(self, variable: Variable) -> EnvRecord:
        changed = self.now - int(variable.changed_hours_ago * HOUR)
        return EnvRecord(
            id=self.store.new_id("", 16),
            key=variable.key,
            type=variable.type,
            target=variable.target,
            created_at=min(changed, self.founded + DAY),
            updated_at=changed,
            created_by=self.owner_id,
            value=f"value-of-{variable.key.lower()}",
            git_branch=variable.branch,
        )

    def _build(self, step: Step, created: int) -> None:
        deployment = self.store.add_deployment(self._deployment(step, created))
        self._finish(deployment, step, created)
        if deployment.state == "READY":
            self._point(deployment, step)
        tell_past(self.project, deployment)

    def _deployment(self, step: Step, created: int) -> Deployment:
        user = self.store.users[f"usr_{step.author}"]
        return Deployment(
            id=self.store.new_id("dpl_"),
            project_id=self.project.id,
            account_id=self.account_id,
            name=self.project.name,
            url=self.store.new_hostname(self.project),
            commit=Commit(self.store.new_sha(), step.message, step.branch, user.name, user.username),
            creator_id=user.id,
            target="production" if step.branch == self.project.production_branch else None,
            source="git",
            created_at=created,
            auto_assign=self.story.auto_assign,
            crons=self._crons(step),
            building_at=created + self.chance.randrange(2000, 5000),
        )

    def _crons(self, step: Step) -> tuple[Cron, ...]:
        """Those of the newest change of them up to this step."""
        told = [one.message for one in self.story.steps[: self.story.steps.index(step) + 1]]
        return next((crons for message, crons in reversed(self.story.crons) if message in told), ())

    def _finish(self, deployment: Deployment, step: Step, created: int) -> None:
        ended = created + self.chance.randrange(42_000, 96_000)
        match step.ending:
            case "canceled":
                deployment.state, deployment.canceled_at = "CANCELED", ended
            case "failed":
                deployment.state, deployment.error, deployment.ready_at = "ERROR", BUILD_FAILED, ended
            case _:
                deployment.state = "READY"
                deployment.ready_at = deployment.alias_assigned_at = ended
        if step.ending == "expired":
            deployment.deleted_by_retention_at = self.now - 2 * DAY
        if step.ending in ("live", "expired"):
            deployment.substate = "PROMOTED"
        elif step.ending == "staged":
            deployment.substate = "STAGED"

    def _point(self, deployment: Deployment, step: Step) -> None:
        ended = deployment.ready_at or deployment.created_at
        branch = deployment.commit.branch
        names = [branch_hostname(self.store, self.project, branch)]
        names += [domain.name for domain in self.project.domains.values() if domain.git_branch == branch]
        if step.ending in ("live", "expired"):
            # Without auto-assignment somebody looked at the staged build first.
            ended += 0 if self.story.auto_assign else self.chance.randrange(3 * MINUTE, 20 * MINUTE)
            deployment.alias_assigned_at = ended
            names += [domain.name for domain in self.project.production_domains()]
            self.project.served.append(deployment.id)
            crons = self.project.crons
            crons.deployment_id, crons.updated_at, crons.definitions = deployment.id, ended, deployment.crons
        for number, name in enumerate(names):
            self.store.point(name, deployment, ended + number)

    def _record_promotion(self) -> None:
        """The promote that made Current what it is; auto-assignment was switched off again after it."""
        current = self.store.deployments[self.project.served[-1]]
        at = (current.alias_assigned_at or current.created_at) - 2000
        moves = [
            AliasMove(self.store.new_id("", 24), domain.name, at + number, "completed")
            for number, domain in enumerate(self.project.production_domains())
        ]
        request = AliasRequest(
            "promote", self.project.previous_id, current.id, at, at, "succeeded", moves=moves
        )
        self.project.requests.append(request)
