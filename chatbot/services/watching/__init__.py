"""Notices what happens to production, whoever does it: by webhooks, and by looking around."""
