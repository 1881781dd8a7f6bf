"""The webhooks of each account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from yarl import URL

from chatbot.sandbox.vercel.errors import ApiError, bad_request

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.store import Store

MOST_PER_ACCOUNT = 20
LONGEST_URL = 2048


@dataclass(frozen=True, slots=True)
class Webhook:
    id: str
    url: str
    account_id: str
    events: tuple[str, ...]
    project_ids: tuple[str, ...]
    """Of none, it hears of every project."""
    secret: str
    created_at: int

    def hears(self, event: str, account_id: str, project_id: str) -> bool:
        if self.account_id != account_id or event not in self.events:
            return False
        return not self.project_ids or project_id in self.project_ids


class Webhooks:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._hooks: dict[str, Webhook] = {}

    def add(
        self, account_id: str, url: str, events: tuple[str, ...], project_ids: tuple[str, ...]
    ) -> Webhook:
        """Raises ApiError 400 for an address outside this machine, and for one webhook too many."""
        if not leads_to_loopback(url):
            raise bad_request(
                f"`url` leads to {URL(url).host}: this sandbox delivers to loopback addresses only "
                "(localhost, 127.0.0.1, [::1])."
            )
        if len(self.of(account_id)) >= MOST_PER_ACCOUNT:
            raise ApiError(400, f"You can have at most {MOST_PER_ACCOUNT} webhooks.")
        hook = Webhook(
            id=self._store.new_id("account_hook_", 16),
            url=url,
            account_id=account_id,
            events=events,
            project_ids=project_ids,
            secret=secrets.token_urlsafe(24),
            created_at=self._store.stamp(),
        )
        self._hooks[hook.id] = hook
        return hook

    def of(self, account_id: str) -> list[Webhook]:
        """Newest first."""
        return [hook for hook in reversed(self._hooks.values()) if hook.account_id == account_id]

    def find(self, hook_id: str) -> Webhook | None:
        return self._hooks.get(hook_id)

    def remove(self, hook: Webhook) -> None:
        del self._hooks[hook.id]

    def hearing(self, event: str, account_id: str, project_id: str) -> list[Webhook]:
        return [hook for hook in self._hooks.values() if hook.hears(event, account_id, project_id)]


def leads_to_loopback(url: str) -> bool:
    """The sandbox must not be a way to send signed requests anywhere else."""
    host = URL(url).host or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
