"""What visitors of a production domain get: one HTTP request each, all at once."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

_AT_ONCE = 50


@dataclass(frozen=True)
class Probe:
    """`status` is the HTTP status; `fault` says why there is none."""

    status: int | None = None
    fault: str | None = None


class PrivateAddressError(OSError):
    """A domain that resolves into our own network is not visited."""


class PublicResolver(AbstractResolver):
    """Refuses names that resolve to any address that is not public."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)  # type: ignore[arg-type]
        if not all(ip_address(item["host"]).is_global for item in found):
            raise PrivateAddressError("it resolves to a private address")
        return found

    async def close(self) -> None:
        await self._inner.close()


class Prober:
    """`url` holds `{domain}`. Redirects are not followed and bodies are not read. `timeout` in seconds."""

    def __init__(
        self, session: aiohttp.ClientSession, *, url: str, private: bool, timeout: float = 3.0
    ) -> None:
        self._session = session
        self._url = url
        self._private = private
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._at_once = asyncio.Semaphore(_AT_ONCE)  # waiting for a turn is no silence of the site

    @staticmethod
    def connector(*, private: bool) -> aiohttp.TCPConnector:
        """The connector of the session to give it: the guard against private addresses sits in its resolver."""
        resolver = None if private else PublicResolver()
        return aiohttp.TCPConnector(resolver=resolver, limit=_AT_ONCE, force_close=True)

    async def probe(self, names: Iterable[str]) -> dict[str, Probe]:
        names = list(names)
        return dict(zip(names, await asyncio.gather(*map(self._one, names)), strict=True))

    async def _one(self, name: str) -> Probe:
        async with self._at_once:
            return await self._visit(name)

    async def _visit(self, name: str) -> Probe:
        try:
            url = URL(self._url.replace("{domain}", name))
            if not self._private and _is_private_literal(url.host):
                return Probe(fault="private")
            async with self._session.get(url, allow_redirects=False, timeout=self._timeout) as answer:
                return Probe(status=answer.status)
        except TimeoutError:
            return Probe(fault="timeout")
        except aiohttp.ClientConnectorDNSError as error:
            private = isinstance(error.os_error, PrivateAddressError)
            return Probe(fault="private" if private else "unresolved")
        except (aiohttp.ClientError, ValueError, OSError) as error:
            return Probe(fault=type(error).__name__.removesuffix("Error"))


def _is_private_literal(host: str | None) -> bool:
    """An address as the host never reaches the resolver."""
    try:
        return not ip_address(host or "").is_global
    except ValueError:
        return False
