"""Everything that the bot sent, kept for people and tests to read. Never a token, never a secret URL."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chatbot.sandbox.slack.records import Json

SECRETS = frozenset({"token", "client_secret", "refresh_token", "upload_url"})
KEPT = 5_000


@dataclass
class Recorder:
    clock: Callable[[], float]
    payloads: list[Json] = field(default_factory=list)

    def record(self, kind: str, method: str | None, body: Json, answer: Json) -> None:
        """`kind` is api, response_url or ack; `method` is a Web API method or the type of what was acked."""
        entry: Json = {"at": self.clock(), "kind": kind}
        if method is not None:
            entry["method"] = method
        entry |= {"body": without_secrets(body), "answer": without_secrets(answer)}
        self.payloads.append(entry)
        del self.payloads[:-KEPT]


def without_secrets(value: Json) -> Json:
    """A copy. The answer of apps.connections.open is a URL with a ticket: it goes as well."""
    return {
        key: "(a ticket)" if key == "url" and "ticket=" in str(kept) else kept
        for key, kept in value.items()
        if key not in SECRETS
    }
