"""Entries of the audit log, as far as they are shown."""

import json

from chatbot.messages.about import Entry
from storage.models import AuditEntry


def shown(entry: AuditEntry) -> Entry:
    detail = json.loads(entry.detail)
    about_it = " ".join(str(detail[key]) for key in ("path", "target", "said", "why") if detail.get(key))
    return Entry(entry.seq, entry.at, entry.actor, entry.action, entry.project, about_it)
