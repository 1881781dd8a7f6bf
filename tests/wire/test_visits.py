"""How a production domain is visited for its proof: sites of every kind, on loopback."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from chatbot.services.prober import Probe, Prober, visiting_session
from chatbot.settings import Settings

Site = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
DEFAULT = Settings.model_fields["promotebot_probe_expect"].default


@asynccontextmanager
async def serving(
    site: Site, tls: ssl.SSLContext | None = None, *, listens: bool = True
) -> AsyncIterator[int]:
    """The port of a server that is `site`. `listens`: it lets the visitor speak first."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if listens:
                await reader.readuntil(b"\r\n\r\n")
            await site(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the visitor has left
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def says(raw: bytes) -> Site:
    async def site(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return site


def drips(raw: bytes, once: bytes = b"") -> Site:
    """Never comes to an end."""

    async def site(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(once)
        while True:
            writer.write(raw)
            await writer.drain()
            await asyncio.sleep(0.01)

    return site


async def floods(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Gigabytes, as fast as they are taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nContent-Encoding: gzip\r\n\r\n")
    while True:
        writer.write(b"\x1f\x8b\x08" + bytes(65536))
        await writer.drain()


class Names(AbstractResolver):
    """The internet's name servers. Each name has its answers, one a question; None: there is no such name."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        answer = self.answers.pop(0)
        if answer is None:
            raise OSError("there is no such name")
        return [
            ResolveResult(
                hostname=host, host=each, port=port, family=family or socket.AF_INET, proto=0, flags=0
            )
            for each in answer.split()
        ]

    async def close(self) -> None:
        pass


async def visit(
    url: str,
    name: str = "shop.example.com",
    *,
    expect: frozenset[int] = DEFAULT,
    timeout: float = 10,
    private: bool = True,
    resolver: AbstractResolver | None = None,
) -> Probe:
    async with visiting_session(private=private, resolver=resolver) as session:
        prober = Prober(session, url=url, private=private, expect=expect, timeout=timeout)
        return (await prober.probe([name], within=30))[name]


@pytest.mark.parametrize(
    ("site", "seen"),
    [
        (says(b"HTTP/1.1 204 No Content\r\n\r\n"), Probe(204, is_well=True)),
        (says(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), Probe(503)),
        (says(b"HTTP/1.1 302 Found\r\nLocation: /round/and/round\r\n\r\n"), Probe(302, is_well=True)),
        (says(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n"), Probe(302, is_well=True)),
        (floods, Probe(200, is_well=True)),
        (drips(b"x", once=b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"), Probe(200, is_well=True)),
        (says(b""), Probe(fault="broke off")),
        (says(b"220 mail.example.com ESMTP\r\n\r\n"), Probe(fault="garbled")),
        (says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99_999 + b"\r\n\r\n"), Probe(fault="garbled")),
        (drips(b"X: y\r\n", once=b"HTTP/1.1 200 OK\r\n"), Probe(fault="timeout")),
        (drips(b""), Probe(fault="timeout")),
    ],
    ids=range(11),
)
async def test_sites_of_every_kind(site: Site, seen: Probe) -> None:
    timeout = 0.3 if seen.fault == "timeout" else 10
    async with serving(site) as port:
        assert await visit(f"http://127.0.0.1:{port}/", timeout=timeout) == seen


async def test_the_expected_statuses_are_those_of_the_settings() -> None:
    async with serving(says(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")) as port:
        url = f"http://127.0.0.1:{port}/"
        assert await visit(url, expect=frozenset({200, 401})) == Probe(401, is_well=True)
        assert await visit(url) == Probe(401)


async def test_the_domain_stands_in_the_address_that_is_asked_for() -> None:
    asked: list[bytes] = []

    async def site(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n")
        await writer.drain()

    async with serving(site, listens=False) as port, visiting_session(private=True) as session:
        url = f"http://127.0.0.1:{port}/healthz?of={{domain}}"
        prober = Prober(session, url=url, private=True, expect=DEFAULT, timeout=10)
        for name in ("shop.example.com", "eu.example.com"):
            assert (await prober.probe([name], within=30))[name].is_well
    assert asked[0].startswith(b"GET /healthz?of=shop.example.com HTTP/1.1\r\n")
    assert asked[1].startswith(b"GET /healthz?of=eu.example.com HTTP/1.1\r\n")
    assert b"cookie" not in asked[1].lower()


async def test_a_certificate_that_nobody_vouches_for() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(__file__).parent / "untrusted.pem")
    async with serving(says(b"HTTP/1.1 200 OK\r\n\r\n"), context) as port:
        seen = await visit(f"https://{{domain}}:{port}/", resolver=Names("127.0.0.1"))
    assert seen == Probe(fault="certificate")


async def test_a_site_without_tls() -> None:
    async with serving(drips(b"HTTP/1.1 400 Bad Request\r\n\r\n"), listens=False) as port:
        assert await visit(f"https://127.0.0.1:{port}/") == Probe(fault="tls")


async def test_a_port_where_nobody_listens() -> None:
    async with serving(says(b"")) as port:
        pass
    assert await visit(f"http://127.0.0.1:{port}/") == Probe(fault="refused")


async def test_a_name_that_is_none() -> None:
    assert await visit("http://{domain}/", resolver=Names(None)) == Probe(fault="unresolved")
    assert await visit("http://{domain}/", "..", resolver=Names(None)) == Probe(fault="unresolved")


async def test_a_wildcard_is_not_visited() -> None:
    seen = await visit("http://{domain}/", "*.example.com", resolver=Names())
    assert seen == Probe(fault="wildcard", is_well=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "8.8.8.8 127.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "169.254.169.254",
    ],
)
async def test_a_name_of_a_private_address_is_not_visited(address: str) -> None:
    seen = await visit("http://{domain}:1/", private=False, resolver=Names(address))
    assert seen == Probe(fault="private")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"])
async def test_a_private_address_in_the_place_of_a_name_is_not_visited(host: str) -> None:
    assert await visit(f"http://{host}:1/{{domain}}", private=False) == Probe(fault="private")


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1"])
async def test_an_odd_spelling_of_a_private_address_leads_nowhere(host: str) -> None:
    """It is a name to aiohttp. Whether it resolves is up to the system, what comes of that is checked."""
    assert (await visit(f"http://{host}:1/{{domain}}", private=False)).fault in {"private", "unresolved"}


async def test_what_was_checked_is_what_is_connected_to() -> None:
    """A name that changes its address between two questions: there is one question only."""
    names = Names("127.0.0.1", "127.0.0.2")
    async with serving(says(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        assert await visit(f"http://{{domain}}:{port}/", resolver=names) == Probe(200, is_well=True)
    assert names.answers == ["127.0.0.2"]


async def test_at_most_fifty_visits_go_on_at_once_and_none_beyond_its_time() -> None:
    open_now, most = 0, 0

    async def hangs(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        try:
            await reader.read()  # until the visitor leaves
        finally:
            open_now -= 1

    names = [f"d{n}.example.com" for n in range(120)]
    async with serving(hangs) as port, visiting_session(private=True) as session:
        url = f"http://127.0.0.1:{port}/{{domain}}"
        prober = Prober(session, url=url, private=True, expect=DEFAULT, timeout=10)
        seen = await prober.probe(names, within=1)
    assert list(seen) == names
    assert set(seen.values()) == {Probe(fault="skipped")}
    assert most == 50


async def test_a_visit_that_is_given_up_leaves_nothing_behind() -> None:
    visited = asyncio.Event()

    async def site(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        visited.set()
        await reader.read()  # until the visitor leaves

    async with serving(site) as port, visiting_session(private=True) as session:
        prober = Prober(
            session, url=f"http://127.0.0.1:{port}/{{domain}}", private=True, expect=DEFAULT, timeout=10
        )
        probing = asyncio.create_task(prober.probe(["a.example.com"], within=30))
        await asyncio.wait_for(visited.wait(), 10)
        probing.cancel()
        await asyncio.gather(probing, return_exceptions=True)
        assert not any(t.get_name().startswith("visit of") for t in asyncio.all_tasks())


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve names behind our back."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with serving(says(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        assert (await visit(f"http://127.0.0.1:{port}/")).is_well
