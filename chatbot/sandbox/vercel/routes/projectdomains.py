from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.hostnames import SHARED_APEXES, apex_of, is_hostname
from chatbot.sandbox.vercel.keys import ANNOUNCER, CALLER, STORE
from chatbot.sandbox.vercel.paging import page_of, switch
from chatbot.sandbox.vercel.records import Domain, RedirectStatus
from chatbot.sandbox.vercel.rendering.domains import domain_body
from chatbot.sandbox.vercel.validation import Body, read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller
    from chatbot.sandbox.vercel.records import Deployment, Project
    from chatbot.sandbox.vercel.store import Store

LATEST_FAILED = (
    "The domain can not be added because the latest production deployment for the project was not successful"
)


class DomainChange(Body):
    git_branch: str | None = None
    custom_environment_id: str | None = None
    redirect: str | None = None
    redirect_status_code: RedirectStatus | None = None


class NewDomain(DomainChange):
    name: str


class Removal(Body):
    remove_redirects: bool = False


async def list_domains(request: web.Request) -> web.Response:
    """Of the filters, `production=false` is what the official SDK always sends: it filters nothing."""
    project = request[CALLER].project(request.match_info["project"])
    order = request.query.get("order", "DESC")
    if order not in ("ASC", "DESC"):
        raise bad_request("`order` should be ASC or DESC.")
    domains = sorted(
        _filtered(request, list(project.domains.values())),
        key=lambda domain: domain.created_at,
        reverse=order == "DESC",
    )
    page, pagination = page_of(request, domains, lambda domain: domain.created_at, rising=order == "ASC")
    return web.json_response(
        {"domains": [domain_body(project, domain) for domain in page], "pagination": pagination}
    )


def _filtered(request: web.Request, domains: list[Domain]) -> list[Domain]:
    query = request.query
    if (branch := query.get("gitBranch")) is not None:
        domains = [domain for domain in domains if domain.git_branch == branch]
    if (environment := query.get("customEnvironmentId")) is not None:
        domains = [domain for domain in domains if domain.custom_environment_id == environment]
    if (target := query.get("target")) not in (None, "production", "preview"):
        raise bad_request("`target` should be production or preview.")
    if switch(request, "production") or target == "production":
        domains = [domain for domain in domains if domain.is_of_production]
    if target == "preview":
        domains = [domain for domain in domains if not domain.is_of_production]
    if switch(request, "redirects") is False:
        domains = [domain for domain in domains if domain.redirect is None]
    if (redirect := query.get("redirect")) is not None:
        domains = [domain for domain in domains if domain.redirect == redirect]
    if (verified := switch(request, "verified")) is not None:
        domains = [domain for domain in domains if domain.verified is verified]
    return domains


async def get_domain(request: web.Request) -> web.Response:
    project, domain = _named(request)
    return web.json_response(domain_body(project, domain))


async def add_domain(request: web.Request) -> web.Response:
    """It serves at once what it stands for. Raises ApiError 400 or 409."""
    store, caller = request.app[STORE], request[CALLER]
    project = caller.project(request.match_info["project"])
    body = await read_body(request, NewDomain)
    name = body.name.lower()
    if not is_hostname(name):
        raise ApiError(400, f"The domain name {name} is not valid.", code="invalid_domain")
    _require_free(caller, project, name)
    _require_sense(project, body, name)
    if body.git_branch is None and body.custom_environment_id is None and body.redirect is None:
        _require_success(store, project)
    owners, now = store.domain_owners(name), store.stamp()
    domain = Domain(
        name=name,
        apex=apex_of(name),
        created_at=now,
        updated_at=now,
        verified=not owners or caller.account_id in owners,
    )
    _apply(domain, body)
    project.domains[name] = domain
    _serve(store, project, domain)
    store.changed()
    request.app[ANNOUNCER].domain("project.domain.created", project, domain, caller.user)
    return web.json_response(domain_body(project, domain))


async def change_domain(request: web.Request) -> web.Response:
    store = request.app[STORE]
    project, domain = _named(request)
    body = await read_body(request, DomainChange)
    _require_sense(project, body, domain.name)
    before = replace(domain)
    _apply(domain, body)
    domain.updated_at = store.stamp()
    if domain.name in store.aliases:
        store.remove_alias(store.aliases[domain.name])
    _serve(store, project, domain)
    store.changed()
    request.app[ANNOUNCER].domain_updated(project, before, domain, request[CALLER].user)
    return web.json_response(domain_body(project, domain))


async def remove_domain(request: web.Request) -> web.Response:
    """Raises ApiError 409 while others redirect to it, unless `removeRedirects` says that they may go too."""
    store = request.app[STORE]
    project, domain = _named(request)
    body = await read_body(request, Removal)
    redirects = [one for one in project.domains.values() if one.redirect == domain.name]
    if redirects and not body.remove_redirects:
        names = ", ".join(one.name for one in redirects)
        raise ApiError(409, f"{names} redirect to {domain.name}: remove them first.")
    for one in (*redirects, domain):
        store.remove_domain(project, one)
        request.app[ANNOUNCER].domain("project.domain.deleted", project, one, request[CALLER].user)
    store.changed()
    return web.json_response({})


async def verify_domain(request: web.Request) -> web.Response:
    """Raises ApiError 400: there is no DNS here in which another owner could have agreed."""
    project, domain = _named(request)
    if not domain.verified:
        raise ApiError(400, f"The TXT record of _vercel.{domain.apex} is missing.", code="missing_txt_record")
    return web.json_response(domain_body(project, domain))


def _named(request: web.Request) -> tuple[Project, Domain]:
    project = request[CALLER].project(request.match_info["project"])
    name = request.match_info["domain"].lower()
    if name not in project.domains:
        raise not_found("Domain", name)
    return project, project.domains[name]


def _require_free(caller: Caller, project: Project, name: str) -> None:
    store = caller.store
    holder = next((one for one in store.projects.values() if name in one.domains), None)
    if holder is project:
        raise ApiError(409, f"The domain {name} is already assigned to this project.")
    alias = store.aliases.get(name)
    taken = alias is not None and alias.project_id != project.id and apex_of(name) in SHARED_APEXES
    if taken or (holder is not None and holder.account_id == caller.account_id):
        raise ApiError(
            409, f"The domain {name} is already assigned to another project.", code="domain_already_in_use"
        )


def _require_sense(project: Project, body: DomainChange, name: str) -> None:
    if body.git_branch is not None and body.custom_environment_id is not None:
        raise bad_request("`gitBranch` and `customEnvironmentId` exclude each other.")
    if body.git_branch is not None and body.git_branch in ("", project.production_branch):
        raise bad_request("`gitBranch` should be a branch other than the production branch.")
    if body.custom_environment_id is not None:
        environment = project.custom_environment(body.custom_environment_id)
        if environment is None or environment.id != body.custom_environment_id:
            raise not_found("Custom environment", body.custom_environment_id)
    if body.redirect is None:
        if body.redirect_status_code is not None:
            raise bad_request("`redirectStatusCode` needs a `redirect`.")
        return
    target = project.domains.get(body.redirect)
    if target is None or target.redirect is not None or body.redirect == name:
        raise bad_request("`redirect` should be a domain of the project that does not redirect itself.")


def _require_success(store: Store, project: Project) -> None:
    """The newest finished production build decides."""
    newest = next(
        (one for one in store.newest_first(project) if one.target == "production" and not one.is_unfinished),
        None,
    )
    if newest is not None and newest.state != "READY":
        raise ApiError(400, LATEST_FAILED)


def _apply(domain: Domain, body: DomainChange) -> None:
    said = body.model_fields_set
    if "git_branch" in said:
        domain.git_branch = body.git_branch
    if "custom_environment_id" in said:
        domain.custom_environment_id = body.custom_environment_id
    if "redirect" in said:
        domain.redirect = body.redirect
        domain.redirect_status = (body.redirect_status_code or 307) if body.redirect is not None else None


def _serve(store: Store, project: Project, domain: Domain) -> None:
    if not domain.verified:
        return
    if domain.redirect is not None and domain.redirect_status is not None:
        store.redirect(project, domain.name, domain.redirect, domain.redirect_status)
    elif (deployment := _meant(store, project, domain)) is not None:
        store.point(domain.name, deployment)


def _meant(store: Store, project: Project, domain: Domain) -> Deployment | None:
    if domain.is_of_production:
        return store.current_of(project)
    ready = (
        one
        for one in store.newest_first(project)
        if one.state == "READY" and one.deleted_by_retention_at is None
    )
    if domain.custom_environment_id is not None:
        wanted = (one for one in ready if one.custom_environment_id == domain.custom_environment_id)
    else:
        wanted = (one for one in ready if one.commit.branch == domain.git_branch)
    return next(wanted, None)


_PATH = "/v9/projects/{project}/domains"
ROUTES = [
    web.get(_PATH, list_domains),
    web.post("/v9/projects/{project}/domains", add_domain),
    web.post("/v10/projects/{project}/domains", add_domain),
    web.get(_PATH + "/{domain}", get_domain),
    web.patch(_PATH + "/{domain}", change_domain),
    web.delete(_PATH + "/{domain}", remove_domain),
    web.post(_PATH + "/{domain}/verify", verify_domain),
]
