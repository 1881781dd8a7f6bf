"""Webhooks: who wants to hear of what, what they are told, and how it gets to them."""
