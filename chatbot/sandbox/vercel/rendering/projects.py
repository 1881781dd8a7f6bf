"""Projects, and what is configured in them: domains and environment variables."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from chatbot.sandbox.vercel.rendering.deployments import REGION, in_project
from chatbot.sandbox.vercel.rendering.environments import environment_body
from chatbot.sandbox.vercel.rendering.rolling_releases import config_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import AliasRequest, EnvRecord, Project
    from chatbot.sandbox.vercel.store import Store

_RESOURCES: dict[str, Any] = {
    "fluid": True,
    "functionDefaultRegions": [REGION],
    "functionDefaultTimeout": 300,
    "functionDefaultMemoryType": "standard_legacy",
    "functionZeroConfigFailover": False,
    "elasticConcurrencyEnabled": False,
    "isNSNBDisabled": False,
    "buildEntitlements": {"enhancedBuilds": False},
    "buildMachineType": "enhanced",
    "buildQueue": {"configuration": "SKIP_NAMESPACE_QUEUE"},
}


def project_body(store: Store, project: Project) -> dict[str, Any]:
    """With `lastAliasRequest` always, though the real API is only known to add it with `rollbackInfo=true`."""
    current = store.current_of(project)
    request = project.last_request(store.now())
    newest = next(store.newest_first(project), None)
    return {
        "id": project.id,
        "name": project.name,
        "accountId": project.account_id,
        "createdAt": project.created_at,
        "updatedAt": project.updated_at,
        "framework": project.framework or None,
        "nodeVersion": project.node_version,
        "directoryListing": False,
        "autoAssignCustomDomains": project.auto_assign,
        "autoAssignCustomDomainsUpdatedBy": project.auto_assign_updated_by,
        "live": True,
        "resourceConfig": _RESOURCES,
        "defaultResourceConfig": _RESOURCES,
        "deploymentExpiration": {},
        "targets": {"production": in_project(store, current)} if current is not None else {},
        "latestDeployments": [in_project(store, newest)] if newest is not None else [],
        "alias": _aliases(store, project),
        "lastRollbackTarget": _rollback_in_transition(request),
        "lastAliasRequest": request_body(request) if request is not None else None,
        "rollingRelease": config_body(project.rollout_config),
        "env": [],
        "customEnvironments": [environment_body(project, one) for one in project.custom_environments],
        "crons": _crons(project),
        "rootDirectory": project.root_directory,
        "buildCommand": project.build_command,
        "devCommand": project.dev_command,
        "installCommand": project.install_command,
        "outputDirectory": project.output_directory,
        **_link(project),
        **_rollback_description(project),
        **project.settings,
    }


def _link(project: Project) -> dict[str, Any]:
    if not project.is_linked:
        return {}
    return {
        "link": {
            "type": "github",
            "org": "acme",
            "repo": project.name,
            "repoId": project.repo_id,
            "repoOwnerId": 1,
            "productionBranch": project.production_branch,
            "deployHooks": [],
            "gitCredentialId": "",
            "sourceless": False,
            "createdAt": project.created_at,
            "updatedAt": project.created_at,
        },
    }


def request_body(request: AliasRequest) -> dict[str, Any]:
    return {
        "fromDeploymentId": request.from_id,
        "toDeploymentId": request.to_id,
        "jobStatus": request.status,
        "requestedAt": request.requested_at,
        "type": request.type,
    }


def env_body(record: EnvRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "key": record.key,
        "value": _visible_value(record),
        "type": record.type,
        "target": list(record.target),
        "configurationId": None,
        "comment": record.comment,
        "createdAt": record.created_at,
        "updatedAt": record.updated_at,
        "createdBy": record.created_by,
        "updatedBy": record.updated_by
        or (record.created_by if record.updated_at > record.created_at else None),
        "decrypted": record.type == "plain",
        "securityIssues": [],
        "customEnvironmentIds": list(record.custom_environment_ids),
        **({"gitBranch": record.git_branch} if record.git_branch is not None else {}),
    }


def _visible_value(record: EnvRecord) -> str:
    """Plain as it is, encrypted as a cipher text, sensitive never."""
    if record.type == "sensitive":
        return ""
    if record.type == "plain":
        return record.value
    digest = hashlib.sha256(record.id.encode()).hexdigest()
    return base64.b64encode(json.dumps({"v": "v2", "c": digest}).encode()).decode()


def _aliases(store: Store, project: Project) -> list[dict[str, Any]]:
    bodies = []
    for domain in project.domains.values():
        if not domain.is_of_production:
            continue
        alias = store.aliases.get(domain.name)
        serving = store.deployments.get(alias.deployment_id or "") if alias is not None else None
        bodies.append(
            {
                "domain": domain.name,
                "environment": "production",
                "target": "PRODUCTION",
                "deployment": in_project(store, serving) if serving is not None else None,
                "configuredBy": "A",
                "configuredChangedAt": alias.updated_at if alias is not None else domain.updated_at,
                "createdAt": domain.created_at,
                **({"redirect": domain.redirect} if domain.redirect is not None else {}),
            }
        )
    return bodies


def _rollback_in_transition(request: AliasRequest | None) -> dict[str, Any] | None:
    """`lastRollbackTarget` goes back to null once the rollback is through."""
    if request is None or request.type != "rollback" or not request.is_running:
        return None
    return request_body(request)


def _rollback_description(project: Project) -> dict[str, Any]:
    told = project.rollback
    if told is None:
        return {}
    return {
        "rollbackDescription": {
            "userId": told.user_id,
            "username": told.username,
            "description": told.description,
            "createdAt": told.created_at,
        }
    }


def _crons(project: Project) -> dict[str, Any]:
    crons = project.crons
    host = next((domain.name for domain in project.production_domains()), "")
    return {
        "enabledAt": crons.enabled_at,
        "disabledAt": None,
        "updatedAt": crons.updated_at,
        "deploymentId": crons.deployment_id,
        "definitions": [
            {"host": host, "path": cron.path, "schedule": cron.schedule} for cron in crons.definitions
        ],
    }
