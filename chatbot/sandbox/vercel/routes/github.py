"""The git side: GitHub's REST API for the projects' repositories, an application of its own below `/github`.

It has its own token, its own error body (`{"message", "documentation_url", "status"}`) and its own paging
(`page`, `per_page` and a Link header). Source: docs.github.com/rest, version 2022-11-28.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from chatbot.sandbox.vercel.git.changes import changes_between
from chatbot.sandbox.vercel.git.comparing import NoCommonAncestor, compare
from chatbot.sandbox.vercel.keys import HOME, REPOSITORIES, STORE
from chatbot.sandbox.vercel.rendering.github import (
    Place,
    branch_body,
    commit_body,
    comparison_body,
    full_branch_body,
    full_commit_body,
    repository_body,
)

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from chatbot.sandbox.vercel.git.history import GitCommit, Repository
    from chatbot.sandbox.vercel.records import Project

T = TypeVar("T")

PREFIX = "/github"
GITHUB_TOKEN = "ghp_sandbox"  # noqa: S105 - the sandbox's published token; it opens nothing else
USUAL_PAGE, LARGEST_PAGE = 30, 100
UNPAGED_COMMITS = 250
"""Of a comparison that is asked for without `page` and `per_page`."""
_DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    def __init__(self, status: int, message: str, documentation: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.documentation_url = _DOCUMENTATION + documentation


@web.middleware
async def word_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An unknown path and an unknown method are the same 404 to GitHub."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return _refused(refusal)
    except web.HTTPException:
        return _refused(Refusal(404, "Not Found"))


def _refused(refusal: Refusal) -> web.Response:
    body = {
        "message": str(refusal),
        "documentation_url": refusal.documentation_url,
        "status": str(refusal.status),
    }
    return web.json_response(body, status=refusal.status)


@web.middleware
async def check_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A wrong token is refused, none is a stranger, who does not see private repositories."""
    header = request.headers.get("Authorization")
    if header is not None:
        kind, _, secret = header.partition(" ")
        if kind.lower() not in ("bearer", "token") or secret.strip() != GITHUB_TOKEN:
            raise Refusal(401, "Bad credentials")
    elif request.config_dict[REPOSITORIES].private:
        raise Refusal(404, "Not Found")
    return await handler(request)


async def get_repository(request: web.Request) -> web.Response:
    place, project, repository = _named(request)
    private = request.config_dict[REPOSITORIES].private
    return web.json_response(repository_body(place, project, repository, private=private))


async def compare_commits(request: web.Request) -> web.Response:
    """Three dots only. Raises Refusal 404 for what it does not know, or for unrelated histories."""
    place, _, repository = _named(request)
    basehead = request.match_info["basehead"]
    first, dots, second = basehead.partition("...")
    base, head = _meant(place, repository, first), _meant(place, repository, second)
    if not dots or base is None or head is None:
        raise Refusal(404, "Not Found", "/commits/commits#compare-two-commits")
    try:
        comparison = compare(repository, base, head)
    except NoCommonAncestor as error:
        raise Refusal(404, f"No common ancestor between {first} and {second}.") from error
    is_paged = bool({"page", "per_page"} & request.query.keys())
    page, size = _page(request) if is_paged else (1, UNPAGED_COMMITS)
    shown, headers = _slice(request, comparison.commits, page, size)
    body = comparison_body(place, basehead, comparison, shown, with_files=page == 1)
    return web.json_response(body, headers=headers)


def _meant(place: Place, repository: Repository, ref: str) -> GitCommit | None:
    """`owner:ref` and `owner:repository:ref` name the same repository here: there are no forks."""
    *owner, name = ref.split(":")
    if owner and [word.lower() for word in owner] not in ([place.owner], [place.owner, place.name]):
        return None
    return repository.resolve(name)


async def list_commits(request: web.Request) -> web.Response:
    """Newest first, from `sha` (a commit or a branch) backwards."""
    place, _, repository = _named(request)
    start = repository.resolve(request.query.get("sha") or repository.default_branch)
    if start is None:
        raise Refusal(404, "Not Found", "/commits/commits#list-commits")
    found = repository.in_order(repository.ancestors(start.sha))[::-1]
    author, path = request.query.get("author"), request.query.get("path")
    since, until = _moment(request, "since"), _moment(request, "until")
    if author is not None:
        found = [one for one in found if author in (one.author_login, f"{one.author_login}@acme.example")]
    if path is not None:
        found = [one for one in found if _touches(repository, one, path.strip("/"))]
    found = [
        one for one in found if (since is None or one.at >= since) and (until is None or one.at <= until)
    ]
    shown, headers = _slice(request, found, *_page(request))
    return web.json_response([commit_body(place, one) for one in shown], headers=headers)


def _touches(repository: Repository, commit: GitCommit, path: str) -> bool:
    """Whether it changed this file, or something below this folder."""
    former = repository.commits[commit.parents[0]].tree if commit.parents else {}
    names = {*former, *commit.tree}
    return any(
        former.get(name) != commit.tree.get(name)
        for name in names
        if name == path or name.startswith(f"{path}/")
    )


def _moment(request: web.Request, name: str) -> float | None:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(422, f"Invalid request.\n\n{name} is not a valid date-time.") from error
    return 1000 * (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


async def get_commit(request: web.Request) -> web.Response:
    place, _, repository = _named(request)
    ref = request.match_info["ref"]
    commit = repository.resolve(ref)
    if commit is None:
        raise Refusal(422, f"No commit found for SHA: {ref}", "/commits/commits#get-a-commit")
    former = repository.commits[commit.parents[0]].tree if commit.parents else {}
    return web.json_response(full_commit_body(place, commit, changes_between(former, commit.tree)))


async def list_branches(request: web.Request) -> web.Response:
    place, _, repository = _named(request)
    shown, headers = _slice(request, sorted(repository.branches), *_page(request))
    bodies = [branch_body(place, name, repository.commits[repository.branches[name]]) for name in shown]
    return web.json_response(bodies, headers=headers)


async def get_branch(request: web.Request) -> web.Response:
    place, _, repository = _named(request)
    name = request.match_info["branch"]
    head = repository.head(name)
    if head is None:
        raise Refusal(404, "Branch not found", "/branches/branches#get-a-branch")
    return web.json_response(full_branch_body(place, name, head))


def _named(request: web.Request) -> tuple[Place, Project, Repository]:
    """Only the home team's repositories are there, under the name of the project that is linked to each."""
    store, home = request.config_dict[STORE], request.config_dict[HOME]
    owner, name = request.match_info["owner"].lower(), request.match_info["repo"].lower()
    project = store.project_named(home.id, name)
    if owner != home.slug or project is None or project.name != name or not project.is_linked:
        raise Refusal(404, "Not Found", "/repos/repos#get-a-repository")
    logins = frozenset(user.username for user in store.users.values())
    place = Place(owner, name, store.base_url + PREFIX, logins)
    return place, project, request.config_dict[REPOSITORIES].of(project)


def _page(request: web.Request) -> tuple[int, int]:
    """`page` and `per_page`; GitHub takes the usual value for one that means nothing."""
    page, size = (request.query.get(name, "") for name in ("page", "per_page"))
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    wanted = int(size) if size.isascii() and size.isdigit() and len(size) < 10 else USUAL_PAGE
    return max(number, 1), min(wanted, LARGEST_PAGE) if wanted > 0 else USUAL_PAGE


def _slice(request: web.Request, records: list[T], page: int, size: int) -> tuple[list[T], dict[str, str]]:
    """One page, and the Link header that leads to the others."""
    last = max(-(-len(records) // size), 1)
    leads: dict[str, int] = {}
    if page > 1:
        leads |= {"prev": min(page - 1, last), "first": 1}
    if page < last:
        leads |= {"next": page + 1, "last": last}
    query = {key: value for key, value in request.query.items() if key not in ("page", "per_page")}
    links = [
        f'<{request.url.with_query({**query, "per_page": str(size), "page": str(number)})}>; rel="{name}"'
        for name, number in leads.items()
    ]
    headers = {"Link": ", ".join(links)} if links else {}
    return records[(page - 1) * size : page * size], headers


def github_application() -> web.Application:
    """Reads what the platform's application holds."""
    app = web.Application(middlewares=(word_refusals, check_token))
    repository = "/repos/{owner}/{repo}"
    app.add_routes(
        [
            web.get(repository, get_repository),
            web.get(repository + "/compare/{basehead:.+}", compare_commits),
            web.get(repository + "/commits", list_commits),
            web.get(repository + "/commits/{ref:.+}", get_commit),
            web.get(repository + "/branches", list_branches),
            web.get(repository + "/branches/{branch:.+}", get_branch),
        ]
    )
    return app
