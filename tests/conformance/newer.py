"""What the official OpenAPI file (2025-10, cut to a part) does not have, and the source that each follows.

`SDK`: npm `@vercel/sdk` 1.28.35, what its models require of a body. `CLI`: npm `vercel`, what it reads.
"""

from dataclasses import dataclass

from tests.conformance import shapes
from tests.conformance.shapes import FLAG, TEXT, Schema, array, either, nullable, one_of, record


@dataclass(frozen=True)
class Newer:
    status: int
    schema: Schema | None
    """None: no body at all."""
    source: str
    errors: frozenset[int] = frozenset()
    """Those that the source declares, beyond what is documented for every endpoint."""


def _page(key: str, item: Schema) -> Schema:
    return record({key: array(item), "pagination": shapes.PAGINATION})


_ROLLBACK = frozenset({402, 409, 422})
_CONFLICT = frozenset({409})
_PAID = frozenset({402})
_NO_KEYS: Schema = {"type": "object", "maxProperties": 0}
_ROLLOUT = record({"rollingRelease": nullable(shapes.ROLLOUT)})
_ENVIRONMENTS = record({"environments": array(shapes.CUSTOM_ENVIRONMENT)})
_DOMAIN = record({"domain": shapes.DOMAIN})

NEWER: dict[str, Newer] = {
    # production
    "POST /v1/projects/{}/rollback/{}": Newer(201, None, "SDK requestRollback", _ROLLBACK),
    "POST /v9/projects/{}/rollback/{}": Newer(201, None, "CLI rollback", _ROLLBACK),
    "PATCH /v1/projects/{}/rollback/{}/update-description": Newer(
        200,
        None,
        "SDK updateProjectsByProjectIdRollbackByDeploymentIdUpdateDescription",
        frozenset({409, 422}),
    ),
    "POST /v1/projects/{}/rolling-release/start": Newer(
        200, _ROLLOUT, "SDK startRollingRelease", frozenset({409, 422})
    ),
    "GET /v9/projects/{}/promote/aliases": Newer(200, _page("aliases", shapes.MOVE), "CLI promote/status.ts"),
    "GET /v9/projects/{}/rollback/aliases": Newer(
        200, _page("aliases", shapes.MOVE), "CLI rollback/status.ts"
    ),
    # deployments
    "DELETE /v13/deployments/{}": Newer(
        200, record({"uid": TEXT, "state": one_of("DELETED")}), "SDK deleteDeployment"
    ),
    "GET /v11/deployments/{}/builds": Newer(200, record({"builds": array(shapes.BUILD)}), "CLI inspect"),
    "POST /v2/files": Newer(200, either(record({"urls": array(TEXT)}), _NO_KEYS), "SDK uploadFile"),
    "POST /v1/deployments/{}/checks": Newer(200, shapes.CHECK, "SDK createCheck"),
    "GET /v1/deployments/{}/checks": Newer(
        200, record({"checks": array(shapes.LISTED_CHECK)}), "SDK getAllChecks"
    ),
    "GET /v1/deployments/{}/checks/{}": Newer(200, shapes.CHECK, "SDK getCheck"),
    "PATCH /v1/deployments/{}/checks/{}": Newer(200, shapes.CHECK, "SDK updateCheck"),
    # domains and aliases
    "POST /v10/projects/{}/domains": Newer(
        200, shapes.PROJECT_DOMAIN, "SDK addProjectDomain", frozenset({402, 409})
    ),
    "GET /v9/projects/{}/domains/{}": Newer(200, shapes.PROJECT_DOMAIN, "SDK getProjectDomain"),
    "PATCH /v9/projects/{}/domains/{}": Newer(
        200, shapes.PROJECT_DOMAIN, "SDK updateProjectDomain", _CONFLICT
    ),
    "DELETE /v9/projects/{}/domains/{}": Newer(200, _NO_KEYS, "SDK removeProjectDomain", _CONFLICT),
    "POST /v9/projects/{}/domains/{}/verify": Newer(200, shapes.PROJECT_DOMAIN, "SDK verifyProjectDomain"),
    "GET /v5/domains": Newer(200, _page("domains", shapes.DOMAIN), "SDK getDomains"),
    "GET /v5/domains/{}": Newer(200, _DOMAIN, "SDK getDomain"),
    "GET /v6/domains/{}/config": Newer(200, shapes.DOMAIN_CONFIG, "SDK getDomainConfig"),
    "POST /v7/domains": Newer(200, _DOMAIN, "SDK createOrTransferDomain", frozenset({402, 409})),
    "DELETE /v6/domains/{}": Newer(200, record({"uid": TEXT}), "SDK deleteDomain", _CONFLICT),
    "GET /v1/registrar/domains/{}/availability": Newer(
        200, record({"available": FLAG}), "SDK getDomainAvailability"
    ),
    "GET /v3/now/aliases": Newer(200, _page("aliases", shapes.LISTED_ALIAS), "CLI alias ls"),
    "GET /v4/aliases/{}": Newer(200, shapes.ALIAS, "SDK getAlias"),
    "DELETE /v2/aliases/{}": Newer(200, record({"status": one_of("SUCCESS")}), "SDK deleteAlias"),
    # environments and variables
    "GET /projects/{}/custom-environments": Newer(200, _ENVIRONMENTS, "CLI env ls"),
    "GET /v9/projects/{}/custom-environments": Newer(
        200, _ENVIRONMENTS, "SDK getProjectsByIdOrNameCustomEnvironments"
    ),
    "POST /v9/projects/{}/custom-environments": Newer(
        201, shapes.CUSTOM_ENVIRONMENT, "SDK createCustomEnvironment", _PAID
    ),
    "GET /v9/projects/{}/custom-environments/{}": Newer(
        200, shapes.CUSTOM_ENVIRONMENT, "SDK getCustomEnvironment"
    ),
    "PATCH /v9/projects/{}/custom-environments/{}": Newer(
        200, shapes.CUSTOM_ENVIRONMENT, "SDK updateCustomEnvironment", _PAID
    ),
    "DELETE /v9/projects/{}/custom-environments/{}": Newer(
        200, shapes.CUSTOM_ENVIRONMENT, "SDK removeCustomEnvironment"
    ),
    "GET /v1/projects/{}/env/{}": Newer(200, shapes.VARIABLE, "SDK getProjectEnv"),
    "PATCH /v9/projects/{}/env/{}": Newer(200, shapes.VARIABLE, "SDK editProjectEnv", _CONFLICT),
    "DELETE /v9/projects/{}/env/{}": Newer(200, shapes.VARIABLE, "SDK removeProjectEnv", _CONFLICT),
}
"""By method and path."""

ALIKE: dict[str, str] = {
    # another version of an operation that the official file, or the table above, has
    "GET /teams/{}": "GET /v2/teams/{}",  # CLI --scope
    "GET /v1/teams": "GET /v2/teams",  # CLI --scope
    "GET /v9/projects": "GET /v10/projects",  # CLI project ls
    "GET /v9/projects/{}/env": "GET /v10/projects/{}/env",
    "GET /v7/deployments": "GET /v6/deployments",  # SDK getDeployments
    "GET /v3/now/deployments/{}/events": "GET /v3/deployments/{}/events",  # CLI inspect --logs
    "GET /v1/projects/{}/rollback/aliases": "GET /v1/projects/{}/promote/aliases",
    "GET /now/deployments/{}/aliases": "GET /v2/deployments/{}/aliases",  # CLI alias
    "POST /now/deployments/{}/aliases": "POST /v2/deployments/{}/aliases",  # CLI alias set
    "GET /now/aliases/{}": "GET /v4/aliases/{}",  # CLI alias rm
    "DELETE /now/aliases/{}": "DELETE /v2/aliases/{}",  # CLI alias rm
    "POST /v5/domains": "POST /v7/domains",  # CLI domains add
    "DELETE /v3/domains/{}": "DELETE /v6/domains/{}",  # CLI domains rm
    "POST /v9/projects/{}/domains": "POST /v10/projects/{}/domains",
    "PATCH /v10/projects/{}/env/{}": "PATCH /v9/projects/{}/env/{}",  # CLI env update
    "DELETE /v10/projects/{}/env/{}": "DELETE /v9/projects/{}/env/{}",  # CLI env rm
    # a new project is answered as a changed one is
    "POST /v10/projects": "PATCH /v9/projects/{}",
    "POST /v11/projects": "PATCH /v9/projects/{}",  # SDK createProject
}
