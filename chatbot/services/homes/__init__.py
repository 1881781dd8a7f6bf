"""App Home: read from the database, published to whoever has it open."""

from chatbot.services.homes.homes import Homes

__all__ = ["Homes"]
