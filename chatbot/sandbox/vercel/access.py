"""Who asks, and for which team: the bearer token and the `teamId` or `slug` of every call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chatbot.sandbox.vercel.errors import ApiError, not_found, out_of_scope
from chatbot.sandbox.vercel.rights import NOT_PERMITTED, may_move_production, require_right

if TYPE_CHECKING:
    from aiohttp import web

    from chatbot.sandbox.vercel.records import Deployment, Plan, Project, Role, Team, Token, User
    from chatbot.sandbox.vercel.store import Store


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind the token and the account (a team, or the user alone) the call is scoped to."""

    store: Store
    user: User
    token: Token
    team: Team | None

    @property
    def account_id(self) -> str:
        return self.team.id if self.team is not None else self.user.id

    @property
    def plan(self) -> Plan:
        return self.team.plan if self.team is not None else "hobby"

    @property
    def role(self) -> Role:
        """Everybody owns what is personal to them."""
        return self.team.members[self.user.id] if self.team is not None else "OWNER"

    def require_production(self) -> None:
        """Raises ApiError 403 for who may not change what production is, or is made of."""
        if not may_move_production(self.role, self.token):
            raise ApiError(403, NOT_PERMITTED)

    def projects(self) -> list[Project]:
        """All that the token reaches, newest first."""
        only = self.token.project_id
        return [
            project
            for project in self.store.projects_of(self.account_id)
            if only is None or project.id == only
        ]

    def project(self, id_or_name: str) -> Project:
        """Raises ApiError 404 when there is none, 403 when it belongs to another account."""
        project = self.store.project_named(self.account_id, id_or_name)
        if project is None:
            raise not_found("Project", id_or_name)
        self._require_own(project.account_id, project.id)
        return project

    def deployment(self, id_or_hostname: str) -> Deployment:
        """Raises ApiError 404 when there is none, 403 when it belongs to another account."""
        deployment = self.store.deployment_named(id_or_hostname)
        if deployment is None:
            raise not_found("Deployment", id_or_hostname)
        self._require_own(deployment.account_id, deployment.project_id)
        return deployment

    def _require_own(self, account_id: str, project_id: str) -> None:
        if account_id != self.account_id:
            raise out_of_scope(self.store.slug_of(account_id))
        if self.token.project_id not in (None, project_id):
            raise ApiError(403, "Not authorized: the token is limited to another project.")


def identify(request: web.Request, store: Store) -> Caller:
    """Raises ApiError: 401 without a token, 403 for an unknown one, a foreign team, or what is not allowed."""
    token = _token(request, store)
    user = store.users[token.user_id]
    team = _team(request, store)
    if team is not None and user.id not in team.members:
        raise out_of_scope(team.slug)
    caller = Caller(store, user, token, team)
    require_right(token, caller.role, request.method, request.path)
    return caller


def _token(request: web.Request, store: Store) -> Token:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise ApiError(401, "The request is not authorized", missingToken=True)
    token = store.tokens.get(secret.strip())
    if token is None:
        raise ApiError(403, "Not authorized", invalidToken=True)
    return token


def _team(request: web.Request, store: Store) -> Team | None:
    named: list[tuple[Literal["teamId", "slug"], str]] = [
        (key, request.query[key]) for key in ("teamId", "slug") if request.query.get(key)
    ]
    if not named:
        return None
    _, name = named[0]
    team = store.team_named(name)
    if team is None:
        raise out_of_scope(name)
    return team
