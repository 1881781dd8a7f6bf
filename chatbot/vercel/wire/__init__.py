"""Vercel's JSON, as far as it is used, and its translation into the domain. Unknown fields are ignored."""

from chatbot.vercel.wire.answers import ErrorBody, Team, User
from chatbot.vercel.wire.builds import ChecksPage, EventsPage
from chatbot.vercel.wire.deployments import DeploymentsPage, DeploymentWire
from chatbot.vercel.wire.domains import AliasesPage, DomainsPage, DomainWire
from chatbot.vercel.wire.environment import EnvironmentKeyWire, EnvironmentPage
from chatbot.vercel.wire.projects import ProjectsPage, ProjectWire
from chatbot.vercel.wire.releases import ReleaseWire

__all__ = [
    "AliasesPage",
    "ChecksPage",
    "DeploymentWire",
    "DeploymentsPage",
    "DomainWire",
    "DomainsPage",
    "EnvironmentKeyWire",
    "EnvironmentPage",
    "ErrorBody",
    "EventsPage",
    "ProjectWire",
    "ProjectsPage",
    "ReleaseWire",
    "Team",
    "User",
]
