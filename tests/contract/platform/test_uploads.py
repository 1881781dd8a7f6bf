"""Files sent as `vercel deploy` sends them: a deployment, what of it is missing, and what its site serves."""

import base64
import hashlib
import io
import json
from typing import Any

import pytest

from chatbot.sandbox.vercel.errors import ApiError
from chatbot.sandbox.vercel.uploads import DeployedFile, Uploads
from tests.contract.platform.calling import Answer, Api

PAGE = b"<!doctype html><h1>Hello from a file</h1>"
STYLE = b"h1 { color: teal }"
MIB = 1024 * 1024


def sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def inlined(path: str, content: bytes) -> dict[str, Any]:
    return {"file": path, "data": base64.b64encode(content).decode(), "encoding": "base64", "mode": 33188}


def referred(path: str, content: bytes) -> dict[str, Any]:
    return {"file": path, "sha": sha1(content), "size": len(content), "mode": 33188}


def order(*files: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of `vercel deploy --prod --skip-domain --yes`."""
    return {
        "env": {},
        "build": {"env": {}},
        "name": "shop",
        "meta": {},
        "target": "production",
        "projectSettings": {"sourceFilesOutsideRootDirectory": True},
        "source": "cli",
        "autoAssignCustomDomains": False,
        "version": 2,
        "files": list(files),
        **more,
    }


async def deploy(api: Api, *files: dict[str, Any], **more: Any) -> Answer:
    return await api.post("/v13/deployments", order(*files, **more), skipAutoDetectionConfirmation="1")


async def deployed(api: Api, *files: dict[str, Any], **more: Any) -> Any:
    answer = await deploy(api, *files, **more)
    assert answer.status == 200, answer
    return await api.until_state(answer.body["id"], "READY")


async def upload(api: Api, content: bytes, **headers: str) -> Answer:
    sent = {"x-now-digest": sha1(content), "x-now-size": str(len(content)), **headers}
    async with api.session.post(
        f"{api.platform.url}/v2/files",
        params=api.scope,
        data=io.BytesIO(content),
        headers={
            "Authorization": f"Bearer {api.token}",
            "Content-Type": "application/octet-stream",
            **{name.replace("_", "-"): value for name, value in sent.items() if value},
        },
    ) as response:
        return Answer(response.status, await response.json(), dict(response.headers))


async def visit(api: Api, deployment: Any, path: str = "") -> Answer:
    async with api.session.get(f"{api.platform.url}/d/{deployment['url']}/{path}") as response:
        return Answer(response.status, await response.text(), dict(response.headers))


async def test_an_upload_that_skips_the_domains_stays_staged_for_itself_alone(api: Api) -> None:
    before = await api.current_id("docs")
    created = await deploy(api, inlined("index.html", PAGE), name="docs")
    assert (created.body["readyState"], created.body["target"]) == ("QUEUED", "production")
    deployment = await api.until_state(created.body["id"], "READY")
    assert (deployment["readySubstate"], deployment["source"]) == ("STAGED", "cli")
    assert deployment["aliasAssigned"]
    assert await api.current_id("docs") == before
    assert (await api.project("docs"))["autoAssignCustomDomains"] is True


async def test_what_was_uploaded_is_promoted_and_served(api: Api) -> None:
    deployment = await deployed(api, inlined("index.html", PAGE), inlined("css/style.css", STYLE))
    assert (await api.promote(deployment["id"])).status == 201
    await api.until_current(deployment["id"])
    answer = await api.call("GET", "/sites/shop.example.com/")
    assert answer.body == PAGE.decode()
    assert answer.headers["X-Served-By"] == deployment["id"]
    style = await api.call("GET", "/sites/shop.example.com/css/style.css")
    assert (style.body, style.headers["Content-Type"]) == (STYLE.decode(), "text/css")
    await api.call("POST", "/sandbox/break", {"project": "shop"})
    assert (await api.call("GET", "/sites/shop.example.com/")).status == 500


async def test_missing_files_are_named_then_uploaded_then_deployed(api: Api) -> None:
    before = await api.deployments()
    big = bytes(range(256)) * 8_000
    files = [referred("index.html", PAGE), referred("big.bin", big), inlined("style.css", STYLE)]
    refused = await deploy(api, *files)
    assert refused.status == 400
    assert refused.body["error"]["code"] == "missing_files"
    assert refused.body["error"]["missing"] == [sha1(PAGE), sha1(big)]
    assert await api.deployments() == before
    for content in (PAGE, big):
        answer = await upload(api, content)
        assert (answer.status, answer.body) == (200, {"urls": []})
    deployment = await deployed(api, *files)
    assert (await visit(api, deployment)).body == PAGE.decode()
    async with api.session.get(f"{api.platform.url}/d/{deployment['url']}/big.bin") as response:
        assert await response.read() == big


async def test_another_accounts_uploads_are_not_there(api: Api) -> None:
    await upload(api, PAGE)
    api.scope = {}
    assert (await upload(api, STYLE)).status == 200
    api.scope = {"teamId": api.platform.team_id}
    refused = await deploy(api, referred("index.html", PAGE), referred("style.css", STYLE))
    assert refused.body["error"]["missing"] == [sha1(STYLE)]


async def test_an_upload_says_what_it_was_made_of(api: Api) -> None:
    plain = await deployed(api, inlined("index.html", PAGE), meta={"ticket": "7"})
    assert plain["meta"] == {"ticket": "7"}
    assert "gitSource" not in plain
    assert plain["automaticAliases"] == ["shop-ana-acme.vercel.app"]
    assert (await api.deployment("shop-ana-acme.vercel.app"))["id"] == plain["id"]
    known = {
        "commitSha": "d" * 40,
        "commitMessage": "Try it",
        "commitRef": "feat/local",
        "commitAuthorName": "Ana Duarte",
        "commitAuthorEmail": "ana@example.com",
        "dirty": True,
        "remoteUrl": "https://github.com/acme/shop.git",
    }
    tracked = await deployed(api, inlined("index.html", PAGE), gitMetadata=known)
    assert tracked["meta"]["githubCommitSha"] == "d" * 40
    assert tracked["meta"]["githubCommitRef"] == "feat/local"
    assert tracked["meta"]["gitDirty"] == "1"
    assert "githubDeployment" not in tracked["meta"]
    listed = {one["uid"]: one for one in await api.deployments()}
    assert listed[plain["id"]]["meta"] == {"ticket": "7"}
    panel = await api.panel()
    assert {one["id"] for one in panel["recent"]} >= {plain["id"], tracked["id"]}


async def test_a_commit_that_was_only_uploaded_is_not_in_the_repository(api: Api) -> None:
    await deployed(api, inlined("index.html", PAGE), gitMetadata={"commitSha": "d" * 40, "commitRef": "main"})
    api.token, api.scope = None, {}
    assert (await api.call("GET", f"/github/repos/acme/shop/commits/{'d' * 40}")).status == 422
    assert (await api.call("GET", f"/github/repos/acme/shop/compare/main...{'d' * 40}")).status == 404


async def test_the_log_of_an_upload_follows_while_it_is_built(api: Api) -> None:
    created = (await deploy(api, inlined("index.html", PAGE))).body
    answer = await api.call("GET", f"/v3/now/deployments/{created['id']}/events", follow="1", format="lines")
    texts = [json.loads(line)["payload"]["text"] for line in answer.body.splitlines()]
    assert "Downloading 1 deployment files..." in texts
    assert texts[-1] == "Deployment completed"
    assert not [text for text in texts if "Cloning" in text]


async def test_a_redeploy_serves_the_same_files(api: Api) -> None:
    origin = await deployed(api, inlined("index.html", PAGE))
    body = {"deploymentId": origin["id"], "name": "shop", "meta": {"action": "redeploy"}}
    again = (await api.post("/v13/deployments", body, forceNew="1")).body
    await api.until_state(again["id"], "READY")
    assert (await visit(api, again)).body == PAGE.decode()


async def test_an_upload_without_target_is_a_preview(api: Api) -> None:
    body = order(inlined("index.html", PAGE))
    del body["target"], body["autoAssignCustomDomains"]
    created = (await api.post("/v13/deployments", body)).body
    deployment = await api.until_state(created["id"], "READY")
    assert deployment["target"] is None
    assert (await visit(api, deployment)).body == PAGE.decode()


async def test_a_site_serves_folders_its_own_404_and_the_public_folder_alone(api: Api) -> None:
    deployment = await deployed(
        api,
        inlined("public/index.html", PAGE),
        inlined("public/docs/index.html", b"docs"),
        inlined("public/404.html", b"lost"),
        inlined("secret.txt", b"source"),
    )
    assert (await visit(api, deployment, "docs/")).body == "docs"
    assert (await visit(api, deployment, "docs")).body == "docs"
    for path in ("secret.txt", "nope", "public/index.html"):
        answer = await visit(api, deployment, path)
        assert (answer.status, answer.body) == (404, "lost")
    bare = await deployed(api, inlined("index.html", PAGE))
    assert (await visit(api, bare, "nope")).status == 404


async def test_files_without_an_index_get_the_usual_page(api: Api) -> None:
    deployment = await deployed(api, inlined("package.json", b"{}"))
    answer = await visit(api, deployment)
    assert answer.status == 200
    assert deployment["id"] in answer.body


@pytest.mark.parametrize(
    "files",
    [
        [],
        ["index.html"],
        [{"file": "a"}],
        [{"file": "", "data": "x"}],
        [{"file": "../a", "data": "x"}],
        [{"file": "/etc/passwd", "data": "x"}],
        [{"file": "a/./b", "data": "x"}],
        [{"file": "a\\b", "data": "x"}],
        [{"file": "a\u0000b", "data": "x"}],
        [{"file": "a", "data": "not base64!", "encoding": "base64"}],
        [{"file": "a", "data": "\ud800"}],
        [{"file": "a", "data": "x", "encoding": "latin-1"}],
        [{"file": "a", "data": "x", "size": 2}],
        [{"file": "a", "sha": "short"}],
        [{"file": "a", "data": "x"}, {"file": "./a", "data": "y"}],
        [{"file": "a", "data": "x", "surprise": 1}],
    ],
    ids=str,
)
async def test_files_that_are_wrong_deploy_nothing(api: Api, files: Any) -> None:
    before = await api.deployments()
    answer = await api.post("/v13/deployments", {**order(), "files": files})
    assert (answer.status, answer.body["error"]["code"]) == (400, "bad_request")
    assert await api.deployments() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"x_now_digest": ""},
        {"x_now_digest": "short"},
        {"x_now_digest": "0" * 40},
        {"x_now_size": "5"},
        {"x_now_size": "many"},
    ],
    ids=str,
)
async def test_an_upload_that_is_not_what_it_says_is_refused(api: Api, headers: dict[str, str]) -> None:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await upload(api, PAGE, **sent)
    assert (answer.status, answer.body["error"]["code"]) == (400, "bad_request")
    assert (await deploy(api, referred("index.html", PAGE))).body["error"]["code"] == "missing_files"


async def test_the_documented_digest_header_is_read_too(api: Api) -> None:
    sent = {"x-now-digest": "", "x-now-size": "", "x-vercel-digest": sha1(PAGE)}
    assert (await upload(api, PAGE, **sent)).status == 200
    await deployed(api, referred("index.html", PAGE))


async def test_sizes_are_limited(api: Api) -> None:
    assert (await upload(api, b"x" * (16 * MIB + 1))).status == 413
    files = []
    for number in range(5):
        content = bytes([number]) * (14 * MIB)
        assert (await upload(api, content)).status == 200
        files.append(referred(f"{number}.bin", content))
    refused = await deploy(api, *files)
    assert (refused.status, refused.body["error"]["code"]) == (400, "size_limit_exceeded")
    assert refused.body["error"]["sizeLimit"] == 64 * MIB


def test_the_oldest_uploads_are_forgotten_and_asked_for_again() -> None:
    uploads = Uploads(stock=len(PAGE) + len(STYLE))
    entries = [DeployedFile(file="a", sha=sha1(PAGE)), DeployedFile(file="b", sha=sha1(STYLE))]
    for content in (PAGE, STYLE, PAGE):
        uploads.add("team", sha1(content), content)
    assert uploads.gathered("team", entries) == {"a": PAGE, "b": STYLE}
    uploads.add("team", sha1(b"x"), b"x")
    with pytest.raises(ApiError) as refused:
        uploads.gathered("team", entries)
    assert refused.value.extra["missing"] == [sha1(STYLE)]


async def test_a_viewer_uploads_nothing(viewer: Api, api: Api) -> None:
    assert (await upload(viewer, PAGE)).status == 403
    assert (await deploy(viewer, inlined("index.html", PAGE))).status == 403


async def test_of_an_upload_only_its_length_is_noted(api: Api) -> None:
    await upload(api, PAGE)
    noted = (await api.get("/sandbox/requests"))["requests"]
    assert next(one["body"] for one in noted if one["path"] == "/v2/files") == {"bytes": len(PAGE)}
