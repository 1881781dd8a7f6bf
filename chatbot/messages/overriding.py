"""What an open incident holds back, and the same click once more that does it all the same."""

from datetime import datetime

from chatbot.domain.requests import IncidentOpen
from chatbot.messages import refusals
from chatbot.messages.message import Message, ask_first, button, row


def override(held: IncidentOpen, action: str, value: str, now: datetime) -> Message:
    """Why nothing was done, and the same click once more that does it all the same."""
    name = held.project_name
    question = ask_first(
        f"Override the incident of {name}?",
        "Everybody reads in the incident that you did. Domains move at once.",
        "Override",
    )
    again = button("Do it all the same", action, value, style="danger", confirm=question)
    why = refusals.word(held, now)
    return Message(why.text, (*why.blocks, row(again)))
