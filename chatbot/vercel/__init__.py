"""The async deployment client: Vercel's REST API in, domain dataclasses out."""

from chatbot.vercel.client import Accepted, VercelClient

__all__ = ["Accepted", "VercelClient"]
