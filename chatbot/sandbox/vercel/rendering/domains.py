"""Domains of an account, and what a project does with them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Domain, Project, RegisteredDomain
    from chatbot.sandbox.vercel.store import Store

_NAMESERVERS = ["ns1.vercel-dns.com", "ns2.vercel-dns.com"]


def account_domain_body(store: Store, domain: RegisteredDomain) -> dict[str, Any]:
    """Its DNS is elsewhere, as far as this platform knows."""
    creator = store.users[domain.creator_id]
    return {
        "id": domain.name,
        "name": domain.name,
        "serviceType": "external",
        "nameservers": [],
        "intendedNameservers": _NAMESERVERS,
        "customNameservers": [],
        "creator": {"id": creator.id, "username": creator.username, "email": creator.email},
        "userId": creator.id,
        "teamId": domain.account_id if domain.account_id in store.teams else None,
        "createdAt": domain.created_at,
        "boughtAt": None,
        "expiresAt": None,
        "transferredAt": None,
        "renew": False,
        "suffix": False,
        "echMode": "disabled",
        "verified": True,
    }


def domain_body(project: Project, domain: Domain) -> dict[str, Any]:
    return {
        "name": domain.name,
        "apexName": domain.apex,
        "projectId": project.id,
        "redirect": domain.redirect,
        "redirectStatusCode": domain.redirect_status,
        "gitBranch": domain.git_branch,
        "customEnvironmentId": domain.custom_environment_id,
        "createdAt": domain.created_at,
        "updatedAt": domain.updated_at,
        "verified": domain.verified,
        **({} if domain.verified else {"verification": [_challenge(project, domain)]}),
    }


def _challenge(project: Project, domain: Domain) -> dict[str, str]:
    """What the domain's owner would have to put into its DNS."""
    proof = hashlib.sha256(f"{project.id}:{domain.name}".encode()).hexdigest()[:20]
    return {
        "type": "TXT",
        "domain": f"_vercel.{domain.apex}",
        "value": f"vc-domain-verify={domain.name},{proof}",
        "reason": "pending_domain_verification",
    }
