"""Domains of an account (`domains ls`, `alias set`), whatever its projects do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found, out_of_scope
from chatbot.sandbox.vercel.hostnames import SHARED_APEXES, apex_of, is_hostname
from chatbot.sandbox.vercel.keys import CALLER, STORE
from chatbot.sandbox.vercel.paging import page_of
from chatbot.sandbox.vercel.records import RegisteredDomain
from chatbot.sandbox.vercel.rendering.domains import account_domain_body
from chatbot.sandbox.vercel.validation import Body, read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller


class NewDomain(Body):
    name: str
    method: str | None = None
    zone: bool | None = None
    cdn_enabled: bool | None = None
    token: str | None = None
    auth_code: str | None = None
    expected_price: float | None = None


async def list_domains(request: web.Request) -> web.Response:
    store = request.app[STORE]
    owned = sorted(owned_by(request[CALLER]).values(), key=lambda domain: domain.created_at, reverse=True)
    page, pagination = page_of(request, owned, lambda domain: domain.created_at)
    bodies = [account_domain_body(store, domain) for domain in page]
    return web.json_response({"domains": bodies, "pagination": pagination})


async def get_domain(request: web.Request) -> web.Response:
    """By its own name or that of anything below it: the official CLI asks so before it sets an alias."""
    domain = _named(request)
    return web.json_response({"domain": account_domain_body(request.app[STORE], domain)})


async def add_domain(request: web.Request) -> web.Response:
    store, caller = request.app[STORE], request[CALLER]
    name = (await read_body(request, NewDomain)).name.lower()
    if not is_hostname(name) or name.startswith("*"):
        raise ApiError(400, f"The domain name {name} is not valid.", code="invalid_name")
    apex = apex_of(name)
    if apex in SHARED_APEXES:
        raise bad_request(f"{apex} cannot be added.")
    owners = store.domain_owners(apex)
    if caller.account_id in owners:
        raise ApiError(409, f"The domain {apex} is added already.", code="domain_already_exists")
    if owners:
        raise ApiError(403, f"The domain {apex} is owned by another account.")
    domain = RegisteredDomain(apex, caller.account_id, caller.user.id, store.stamp())
    store.registered[apex] = domain
    store.changed()
    return web.json_response({"domain": account_domain_body(store, domain)})


async def remove_domain(request: web.Request) -> web.Response:
    """Raises ApiError 409 while a project uses it."""
    store, domain = request.app[STORE], _named(request)
    projects = store.projects_of(request[CALLER].account_id)
    used = sorted(
        one.name for project in projects for one in project.domains.values() if one.apex == domain.name
    )
    if used:
        raise ApiError(
            409, f"The domain {domain.name} is in use: {', '.join(used)}.", code="domain_removal_conflict"
        )
    del store.registered[domain.name]
    store.changed()
    return web.json_response({"uid": domain.name})


async def get_config(request: web.Request) -> web.Response:
    _named(request)
    body: dict[str, Any] = {
        "configuredBy": "A",
        "acceptedChallenges": ["http-01"],
        "misconfigured": False,
        "recommendedIPv4": [],
        "recommendedCNAME": [],
    }
    return web.json_response(body)


async def get_availability(request: web.Request) -> web.Response:
    """Nothing is for sale here."""
    name = request.match_info["domain"].lower()
    if not is_hostname(name):
        raise bad_request(f"The domain name {name} is not valid.")
    return web.json_response({"available": False})


def owned_by(caller: Caller) -> dict[str, RegisteredDomain]:
    """Those added and those that a project of the account brought with it, by name."""
    store, account_id = caller.store, caller.account_id
    creator = caller.team.creator_id if caller.team is not None else caller.user.id
    owned = {one.name: one for one in store.registered.values() if one.account_id == account_id}
    for project in store.projects_of(account_id):
        for domain in project.domains.values():
            known = owned.get(domain.apex)
            if domain.apex in SHARED_APEXES or not domain.verified:
                continue
            if known is None or known.created_at > domain.created_at:
                owned[domain.apex] = RegisteredDomain(domain.apex, account_id, creator, domain.created_at)
    return owned


def _named(request: web.Request) -> RegisteredDomain:
    """Raises ApiError 404, or 403 when another account owns it."""
    store, caller, name = request.app[STORE], request[CALLER], request.match_info["domain"].lower()
    owners = store.domain_owners(name)
    if not owners:
        raise not_found("Domain", name)
    if caller.account_id not in owners:
        raise out_of_scope(store.slug_of(min(owners)))
    return owned_by(caller)[apex_of(name)]


ROUTES = [
    web.get("/v5/domains", list_domains),
    web.get("/v5/domains/{domain}", get_domain),
    web.post("/v7/domains", add_domain),
    web.post("/v5/domains", add_domain),
    web.delete("/v6/domains/{domain}", remove_domain),
    web.delete("/v3/domains/{domain}", remove_domain),  # the official CLI's
    web.get("/v6/domains/{domain}/config", get_config),
    web.get("/v1/registrar/domains/{domain}/availability", get_availability),
]
