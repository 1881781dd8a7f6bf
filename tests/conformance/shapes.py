"""Small schemas of what newer endpoints answer: the fields that the official clients require, and their types."""

from collections.abc import Mapping
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

MOVE = record(
    {
        "id": TEXT,
        "status": one_of("completed", "in-progress", "pending", "failed"),
        "alias": record({"alias": TEXT, "deploymentId": TEXT}),
    }
)
BUILD = record(
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
LISTED_ALIAS = record(
    {"alias": TEXT, "uid": TEXT, "createdAt": NUMBER},
    {"deployment": record({"id": TEXT, "url": TEXT}), "deploymentId": nullable(TEXT)},
)
ALIAS = record(
    {
        "alias": TEXT,
        "created": TEXT,
        "deploymentId": nullable(TEXT),
        "projectId": nullable(TEXT),
        "uid": TEXT,
    },
    {
        "createdAt": nullable(NUMBER),
        "deployment": record({"id": TEXT}, {"url": TEXT}),
        "redirect": nullable(TEXT),
        "redirectStatusCode": nullable(NUMBER),
        "updatedAt": nullable(NUMBER),
    },
)
ASSIGNED_ALIAS = record({"alias": TEXT, "created": TEXT, "uid": TEXT}, {"oldDeploymentId": nullable(TEXT)})
DOMAIN = record(
    {
        "id": TEXT,
        "name": TEXT,
        "boughtAt": nullable(NUMBER),
        "createdAt": NUMBER,
        "creator": record({"id": TEXT, "email": TEXT, "username": TEXT}),
        "echMode": one_of("auto", "disabled", "enabled"),
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
STAGE = record(
    {
        "duration": nullable(NUMBER),
        "index": NUMBER,
        "isFinalStage": FLAG,
        "requireApproval": FLAG,
        "targetPercentage": NUMBER,
    },
    {"linearShift": FLAG},
)
RELEASED = record(
    {
        "createdAt": NUMBER,
        "id": TEXT,
        "name": TEXT,
        "readyState": one_of("BLOCKED", "BUILDING", "CANCELED", "ERROR", "INITIALIZING", "QUEUED", "READY"),
        "url": TEXT,
    },
    {"readyStateAt": NUMBER, "source": TEXT, "target": nullable(one_of("production", "staging"))},
)
ROLLOUT = record(
    {
        "activeStage": nullable(STAGE),
        "advancementType": one_of("automatic", "manual-approval"),
        "canaryDeployment": nullable(RELEASED),
        "currentDeployment": nullable(RELEASED),
        "nextStage": nullable(STAGE),
        "queuedDeploymentId": nullable(TEXT),
        "stages": array(STAGE),
        "startedAt": NUMBER,
        "state": one_of("ABORTED", "ACTIVE", "COMPLETE"),
        "updatedAt": NUMBER,
    }
)
PROJECT_DOMAIN = record(
    {"apexName": TEXT, "name": TEXT, "projectId": TEXT, "verified": FLAG},
    {
        "createdAt": NUMBER,
        "customEnvironmentId": nullable(TEXT),
        "gitBranch": nullable(TEXT),
        "redirect": nullable(TEXT),
        "redirectStatusCode": nullable({"enum": [301, 302, 307, 308]}),
        "updatedAt": NUMBER,
        "verification": array(record({"domain": TEXT, "reason": TEXT, "type": TEXT, "value": TEXT})),
    },
)
DOMAIN_CONFIG = record(
    {
        "acceptedChallenges": array(one_of("dns-01", "http-01")),
        "configuredBy": nullable(one_of("A", "CNAME", "dns-01", "http")),
        "misconfigured": FLAG,
        "recommendedCNAME": array(record({"rank": NUMBER, "value": TEXT})),
        "recommendedIPv4": array(record({"rank": NUMBER, "value": array(TEXT)})),
    }
)
_MATCHER = record({"pattern": TEXT, "type": one_of("endsWith", "equals", "startsWith")})
CUSTOM_ENVIRONMENT = record(
    {
        "createdAt": NUMBER,
        "id": TEXT,
        "slug": TEXT,
        "type": one_of("development", "preview", "production"),
        "updatedAt": NUMBER,
    },
    {
        "branchMatcher": _MATCHER,
        "currentDeploymentAliases": array(TEXT),
        "description": TEXT,
        "domains": array(PROJECT_DOMAIN),
    },
)
_LISTED_CHECK = {
    "blocking": FLAG,
    "createdAt": NUMBER,
    "id": TEXT,
    "integrationId": TEXT,
    "name": TEXT,
    "status": one_of("completed", "registered", "running"),
    "updatedAt": NUMBER,
}
_CHECK_MAY_HAVE = {
    "completedAt": NUMBER,
    "conclusion": one_of("canceled", "failed", "neutral", "skipped", "stale", "succeeded"),
    "detailsUrl": TEXT,
    "externalId": TEXT,
    "path": TEXT,
    "startedAt": NUMBER,
}
CHECK = record({**_LISTED_CHECK, "deploymentId": TEXT}, {**_CHECK_MAY_HAVE, "rerequestable": FLAG})
LISTED_CHECK = record({**_LISTED_CHECK, "rerequestable": FLAG}, _CHECK_MAY_HAVE)
_TARGET = one_of("development", "preview", "production")
VARIABLE = record(
    {"key": TEXT, "type": one_of("encrypted", "plain", "secret", "sensitive", "system"), "value": TEXT},
    {
        "comment": TEXT,
        "configurationId": nullable(TEXT),
        "createdAt": NUMBER,
        "createdBy": nullable(TEXT),
        "customEnvironmentIds": array(TEXT),
        "decrypted": FLAG,
        "gitBranch": TEXT,
        "id": TEXT,
        "system": FLAG,
        "target": either(array(_TARGET), _TARGET),
        "updatedAt": NUMBER,
        "updatedBy": nullable(TEXT),
    },
)
