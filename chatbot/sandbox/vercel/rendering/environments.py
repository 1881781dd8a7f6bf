"""Custom environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatbot.sandbox.vercel.rendering.domains import domain_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.customenvironments import CustomEnvironment
    from chatbot.sandbox.vercel.records import Project


def environment_body(project: Project, environment: CustomEnvironment) -> dict[str, Any]:
    matcher = environment.matcher
    domains = [one for one in project.domains.values() if one.custom_environment_id == environment.id]
    return {
        "id": environment.id,
        "slug": environment.slug,
        "type": "preview",
        "description": environment.description,
        "createdAt": environment.created_at,
        "updatedAt": environment.updated_at,
        "domains": [domain_body(project, domain) for domain in domains],
        "currentDeploymentAliases": [],
        **(
            {"branchMatcher": {"type": matcher.type, "pattern": matcher.pattern}}
            if matcher is not None
            else {}
        ),
    }
