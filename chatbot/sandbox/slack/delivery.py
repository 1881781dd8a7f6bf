"""Bringing a payload to the app and its answer back, over Socket Mode or signed HTTP."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from chatbot.sandbox.slack.installation import Installation
from chatbot.sandbox.slack.recorder import Recorder
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.socketmode import NotConnected, Sockets

COMMANDS = "slash_commands"
INTERACTIVE = "interactive"
EVENTS = "events_api"

ANSWERED = frozenset({"view_submission", "block_suggestion"})
"""Interactions whose ack may carry a body; commands may as well."""


class NotDelivered(Exception):
    """`error` is what Slack shows: operation_timeout (3 s passed), or dispatch_failed (nobody there, or a
    bad answer). The exact boundary is not documented by Slack.
    """

    def __init__(self, error: str, retry_reason: str) -> None:
        super().__init__(error)
        self.error = error
        self.retry_reason = retry_reason
        """The same in the words of the Events API: http_timeout, http_error, connection_failed."""


@dataclass(frozen=True)
class Parcel:
    kind: str
    payload: Json
    envelope_id: str
    attempt: int = 0
    reason: str = ""

    @property
    def type(self) -> str:
        """What the ack answers: slash_commands, or the type of the interaction or event."""
        if self.kind == COMMANDS:
            return COMMANDS
        return str(self.payload["event"]["type"] if self.kind == EVENTS else self.payload["type"])

    @property
    def accepts_response_payload(self) -> bool:
        return self.kind == COMMANDS or self.type in ANSWERED

    def envelope(self) -> Json:
        envelope: Json = {
            "envelope_id": self.envelope_id,
            "type": self.kind,
            "payload": self.payload,
            "accepts_response_payload": self.accepts_response_payload,
        }
        if self.kind == EVENTS:
            envelope |= {"retry_attempt": self.attempt, "retry_reason": self.reason}
        return envelope

    def http(self) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the same payload over HTTP."""
        if self.kind == EVENTS:
            headers = {"Content-Type": "application/json"}
            if self.attempt:
                headers |= {"X-Slack-Retry-Num": str(self.attempt), "X-Slack-Retry-Reason": self.reason}
            return json.dumps(self.payload).encode(), headers
        fields = self.payload if self.kind == COMMANDS else {"payload": json.dumps(self.payload)}
        return urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


class Delivery:
    """`deliver_to` None: Socket Mode; otherwise the request URL of the app."""

    def __init__(
        self, app: Installation, recorder: Recorder, ack_seconds: float, deliver_to: str | None = None
    ) -> None:
        self.deliver_to = deliver_to
        self.sockets: Sockets | None = None
        self.session: aiohttp.ClientSession | None = None
        self._app = app
        self._recorder = recorder
        self._ack_seconds = ack_seconds
        self._waiting: dict[str, tuple[Parcel, asyncio.Future[Json]]] = {}
        self._last: Parcel | None = None

    async def send(self, kind: str, payload: Json, *, attempt: int = 0, reason: str = "") -> Json:
        """The body of the ack, {} when it has none. Raises NotDelivered."""
        parcel = Parcel(kind, payload, str(uuid.uuid4()), attempt, reason)
        self._last = parcel
        over_http = self.deliver_to is not None
        answer = await (self._over_http(parcel) if over_http else self._over_socket(parcel))
        return answer if parcel.accepts_response_payload else {}

    async def again(self) -> bool:
        """Delivers the last payload once more, as Slack does after a lost ack; its answer goes nowhere."""
        if self._last is None:
            return False
        last = self._last
        again = Parcel(last.kind, last.payload, last.envelope_id, last.attempt + 1, "timeout")
        with suppress(NotDelivered, NotConnected):
            if self.deliver_to is not None:
                await self._over_http(again)
            elif self.sockets is not None and again.envelope_id in self._waiting:
                await self.sockets.send(again.envelope())  # the first one is still under way
            else:
                await self._over_socket(again)
        return True

    def acked(self, frame: Json) -> None:
        """An ack from any connection: the envelope_id says what it answers. A late one answers nothing."""
        parcel, answer = self._waiting.get(str(frame.get("envelope_id")), (None, None))
        given = frame.get("payload")
        payload = given if isinstance(given, dict) else {}
        late = {} if answer is not None else {"late": True}
        self._recorder.record("ack", parcel.type if parcel else None, payload, late)
        if answer is not None and not answer.done():
            answer.set_result(payload)

    async def _over_socket(self, parcel: Parcel) -> Json:
        if self.sockets is None:
            raise NotDelivered("dispatch_failed", "connection_failed")
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[parcel.envelope_id] = (parcel, answer)
        try:
            async with asyncio.timeout(self._ack_seconds):
                await self.sockets.send(parcel.envelope())
                return await answer
        except NotConnected as error:
            raise NotDelivered("dispatch_failed", "connection_failed") from error
        except TimeoutError as error:
            raise NotDelivered("operation_timeout", "http_timeout") from error
        finally:
            del self._waiting[parcel.envelope_id]

    async def _over_http(self, parcel: Parcel) -> Json:
        if self.session is None or self.deliver_to is None:
            raise NotDelivered("dispatch_failed", "connection_failed")
        body, headers = parcel.http()
        headers |= signature(self._app.signing_secret, body)
        try:
            async with asyncio.timeout(self._ack_seconds):
                async with self.session.post(self.deliver_to, data=body, headers=headers) as response:
                    answer = await _read(response, parcel)
        except TimeoutError as error:
            raise NotDelivered("operation_timeout", "http_timeout") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise NotDelivered("dispatch_failed", "connection_failed") from error
        self._recorder.record("ack", parcel.type, answer, {})
        return answer


async def _read(response: aiohttp.ClientResponse, parcel: Parcel) -> Json:
    """An event is taken with any 2xx, everything else with 200. Raises NotDelivered or ValueError."""
    taken = response.ok if parcel.kind == EVENTS else response.status == 200
    if not taken:
        raise NotDelivered("dispatch_failed", "http_error")
    text = await response.text()
    if not text:
        return {}
    if response.content_type == "application/json":
        decoded = json.loads(text)
        if not isinstance(decoded, dict):
            raise ValueError("the body of an ack is an object")
        return decoded
    return {"text": text}


def signature(signing_secret: str, body: bytes) -> dict[str, str]:
    """Signing v0 (slack_sdk/signature). The real time, whatever the workspace's clock says: the app checks
    the age of the signature against its own.
    """
    timestamp = str(int(time.time()))
    digest = hmac.new(signing_secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": "v0=" + digest.hexdigest()}
