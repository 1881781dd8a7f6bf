"""What a listener may use."""

from dataclasses import dataclass
from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient

from chatbot.services.announcer import Announcer
from chatbot.services.channels import Channels
from chatbot.services.directory import Directory
from chatbot.services.homes import Homes
from chatbot.services.incidents.tending import Incidents
from chatbot.services.links import Links
from chatbot.services.operations.conductor import Conductor
from chatbot.services.operations.history import History
from chatbot.services.operations.ledger import Clock, Ledger
from chatbot.services.operations.requesting import Requesting
from chatbot.services.people import People
from chatbot.services.planner import Planner
from chatbot.services.reminding import Reminding
from chatbot.services.tasks import Tasks
from chatbot.services.telling.teller import Teller
from chatbot.services.watching.watcher import Watcher
from chatbot.services.waysback import WaysBack
from chatbot.services.workflows import Workflows
from chatbot.vercel import VercelClient
from storage.database import Database


@dataclass(frozen=True)
class Bot:
    """Made once, in app.py. `valid` is how long a confirmation waits for its click."""

    slack: AsyncWebClient
    announcer: Announcer
    vercel: VercelClient
    planner: Planner
    links: Links
    workflows: Workflows
    ledger: Ledger
    history: History
    requesting: Requesting
    ways_back: WaysBack
    homes: Homes
    reminding: Reminding
    incidents: Incidents
    database: Database
    directory: Directory
    channels: Channels
    people: People
    teller: Teller
    conductor: Conductor
    watcher: Watcher
    tasks: Tasks
    clock: Clock
    valid: timedelta
