"""Whatever any route is sent: never a 500, errors of the official shape, and what is refused changes nothing."""

import io
import json
import random
import re
from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from chatbot.sandbox.vercel.routes import API_ROUTES
from chatbot.sandbox.vercel.uploads import MIB
from tests.contract.platform.orders import LENIENT, NO_BODY, names, order
from tests.contract.platform.worlds import changes, world

STANDING_STILL = Timing(build=3600, alias=3600, queue=3600, minute=3600)
"""Nothing goes on in the background: whatever changes, the request has changed it."""
ROUTES = sorted({(route.method, route.path) for route in API_ROUTES})
WITH_BODY = [(m, p) for m, p in ROUTES if m in ("POST", "PATCH", "PUT", "DELETE") and (m, p) not in NO_BODY]
ENDS_ALL = ("DELETE", "/v9/projects/{project}")
"""Left out of long walks: soon there would be nothing left to ask for."""
ROUNDS = 3
ODD_NAMES = [
    "nope",
    "%00",
    "..%2f..",
    "🙈",
    "x" * 400,
    "%ff",
    "-1",
    "null",
    "a%20b",
    "dpl_" + "0" * 28,
    "*",
    "[]",
]
ODD_VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e308, 10**30, "", "x", "x" * 5000, "\x00", "🙈", "\ud800", [], {}, [None],
    {"": ""}, ["x"] * 50, {"a": {"b": [{"c": None}]}},
]  # fmt: skip
ODD_BODIES = [
    b"{",
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"5",
    b"\xff\xfe",
    b"[" * 20_000,
    b"NaN",
    b'{"a":Infinity}',
    b'{"name":"\\ud800"}',
    b"{}",
]
ODD_QUERIES = [
    {}, {"limit": "0"}, {"limit": "x"}, {"since": "9" * 30}, {"until": "-1"}, {"state": "🙈"}, {"target": "moon"},
    {"order": "up"}, {"upsert": "perhaps"}, {"gitBranch": "\x00"}, {"decrypt": "true"}, {"projectId": "nope"},
    {"description": "x" * 300}, {"forceNew": "2"}, {"customEnvironmentId": "nope"}, {"teamId": ""}, {"slug": "nope"},
]  # fmt: skip


class Sender:
    """Sends raw requests of the owner and judges what comes back."""

    def __init__(self, session: aiohttp.ClientSession, platform: Platform) -> None:
        self.session, self.platform = session, platform
        self.before = world(platform)

    async def send(
        self,
        method: str,
        path: str,
        raw: bytes | None,
        query: dict[str, str] | None = None,
        token: str | None = None,
    ) -> int:
        query = {"teamId": self.platform.team_id, **(query or {})}
        headers = {"Authorization": f"Bearer {token or self.platform.token}"}
        url = self.platform.url + re.sub(r"[^\x00-\x7f]", lambda found: _quoted(found[0]), path)
        async with self.session.request(
            method,
            url,
            params=query,
            data=io.BytesIO(raw) if raw is not None else None,
            headers=headers,
            allow_redirects=False,
        ) as response:
            body = await response.read() if "follow" not in query else b""
            status = response.status
        asked = f"{method} {path} {query} {(raw or b'')[:300]!r} -> {status} {body[:300]!r}"
        assert status < 500, asked
        after = world(self.platform)
        if status >= 400:
            error = json.loads(body)["error"]
            assert isinstance(error["code"], str), asked
            assert isinstance(error["message"], str), asked
            assert error["message"], asked
        if status >= 400 or method == "GET":
            assert changes(self.before, after) == [], asked
        self.before = after
        return status


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _spoiled(body: Any, chance: random.Random) -> Any:
    """The body with one thing wrong with it, or none: a key fewer, a key more, an odd value, another nesting."""
    if not isinstance(body, dict) or not body:
        return chance.choice(ODD_VALUES)
    spoiled, key = dict(body), chance.choice(list(body))
    match chance.randrange(5):
        case 0:
            del spoiled[key]
        case 1:
            spoiled[chance.choice(["surprise", "id", "accountId", "__proto__", ""])] = chance.choice(
                ODD_VALUES
            )
        case 2:
            spoiled[key] = chance.choice(ODD_VALUES)
        case 3:
            spoiled[key] = _spoiled(spoiled[key], chance)
        case _:
            pass
    return spoiled


def _path(template: str, known: dict[str, list[str]], chance: random.Random) -> str:
    def name(found: re.Match[str]) -> str:
        pool = ODD_NAMES if chance.random() < 0.25 else known[found[1]]
        return chance.choice(pool)

    return re.sub(r"\{(\w+)\}", name, template)


def _whole(template: str, known: dict[str, list[str]]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: known[found[1]][0], template)


@pytest.mark.parametrize("seed", range(2))
async def test_no_input_breaks_anything(session: aiohttp.ClientSession, seed: int) -> None:
    chance = random.Random(seed)
    async with Platform(timing=STANDING_STILL, seed=seed) as platform:
        sender, known = Sender(session, platform), names(platform)
        statuses: set[int] = set()
        for method, template in chance.sample(ROUTES * ROUNDS, len(ROUTES) * ROUNDS):
            if (method, template) == ENDS_ALL:
                continue
            raw = None
            if (method, template) in WITH_BODY:
                raw = json.dumps(_spoiled(order(method, template, platform), chance)).encode()
                raw = chance.choice(ODD_BODIES) if chance.random() < 0.2 else raw
            query = chance.choice(ODD_QUERIES) if chance.random() < 0.4 else {}
            statuses.add(await sender.send(method, _path(template, known, chance), raw, query))
        assert {200, 400, 403, 404} <= statuses


@pytest.mark.parametrize("kind", ["unreadable", "no object", "unknown key", "too large"])
async def test_each_route_refuses_a_body_that_is_none(session: aiohttp.ClientSession, kind: str) -> None:
    async with Platform(timing=STANDING_STILL) as platform:
        sender, known = Sender(session, platform), names(platform)
        shop = platform.store.project_named(platform.team_id, "shop")
        assert shop is not None
        known["deployment"] = [shop.deployments[-1].id]
        for method, template in WITH_BODY:
            body = order(method, template, platform)
            raws = {
                "unreadable": [b"{", b"\xff", b"NaN"],
                "no object": [b'"x"', b"5", b"true", b"[]"],
                "unknown key": [json.dumps({**body, "surprise": 1}).encode()],
                "too large": [b" " * ((16 if template == "/v13/deployments" else 1) * MIB + 1)],
            }[kind]
            if kind == "unknown key" and (method, template) in LENIENT:
                continue
            for raw in raws:
                status = await sender.send(method, _whole(template, known), raw)
                absent = {404} if "{check}" in template or "{environment}" in template else set()
                expected = {413} if kind == "too large" else {400} | absent
                assert status in expected, (method, template, raw[:60], status)


async def test_every_writing_route_has_a_body_to_be_spoiled(session: aiohttp.ClientSession) -> None:
    del session
    async with Platform(timing=STANDING_STILL) as platform:
        for method, template in WITH_BODY:
            assert isinstance(order(method, template, platform), dict), (method, template)


@pytest.mark.parametrize("token", ["tok_viewer", "tok_shop", "tok_developer", "tok_wrong"])
async def test_no_route_gives_a_token_more_than_its_rights(
    session: aiohttp.ClientSession, token: str
) -> None:
    """A viewer and a stranger change nothing; a token for shop changes nothing of docs, nor a developer's
    anything that production is.
    """
    async with Platform(timing=STANDING_STILL) as platform:
        sender, known = Sender(session, platform), names(platform)
        docs = platform.store.project_named(platform.team_id, "docs")
        assert docs is not None
        known |= {"project": ["docs"], "deployment": [docs.served[-2]], "domain": list(docs.domains)}
        known |= {
            "id": [one.id for one in docs.env if "production" in one.target],
            "alias": list(docs.domains),
        }
        for method, template in ROUTES:
            if method == "GET" or (method, template) == ("POST", "/v2/files"):
                continue
            body = {} if (method, template) in NO_BODY else order(method, template, platform)
            if isinstance(body, dict) and "target" in body and "env" in template:
                body["target"] = ["production"]
            if template == "/v13/deployments" and method == "POST":
                body = {"name": "docs", "deploymentId": docs.served[-2], "target": "production"}
            raw = json.dumps(body).encode()
            status = await sender.send(method, _whole(template, known), raw, token=token)
            allowed = {404} if "{check}" in template else set()
            if token == "tok_developer" and template.endswith(("/checks", "/cancel")):  # noqa: S105 - its name
                allowed = {400}
            assert status in {403, *allowed}, (method, template, status)
        if token == "tok_shop":  # noqa: S105 - its name
            await _reaches_no_alias_of_docs(sender)


async def _reaches_no_alias_of_docs(sender: Sender) -> None:
    """From a deployment of its own a token for shop neither takes what docs has nor leads there."""
    shop, docs = (
        sender.platform.store.project_named(sender.platform.team_id, name) for name in ("shop", "docs")
    )
    assert shop is not None
    assert docs is not None
    aliases = [one.name for one in sender.platform.store.aliases.values() if one.project_id == docs.id]
    assert set(aliases) - set(docs.domains)
    for name in aliases:
        for body in ({"alias": name}, {"alias": "mine.vercel.app", "redirect": name}):
            if body["alias"] in docs.domains:
                continue  # a domain of another project: 409, whoever asks
            for version in ("v2", "now"):
                path = f"/{version}/deployments/{shop.served[-1]}/aliases"
                status = await sender.send("POST", path, json.dumps(body).encode(), token="tok_shop")  # noqa: S106
                assert status == 403, body
