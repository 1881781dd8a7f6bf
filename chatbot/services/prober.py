"""What visitors of a production domain get: one HTTP request each, all at once."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from chatbot.domain.addresses import is_public

_AT_ONCE = 50


@dataclass(frozen=True)
class Probe:
    """`status` is the HTTP status; `fault` says why there is none. `is_well`: the status is an expected one."""

    status: int | None = None
    fault: str | None = None
    is_well: bool = False


class PrivateAddressError(OSError):
    """A domain that resolves into our own network is not visited."""


class PublicResolver(AbstractResolver):
    """Refuses names that resolve to any address that is not public.

    aiohttp connects to the addresses that come out of here and asks no second time, so a name that resolves
    otherwise a moment later gains nothing.
    """

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)  # type: ignore[arg-type]
        if not all(is_public(item["host"]) for item in found):
            raise PrivateAddressError("it resolves to a private address")
        return found

    async def close(self) -> None:
        await self._inner.close()


def visiting_session(*, private: bool, resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """The session to give a Prober. The guard against private addresses sits in its resolver; no site's cookie
    is kept, and nothing that a site compressed is unpacked.
    """
    guard = resolver if private else PublicResolver(resolver)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=guard, limit=_AT_ONCE, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": "promotebot"},
    )


class Prober:
    """`url` holds `{domain}`; `expect` are the statuses of a site that is well; `timeout` is in seconds.

    Redirects are not followed and bodies are not read.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        url: str,
        private: bool,
        expect: Collection[int],
        timeout: float,
    ) -> None:
        self._session = session
        self._url = url
        self._private = private
        self._expect = expect
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._at_once = asyncio.Semaphore(_AT_ONCE)  # waiting for a turn is no silence of the site

    def takes(self, sites: int) -> float:
        """Seconds for so many, if none of them answers."""
        rounds = -(-sites // _AT_ONCE)
        return rounds * (self._timeout.total or 0.0) + 0.5

    async def probe(self, names: Iterable[str], *, within: float) -> dict[str, Probe]:
        """Each name's probe. What has no turn or no answer within that many seconds is "skipped"."""
        visits = {name: asyncio.create_task(self._one(name), name=f"visit of {name}") for name in names}
        try:
            if visits:
                await asyncio.wait(visits.values(), timeout=within)
        finally:
            for visit in visits.values():
                visit.cancel()
            await asyncio.gather(*visits.values(), return_exceptions=True)
        return {
            name: Probe(fault="skipped") if visit.cancelled() else visit.result()
            for name, visit in visits.items()
        }

    async def _one(self, name: str) -> Probe:
        if name.startswith("*."):
            return Probe(fault="wildcard", is_well=True)  # nobody visits it by this name
        async with self._at_once:
            try:
                status = await self._visit(name)
            except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
                return Probe(fault=_fault_of(error))
        return Probe(status=status, is_well=status in self._expect)

    async def _visit(self, name: str) -> int:
        url = URL(self._url.replace("{domain}", name))
        if not self._private and _is_private_literal(url.host):
            raise PrivateAddressError("it is a private address")
        async with self._session.get(url, allow_redirects=False, timeout=self._timeout) as answer:
            return answer.status


_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (PrivateAddressError, "private"),
    (aiohttp.ClientConnectorCertificateError, "certificate"),
    (aiohttp.ClientSSLError, "tls"),
    (ConnectionRefusedError, "refused"),
    (aiohttp.ClientConnectorError, "unreachable"),
    (aiohttp.ClientResponseError, "garbled"),
    (aiohttp.ClientPayloadError, "garbled"),
    (aiohttp.ClientConnectionError, "broke off"),
    (Exception, "unresolved"),  # no such name, or one that can be none
)
"""The first that fits. Messages have the sentences."""


def _fault_of(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError) or (
        isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, ConnectionRefusedError)
    ):
        error = error.os_error
    return next(fault for kind, fault in _FAULTS if isinstance(error, kind))


def _is_private_literal(host: str | None) -> bool:
    """An address as the host never reaches the resolver."""
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return not is_public(host or "")
