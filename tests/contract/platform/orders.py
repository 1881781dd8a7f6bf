"""A body that each writing route takes, and names for the parts of its path."""

from typing import Any

from chatbot.sandbox.vercel import Platform

STAGES = [{"targetPercentage": 10, "duration": 5}, {"targetPercentage": 100}]
DOMAIN = {"name": "fuzz.example.com", "gitBranch": None, "redirect": None}
VARIABLE = {"key": "FUZZ", "value": "1", "type": "plain", "target": ["preview"], "comment": "x"}
ENVIRONMENT = {"slug": "fuzz", "description": "x", "branchMatcher": {"type": "equals", "pattern": "fuzz"}}
PROJECT = {"name": "fuzz", "framework": "astro", "buildCommand": "make"}

NO_BODY = frozenset(
    {
        ("DELETE", "/v9/projects/{project}"),
        ("POST", "/v9/projects/{project}/domains/{domain}/verify"),
        ("DELETE", "/v9/projects/{project}/custom-environments/{environment}"),
        ("DELETE", "/v6/domains/{domain}"),
        ("DELETE", "/v3/domains/{domain}"),
        ("DELETE", "/v9/projects/{project}/env/{id}"),
        ("DELETE", "/v10/projects/{project}/env/{id}"),
        ("DELETE", "/v1/projects/{project}/rolling-release/config"),
        ("DELETE", "/v13/deployments/{deployment}"),
        ("PATCH", "/v12/deployments/{deployment}/cancel"),
        ("DELETE", "/v2/aliases/{alias}"),
        ("DELETE", "/now/aliases/{alias}"),
        ("DELETE", "/v1/webhooks/{webhook}"),
        ("POST", "/v2/files"),  # it takes bytes
    }
)
LENIENT = frozenset(
    {
        ("POST", "/v10/projects/{project}/promote/{deployment}"),
        ("POST", "/v1/projects/{project}/rollback/{deployment}"),
        ("POST", "/v9/projects/{project}/rollback/{deployment}"),
    }
)
"""Any object will do as a body, and none as well."""


def order(method: str, template: str, platform: Platform) -> Any:
    """A body that is right in its form. Raises KeyError for a route that nobody wrote one for."""
    shop = next(iter(platform.store.projects.values()))
    staged = next((one.id for one in reversed(shop.deployments) if one.substate == "STAGED"), "dpl_none")
    canary = {"canaryDeploymentId": staged}
    last = template.removeprefix("/v9").removeprefix("/v10").removeprefix("/v11").removeprefix("/v1")
    bodies: dict[tuple[str, str], Any] = {
        ("POST", "/projects"): PROJECT,
        ("PATCH", "/projects/{project}"): {**PROJECT, "autoAssignCustomDomains": True},
        ("POST", "/projects/{project}/domains"): DOMAIN,
        ("PATCH", "/projects/{project}/domains/{domain}"): {"gitBranch": "staging"},
        ("DELETE", "/projects/{project}/domains/{domain}"): {"removeRedirects": True},
        ("POST", "/projects/{project}/custom-environments"): ENVIRONMENT,
        ("PATCH", "/projects/{project}/custom-environments/{environment}"): ENVIRONMENT,
        ("POST", "/v7/domains"): {"name": "fuzz.dev"},
        ("POST", "/v5/domains"): {"name": "fuzz.dev"},
        ("POST", "/deployments/{deployment}/checks"): {"name": "fuzz", "blocking": True},
        ("PATCH", "/deployments/{deployment}/checks/{check}"): {"status": "running"},
        ("POST", "/projects/{project}/env"): VARIABLE,
        ("PATCH", "/projects/{project}/env/{id}"): {"comment": "x", "target": ["preview"]},
        ("PATCH", "/projects/{project}/rollback/{deployment}/update-description"): {"description": "x"},
        ("PATCH", "/projects/{project}/rolling-release/config"): {"enabled": True, "stages": STAGES},
        ("POST", "/projects/{project}/rolling-release/start"): canary,
        ("POST", "/projects/{project}/rolling-release/approve-stage"): {**canary, "nextStageIndex": 1},
        ("POST", "/projects/{project}/rolling-release/complete"): canary,
        ("POST", "/v13/deployments"): {"name": "shop", "deploymentId": staged, "target": "production"},
        ("POST", "/v2/deployments/{deployment}/aliases"): {"alias": "fuzz-alias.example.com"},
        ("POST", "/now/deployments/{deployment}/aliases"): {"alias": "fuzz-alias.example.com"},
        ("POST", "/webhooks"): {"url": "http://127.0.0.1:9/x", "events": ["deployment.ready"]},
    }
    if (method, template) in LENIENT:
        return {}
    return bodies.get((method, template)) or bodies[method, last]


def names(platform: Platform) -> dict[str, list[str]]:
    """For each part of a path, names of things that are there."""
    store = platform.store
    shop = next(iter(store.projects.values()))
    return {
        "project": ["shop", "docs", shop.id, "portal", "notes"],
        "deployment": ["shop.example.com", *list(store.deployments)[::4]],
        "domain": [*shop.domains, "example.com"],
        "environment": ["qa"],
        "id": [one.id for one in shop.env],
        "alias": ["shop-acme.vercel.app", *[one.id for one in store.aliases.values()][::4]],
        "team": ["acme", platform.team_id, "globex"],
        "check": ["check_none"],
        "webhook": ["hook_none"],
    }
