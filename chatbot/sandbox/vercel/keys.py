"""What a request handler finds in its application, by type."""

from __future__ import annotations

from aiohttp import web

from chatbot.sandbox.vercel.access import Caller
from chatbot.sandbox.vercel.aliasing import Aliasing
from chatbot.sandbox.vercel.building import Builds
from chatbot.sandbox.vercel.faults import Faults, RequestFault
from chatbot.sandbox.vercel.git.repositories import Repositories
from chatbot.sandbox.vercel.journal import Journal
from chatbot.sandbox.vercel.limits import RateLimits
from chatbot.sandbox.vercel.production import Production
from chatbot.sandbox.vercel.records import Team
from chatbot.sandbox.vercel.replica import Replica
from chatbot.sandbox.vercel.rolling import Rolling
from chatbot.sandbox.vercel.store import Store
from chatbot.sandbox.vercel.uploads import Uploads
from chatbot.sandbox.vercel.webhooks.announcing import Announcer
from chatbot.sandbox.vercel.webhooks.delivering import Deliveries
from chatbot.sandbox.vercel.webhooks.hooks import Webhooks

STORE = web.AppKey("store", Store)
HOME = web.AppKey("home", Team)
"""The team that the sandbox is about: its projects are in the panel, commits arrive there."""
BUILDS = web.AppKey("builds", Builds)
ALIASING = web.AppKey("aliasing", Aliasing)
ROLLING = web.AppKey("rolling", Rolling)
PRODUCTION = web.AppKey("production", Production)
FAULTS = web.AppKey("faults", Faults)
JOURNAL = web.AppKey("journal", Journal)
REPOSITORIES = web.AppKey("repositories", Repositories)
UPLOADS = web.AppKey("uploads", Uploads)
LIMITS = web.AppKey("limits", RateLimits)
REPLICA = web.AppKey("replica", Replica)
WEBHOOKS = web.AppKey("webhooks", Webhooks)
DELIVERIES = web.AppKey("deliveries", Deliveries)
ANNOUNCER = web.AppKey("announcer", Announcer)
CALLER = web.RequestKey("caller", Caller)
FAULT = web.RequestKey("fault", RequestFault)
"""What went wrong with it."""
RATE = web.RequestKey("rate", dict)
"""Headers of the rate limit."""
TAMPERED = web.RequestKey("tampered", bool)
"""Whether a scripted fault put its own answer in the place of the platform's, or spoiled it."""
LINES = web.ResponseKey("lines", list)
"""Of a stream: the objects that it sent so far, one a line."""
