"""An embedded platform that speaks Vercel's REST API, for the demonstration and the tests."""

from chatbot.sandbox.vercel.scaling import Scale
from chatbot.sandbox.vercel.server import Platform
from chatbot.sandbox.vercel.timing import Timing

__all__ = ["Platform", "Scale", "Timing"]
