"""Deliveries: signed, sent in the background, and sent again until somebody says 2XX or a day has passed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import aiohttp

from chatbot.sandbox.vercel.revision import Revision

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.faults import Faults, WebhookFault
    from chatbot.sandbox.vercel.store import Store
    from chatbot.sandbox.vercel.supervision import Supervisor
    from chatbot.sandbox.vercel.timing import Timing
    from chatbot.sandbox.vercel.webhooks.hooks import Webhook, Webhooks

GIVEN_UP_AFTER_MS = 24 * 60 * 60 * 1000
LONGEST = 5_000
"""Deliveries remembered."""
WAITS_TO_BE_OVERTAKEN = 30.0
"""Seconds that a delivery that is to come out of order waits for a later one."""

State = Literal["waiting", "delivered", "dropped"]


@dataclass(slots=True)
class Attempt:
    """`status` is None when no answer came; `error` then says why."""

    at: int
    status: int | None = None
    error: str | None = None
    took_ms: int | None = None

    @property
    def got_through(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(slots=True, eq=False)
class Delivery:
    hook: Webhook
    number: int
    """Grows with every event."""
    id: str
    event: str
    body: bytes
    signature: str
    created_at: int
    state: State = "waiting"
    reason: str | None = None
    """Why it was dropped."""
    next_attempt_at: int | None = None
    attempts: list[Attempt] = field(default_factory=list)


class Deliveries:
    def __init__(
        self, store: Store, webhooks: Webhooks, timing: Timing, faults: Faults, supervisor: Supervisor
    ) -> None:
        self.revision = Revision()
        self.entries: deque[Delivery] = deque(maxlen=LONGEST)
        self._store = store
        self._webhooks = webhooks
        self._timing = timing
        self._faults = faults
        self._supervisor = supervisor
        self._overtakable: defaultdict[str, list[tuple[int, asyncio.Event]]] = defaultdict(list)
        """By webhook, the numbers of those that wait to be overtaken."""
        self._count = 0
        self._session: aiohttp.ClientSession | None = None

    def send(self, hook: Webhook, body: dict[str, Any], project: str) -> None:
        """`body` is the whole event; its times are shown as the platform's clock has them."""
        raw = json.dumps(self._faults.skew.shown(body), separators=(",", ":")).encode()
        self._count += 1
        delivery = Delivery(
            hook=hook,
            number=self._count,
            id=body["id"],
            event=body["type"],
            body=raw,
            signature=sign(hook.secret, raw),
            created_at=self._store.now(),
        )
        self.entries.append(delivery)
        fault = self._faults.take_webhook(delivery.event, project)
        if fault is not None and fault.drop:
            self._drop(delivery, "a fault")
            return
        self.revision.bump()
        self._supervisor.start(self._deliver(delivery, fault), name=f"delivery {delivery.id}")

    def clear(self) -> None:
        """Forget them; those under way go on."""
        self.entries.clear()
        self.revision.bump()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, delivery: Delivery, fault: WebhookFault | None) -> None:
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if fault.reorder:
                await self._let_another_pass(delivery)
        for _ in range(1 + (fault.duplicates if fault is not None else 0)):
            if not await self._get_through(delivery):
                return
        delivery.state = "delivered"
        self.revision.bump()

    async def _let_another_pass(self, delivery: Delivery) -> None:
        passed = asyncio.Event()
        waiting = (delivery.number, passed)
        self._overtakable[delivery.hook.id].append(waiting)
        try:
            async with asyncio.timeout(WAITS_TO_BE_OVERTAKEN):
                await passed.wait()
        except TimeoutError:
            self._overtakable[delivery.hook.id].remove(waiting)

    async def _get_through(self, delivery: Delivery) -> bool:
        """Try until it is answered with 2XX, after pauses that double; False when it is given up."""
        pause = self._timing.webhook_retry
        while not (await self._attempt(delivery)).got_through:
            next_at = self._store.now() + int(1000 * pause)
            if next_at > delivery.created_at + GIVEN_UP_AFTER_MS:
                self._drop(delivery, "24 hours are over")
                return False
            delivery.next_attempt_at = next_at
            self.revision.bump()
            await asyncio.sleep(pause)
            if self._webhooks.find(delivery.hook.id) is None:
                self._drop(delivery, "the webhook has been deleted")
                return False
            pause *= 2
        waiting = self._overtakable.pop(delivery.hook.id, [])
        for number, passed in waiting:
            if number < delivery.number:
                passed.set()
            else:
                self._overtakable[delivery.hook.id].append((number, passed))
        return True

    def _drop(self, delivery: Delivery, reason: str) -> None:
        delivery.state, delivery.reason, delivery.next_attempt_at = "dropped", reason, None
        self.revision.bump()

    async def _attempt(self, delivery: Delivery) -> Attempt:
        attempt = Attempt(self._store.now())
        delivery.next_attempt_at = None
        delivery.attempts.append(attempt)
        self.revision.bump()
        started = asyncio.get_running_loop().time()
        try:
            attempt.status = await self._post(delivery)
        except TimeoutError:
            attempt.error = f"no answer within {self._timing.webhook_answer:g} seconds"
        except (aiohttp.ClientError, OSError) as error:
            attempt.error = str(error) or type(error).__name__
        attempt.took_ms = int(1000 * (asyncio.get_running_loop().time() - started))
        return attempt

    async def _post(self, delivery: Delivery) -> int:
        """The status. A redirect is not followed: it is not a 2XX, and may lead out of this machine."""
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        headers = {"Content-Type": "application/json", "x-vercel-signature": delivery.signature}
        timeout = aiohttp.ClientTimeout(total=self._timing.webhook_answer)
        async with self._session.post(
            delivery.hook.url, data=delivery.body, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            return response.status


def sign(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()


def delivery_body(delivery: Delivery) -> dict[str, Any]:
    """As `GET /sandbox/deliveries` shows it."""
    return {
        "id": delivery.id,
        "webhook": delivery.hook.id,
        "url": delivery.hook.url,
        "event": delivery.event,
        "created_at": delivery.created_at,
        "state": delivery.state,
        "reason": delivery.reason,
        "next_attempt_at": delivery.next_attempt_at,
        "signature": delivery.signature,
        "body": json.loads(delivery.body),
        "attempts": [
            {"at": tried.at, "status": tried.status, "error": tried.error, "took_ms": tried.took_ms}
            for tried in delivery.attempts
        ],
    }
