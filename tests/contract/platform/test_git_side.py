"""The projects' repositories, in the shape of GitHub's REST API."""

import re
from typing import Any

import pytest

from tests.contract.platform.calling import Answer, Api


class GitHub:
    """What a client of GitHub would send: its own base, its own token, no team."""

    def __init__(self, api: Api, token: str | None = None) -> None:
        self.api = api
        self.token = token

    async def call(self, path: str, /, **query: str) -> Answer:
        api = Api(self.api.session, self.api.platform)
        api.scope, api.token = {}, self.token
        return await api.call("GET", f"/github{path}", **query)

    async def get(self, path: str, /, **query: str) -> Any:
        answer = await self.call(f"/repos/acme/{path}", **query)
        assert answer.status == 200, answer
        return answer.body

    async def walk(self, path: str, /, **query: str) -> list[Any]:
        """All pages, by following the Link header."""
        answer = await self.call(f"/repos/acme/{path}", **query)
        found = list(answer.body)
        while (link := re.search(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))) is not None:
            async with self.api.session.get(link[1]) as response:
                answer = Answer(response.status, await response.json(), dict(response.headers))
            found += answer.body
        return found


@pytest.fixture
def github(api: Api) -> GitHub:
    return GitHub(api)


async def sha_of(api: Api, deployment_id: str) -> str:
    return str((await api.deployment(deployment_id))["meta"]["githubCommitSha"])


async def test_every_deployed_commit_is_there_with_its_author_and_message(api: Api, github: GitHub) -> None:
    for name in ("shop", "docs", "api"):
        listed = await api.deployments(name) + await api.deployments(name, state="DELETED")
        for one in listed:
            meta = one["meta"]
            commit = await github.get(f"{meta['githubRepo']}/commits/{meta['githubCommitSha']}")
            assert commit["commit"]["message"] == meta["githubCommitMessage"]
            assert commit["commit"]["author"]["name"] == meta["githubCommitAuthorName"]
            assert commit["author"]["login"] == meta["githubCommitAuthorLogin"]
            branch = await github.walk(f"{name}/commits", sha=meta["githubCommitRef"], per_page="100")
            assert commit["sha"] in [ancestor["sha"] for ancestor in branch]


async def test_every_branch_ends_in_its_newest_deployed_commit(api: Api, github: GitHub) -> None:
    newest: dict[str, str] = {}
    for one in await api.deployments():
        newest.setdefault(one["meta"]["githubCommitRef"], one["meta"]["githubCommitSha"])
    branches = await github.get("shop/branches", per_page="100")
    assert {one["name"]: one["commit"]["sha"] for one in branches} == newest


async def test_the_newest_staged_build_is_ahead_of_current_and_brings_a_migration(
    api: Api, github: GitHub
) -> None:
    base = await sha_of(api, await api.current_id())
    head = await sha_of(api, await api.staged_id())
    body = await github.get(f"shop/compare/{base}...{head}")
    assert (body["status"], body["behind_by"]) == ("ahead", 0)
    assert body["ahead_by"] == body["total_commits"] == len(body["commits"]) >= 2
    assert body["commits"][-1]["sha"] == head
    assert body["merge_base_commit"]["sha"] == body["base_commit"]["sha"] == base
    added = {file["filename"] for file in body["files"] if file["status"] == "added"}
    assert any(re.fullmatch(r"db/migrations/20\d{12}_add_vat\.sql", name) for name in added)
    removed = {file["filename"] for file in body["files"] if file["status"] == "removed"}
    assert removed == {"app/checkout/address/page.tsx", "app/checkout/payment/page.tsx"}


async def test_a_rollback_target_is_behind_and_changes_no_file(api: Api, github: GitHub) -> None:
    base, head = await sha_of(api, await api.current_id()), await sha_of(api, await api.earlier_id(back=3))
    body = await github.get(f"shop/compare/{base}...{head}")
    assert (body["status"], body["ahead_by"], body["commits"], body["files"]) == ("behind", 0, [], [])
    back = await github.get(f"shop/compare/{head}...{base}")
    assert (back["status"], back["ahead_by"]) == ("ahead", body["behind_by"])
    assert back["files"]


async def test_a_preview_has_diverged_from_main(github: GitHub) -> None:
    body = await github.get("shop/compare/main...feat/gift-cards")
    assert body["status"] == "diverged"
    assert body["behind_by"] > 0
    messages = [one["commit"]["message"] for one in body["commits"]]
    assert "Gift cards: balance lookup" in messages
    dates = [one["commit"]["author"]["date"] for one in body["commits"]]
    assert dates == sorted(dates)


async def test_a_commit_is_identical_to_itself(github: GitHub) -> None:
    body = await github.get("api/compare/main...HEAD")
    assert (body["status"], body["ahead_by"], body["behind_by"]) == ("identical", 0, 0)
    assert (body["commits"], body["files"]) == ([], [])


async def test_a_merged_branch_is_behind_main(github: GitHub) -> None:
    """In docs branches are merged, elsewhere they are squashed."""
    assert (await github.get("docs/compare/main...docs/rate-limits"))["status"] == "behind"
    commits = await github.get("docs/commits", per_page="100")
    assert max(len(one["parents"]) for one in commits) == 2


async def test_a_file_that_only_moved_is_a_renaming(github: GitHub) -> None:
    commits = await github.get("shop/commits", per_page="100")
    moved = next(one for one in commits if one["commit"]["message"].startswith("Move product images"))
    files = {one["filename"]: one for one in (await github.get(f"shop/commits/{moved['sha']}"))["files"]}
    renamed = files["lib/cdn.ts"]
    assert (renamed["status"], renamed["previous_filename"]) == ("renamed", "lib/images.ts")
    assert (renamed["changes"], files["next.config.ts"]["status"]) == (0, "modified")


async def test_the_counts_of_a_commit_are_those_of_its_patches(github: GitHub) -> None:
    commit = await github.get("shop/commits/main")
    for file in commit["files"]:
        lines = file["patch"].splitlines()
        assert file["additions"] == sum(line.startswith("+") for line in lines)
        assert file["deletions"] == sum(line.startswith("-") for line in lines)
        assert file["changes"] == file["additions"] + file["deletions"] > 0
    assert commit["stats"]["total"] == sum(file["changes"] for file in commit["files"])


async def test_a_push_adds_a_commit_that_writes_the_files_it_says(api: Api, github: GitHub) -> None:
    before = (await github.get("shop/branches/main"))["commit"]["sha"]
    paths = ["prisma/migrations/20261201_x/migration.sql", "lib/cart.ts"]
    sha = await sha_of(api, await api.push(message="Store carts", author="bob", files=paths))
    body = await github.get(f"shop/compare/{before}...main")
    assert [one["sha"] for one in body["commits"]] == [sha]
    commit = body["commits"][0]
    assert (commit["commit"]["message"], commit["author"]["login"]) == ("Store carts", "bob")
    assert [parent["sha"] for parent in commit["parents"]] == [before]
    assert {file["filename"]: file["status"] for file in body["files"]} == {
        "lib/cart.ts": "modified",
        "prisma/migrations/20261201_x/migration.sql": "added",
    }


async def test_a_push_on_a_new_branch_forks_from_main(api: Api, github: GitHub) -> None:
    main = (await github.get("docs/branches/main"))["commit"]["sha"]
    first = await sha_of(api, await api.push("docs", branch="docs/new", author="Zoë Ray"))
    second = await sha_of(api, await api.push("docs", branch="docs/new"))
    body = await github.get("docs/compare/main...docs/new")
    assert [one["sha"] for one in body["commits"]] == [first, second]
    assert body["commits"][0]["parents"][0]["sha"] == main
    assert body["commits"][0]["author"] is None
    assert body["commits"][0]["commit"]["author"]["name"] == "Zoë Ray"
    assert (await github.get("docs/branches/docs/new"))["commit"]["sha"] == second


async def test_only_a_push_that_says_so_touches_a_migration(api: Api, github: GitHub) -> None:
    for _ in range(6):
        await api.push("shop")
    plain = await sha_of(api, await api.push("shop", message="Tidy up"))
    body = await github.get(f"shop/compare/{await sha_of(api, await api.staged_id())}...{plain}")
    assert not [file for file in body["files"] if "migration" in file["filename"]]
    said = await sha_of(api, await api.push("shop", message="Add a migration for gift cards"))
    files = (await github.get(f"shop/commits/{said}"))["files"]
    assert re.fullmatch(r"db/migrations/\d{14}_gift_cards\.sql", files[0]["filename"])


async def test_a_deleted_deployment_leaves_its_commit_behind(api: Api, github: GitHub) -> None:
    preview = await api.preview_id()
    sha = await sha_of(api, preview)
    assert (await api.call("DELETE", f"/v13/deployments/{preview}")).status == 200
    assert (await github.get(f"shop/commits/{sha}"))["sha"] == sha


async def test_a_build_of_a_git_source_that_no_push_brought_adds_its_commit(api: Api, github: GitHub) -> None:
    await github.get("shop/branches")
    sha = "c" * 40
    source = {"type": "github", "ref": "feat/else", "sha": sha}
    assert (await api.post("/v13/deployments", {"name": "shop", "gitSource": source})).status == 200
    assert (await github.get("shop/branches/feat/else"))["commit"]["sha"] == sha


async def test_pages_follow_the_link_header_without_loss_or_repetition(github: GitHub) -> None:
    whole = [one["sha"] for one in await github.get("shop/commits", sha="feat/gift-cards", per_page="100")]
    walked = [one["sha"] for one in await github.walk("shop/commits", sha="feat/gift-cards", per_page="4")]
    assert walked == whole
    assert len(whole) == len(set(whole)) > 8
    branches = await github.walk("shop/branches", per_page="2")
    assert [one["name"] for one in branches] == sorted({one["name"] for one in branches})
    first = await github.call("/repos/acme/shop/commits", per_page="5")
    assert re.findall(r'rel="(\w+)"', first.headers["Link"]) == ["next", "last"]
    beyond = await github.call("/repos/acme/shop/commits", page="99")
    assert beyond.body == []
    assert 'rel="prev"' in beyond.headers["Link"]


async def test_only_the_first_page_of_a_comparison_has_the_files(github: GitHub) -> None:
    commits = await github.get("shop/commits", per_page="100")
    path = f"shop/compare/{commits[-1]['sha']}...main"
    whole = await github.get(path)
    first = await github.get(path, per_page="3")
    second = await github.get(path, per_page="3", page="2")
    assert first["files"] == whole["files"]
    assert "files" not in second
    assert first["commits"] + second["commits"] == whole["commits"][:6]
    assert first["total_commits"] == second["total_commits"] == whole["ahead_by"]


async def test_commits_are_filtered_by_author_path_and_time(github: GitHub) -> None:
    everything = await github.get("api/commits", per_page="100")
    by_cy = await github.get("api/commits", author="cy", per_page="100")
    assert by_cy == [one for one in everything if one["author"]["login"] == "cy"]
    touching = await github.get("api/commits", path="prisma/migrations", per_page="100")
    assert "Add a migration for refunds (#531)" in [one["commit"]["message"] for one in touching]
    assert len(touching) < len(everything) // 2
    middle = everything[len(everything) // 2]["commit"]["author"]["date"]
    since = await github.get("api/commits", since=middle, per_page="100")
    until = await github.get("api/commits", until=middle, per_page="100")
    assert since + until[1:] == everything or since + until == everything


async def test_refs_are_found_in_every_spelling(github: GitHub) -> None:
    main = (await github.get("shop/branches/main"))["commit"]["sha"]
    for ref in ("main", "heads/main", "refs/heads/main", "HEAD", main, main[:7]):
        assert (await github.get(f"shop/commits/{ref}"))["sha"] == main
    for spelling in ("main...acme:main", "acme:shop:main...main", "main...HEAD"):
        assert (await github.get(f"shop/compare/{spelling}"))["status"] == "identical"


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/repos/acme/shop/compare/main...nope", 404, "Not Found"),
        ("/repos/acme/shop/compare/main..staging", 404, "Not Found"),
        ("/repos/acme/shop/compare/main...stranger:main", 404, "Not Found"),
        ("/repos/acme/shop/branches/nope", 404, "Branch not found"),
        ("/repos/acme/shop/commits/abcdefg", 422, "No commit found for SHA: abcdefg"),
        ("/repos/acme/shop/commits?sha=nope", 404, "Not Found"),
        ("/repos/acme/nope", 404, "Not Found"),
        ("/repos/nobody/shop", 404, "Not Found"),
        ("/repos/globex/portal", 404, "Not Found"),
        ("/nothing", 404, "Not Found"),
    ],
)
async def test_what_is_not_there_is_refused_in_githubs_shape(
    github: GitHub, path: str, status: int, message: str
) -> None:
    answer = await github.call(path)
    assert (answer.status, answer.body["message"]) == (status, message)
    assert set(answer.body) == {"message", "documentation_url", "status"}
    assert answer.body["status"] == str(status)


async def test_a_method_that_is_not_there_is_not_found_either(api: Api) -> None:
    api.token = None
    answer = await api.call("DELETE", "/github/repos/acme/shop")
    assert (answer.status, answer.body["message"]) == (404, "Not Found")


async def test_a_wrong_token_is_refused_and_none_is_a_stranger(api: Api, github: GitHub) -> None:
    right = GitHub(api, api.platform.github_token)
    wrong = await GitHub(api, "ghp_wrong").call("/repos/acme/shop")
    assert (wrong.status, wrong.body["message"]) == (401, "Bad credentials")
    assert (await GitHub(api, api.platform.token).call("/repos/acme/shop")).status == 401
    assert (await github.get("shop"))["private"] is False
    assert (await api.call("PUT", "/sandbox/repositories", {"private": True})).status == 200
    assert (await github.call("/repos/acme/shop")).body["message"] == "Not Found"
    assert (await right.get("shop"))["private"] is True
    assert (await right.get("shop/compare/main...staging"))["status"] == "diverged"


async def test_a_project_that_is_linked_to_nothing_has_no_repository(api: Api, github: GitHub) -> None:
    assert (await api.post("/v11/projects", {"name": "loose"})).status == 200
    assert (await github.call("/repos/acme/loose")).status == 404


async def test_faults_reach_the_git_side_and_its_requests_are_noted(api: Api, github: GitHub) -> None:
    await api.fault({"path": "^/github/.*/compare/", "status": 502})
    assert (await github.call("/repos/acme/shop/compare/main...staging")).status == 502
    assert (await github.call("/repos/acme/shop/compare/main...staging")).status == 200
    noted = (await api.get("/sandbox/requests"))["requests"]
    paths = [(one["path"], one["status"]) for one in noted]
    assert ("/github/repos/acme/shop/compare/main...staging", 502) in paths


@pytest.mark.parametrize("files", [["/etc/passwd"], [""], ["- lib/cart.ts"], ["a b"], "lib/cart.ts", [5]])
async def test_a_push_of_strange_paths_is_refused(api: Api, github: GitHub, files: Any) -> None:
    before = await github.get("shop/branches")
    answer = await api.call("POST", "/sandbox/push", {"project": "shop", "files": files})
    assert answer.status == 400
    assert await github.get("shop/branches") == before


async def test_the_same_seed_makes_the_same_history() -> None:
    from chatbot.sandbox.vercel import Platform

    async with Platform(seed=3) as one, Platform(seed=3) as same:
        for first, second in zip(one.store.projects.values(), same.store.projects.values(), strict=True):
            told, again = one._repositories.of(first), same._repositories.of(second)
            assert list(told.commits) == list(again.commits)
            assert told.branches == again.branches
