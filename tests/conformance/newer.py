"""Shapes of what the official OpenAPI file (2025-10) does not have, each with the source that it follows.

`SDK`: npm `@vercel/sdk` 1.28.35, what its models require of a body. `CLI`: npm `vercel`, what it reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def nullable(schema: Schema) -> Schema:
    return either(schema, {"type": "null"})


def one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required)}


PAGINATION = record({"count": NUMBER, "next": nullable(NUMBER), "prev": nullable(NUMBER)})
ERROR = record({"error": record({"code": TEXT, "message": TEXT})})
"""`{"error": {"code", "message", …}}`: documented for every endpoint (docs: rest-api/errors)."""

_MOVE = record(
    {
        "id": TEXT,
        "status": one_of("completed", "in-progress", "pending", "failed"),
        "alias": record({"alias": TEXT, "deploymentId": TEXT}),
    }
)
_BUILD = record(
    {
        "id": TEXT,
        "deploymentId": TEXT,
        "entrypoint": TEXT,
        "createdAt": NUMBER,
        "readyState": one_of("QUEUED", "INITIALIZING", "BUILDING", "READY", "ERROR", "CANCELED"),
        "output": array({"type": "object"}),
    },
    {"readyStateAt": NUMBER, "use": TEXT, "createdIn": TEXT},
)
_ALIAS = record(
    {"alias": TEXT, "uid": TEXT, "createdAt": NUMBER},
    {"deployment": record({"id": TEXT, "url": TEXT}), "deploymentId": nullable(TEXT)},
)
_DOMAIN = record(
    {
        "id": TEXT,
        "name": TEXT,
        "boughtAt": nullable(NUMBER),
        "createdAt": NUMBER,
        "creator": record({"id": TEXT, "email": TEXT, "username": TEXT}),
        "expiresAt": nullable(NUMBER),
        "intendedNameservers": array(TEXT),
        "nameservers": array(TEXT),
        "serviceType": one_of("zeit.world", "external", "na"),
        "teamId": nullable(TEXT),
        "userId": TEXT,
        "verified": FLAG,
    },
    {"customNameservers": array(TEXT), "renew": FLAG, "transferredAt": nullable(NUMBER)},
)
_STAGE = record(
    {
        "duration": nullable(NUMBER),
        "index": NUMBER,
        "isFinalStage": FLAG,
        "requireApproval": FLAG,
        "targetPercentage": NUMBER,
    },
    {"linearShift": FLAG},
)
_RELEASED = record(
    {
        "createdAt": NUMBER,
        "id": TEXT,
        "name": TEXT,
        "readyState": one_of("BLOCKED", "BUILDING", "CANCELED", "ERROR", "INITIALIZING", "QUEUED", "READY"),
        "url": TEXT,
    },
    {"readyStateAt": NUMBER, "source": TEXT, "target": nullable(one_of("production", "staging"))},
)
_ROLLOUT = record(
    {
        "activeStage": nullable(_STAGE),
        "advancementType": one_of("automatic", "manual-approval"),
        "canaryDeployment": nullable(_RELEASED),
        "currentDeployment": nullable(_RELEASED),
        "nextStage": nullable(_STAGE),
        "queuedDeploymentId": nullable(TEXT),
        "stages": array(_STAGE),
        "startedAt": NUMBER,
        "state": one_of("ABORTED", "ACTIVE", "COMPLETE"),
        "updatedAt": NUMBER,
    }
)


@dataclass(frozen=True)
class Newer:
    status: int
    schema: Schema | None
    """None: no body at all."""
    source: str


NEWER: dict[str, Newer] = {
    "POST /v1/projects/{}/rollback/{}": Newer(201, None, "SDK requestRollback"),
    "POST /v9/projects/{}/rollback/{}": Newer(201, None, "CLI rollback"),
    "PATCH /v1/projects/{}/rollback/{}/update-description": Newer(
        200, None, "SDK updateProjectsByProjectIdRollbackByDeploymentIdUpdateDescription"
    ),
    "POST /v1/projects/{}/rolling-release/start": Newer(
        200, record({"rollingRelease": nullable(_ROLLOUT)}), "SDK startRollingRelease"
    ),
    "GET /v9/projects/{}/promote/aliases": Newer(
        200, record({"aliases": array(_MOVE), "pagination": PAGINATION}), "CLI promote/status.ts"
    ),
    "GET /v9/projects/{}/rollback/aliases": Newer(
        200, record({"aliases": array(_MOVE), "pagination": PAGINATION}), "CLI rollback/status.ts"
    ),
    "DELETE /v13/deployments/{}": Newer(
        200, record({"uid": TEXT, "state": one_of("DELETED")}), "SDK deleteDeployment"
    ),
    "GET /v11/deployments/{}/builds": Newer(200, record({"builds": array(_BUILD)}), "CLI inspect"),
    "POST /v2/files": Newer(
        200, either(record({"urls": array(TEXT)}), {"maxProperties": 0}), "SDK uploadFile"
    ),
    "GET /projects/{}/custom-environments": Newer(
        200, record({"environments": array({"type": "object"})}), "CLI env ls"
    ),
    "GET /v9/projects/{}/custom-environments": Newer(
        200,
        record({"environments": array({"type": "object"})}),
        "SDK getProjectsByIdOrNameCustomEnvironments",
    ),
    "GET /v3/now/aliases": Newer(
        200, record({"aliases": array(_ALIAS), "pagination": PAGINATION}), "CLI alias ls"
    ),
    "GET /v5/domains": Newer(
        200, record({"domains": array(_DOMAIN), "pagination": PAGINATION}), "SDK getDomains"
    ),
    "GET /v5/domains/{}": Newer(200, record({"domain": _DOMAIN}), "SDK getDomain"),
    "GET /v1/registrar/domains/{}/availability": Newer(
        200, record({"available": FLAG}), "SDK getDomainAvailability"
    ),
}
"""By method and path."""

ALIKE: dict[str, str] = {
    "GET /teams/{}": "GET /v2/teams/{}",  # CLI --scope
    "GET /v1/teams": "GET /v2/teams",
    "GET /v9/projects": "GET /v10/projects",  # CLI project ls
    "GET /v9/projects/{}/env": "GET /v10/projects/{}/env",
    "GET /v7/deployments": "GET /v6/deployments",  # SDK getDeployments
    "GET /v3/now/deployments/{}/events": "GET /v3/deployments/{}/events",  # CLI inspect --logs
    "GET /v1/projects/{}/rollback/aliases": "GET /v1/projects/{}/promote/aliases",
    "POST /now/deployments/{}/aliases": "POST /v2/deployments/{}/aliases",  # CLI alias set
}
"""Another version of an operation that the official file has."""
