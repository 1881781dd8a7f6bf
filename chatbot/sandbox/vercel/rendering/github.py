"""Commits, branches and comparisons in the shapes of GitHub's REST API."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chatbot.sandbox.vercel.git.changes import blob_sha

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.git.changes import FileChange
    from chatbot.sandbox.vercel.git.comparing import Comparison
    from chatbot.sandbox.vercel.git.history import GitCommit, Repository, Tree
    from chatbot.sandbox.vercel.records import Project

MOST_FILES = 300
"""Of one comparison; the rest is not told."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository is: `api` and `web` are its addresses for programs and for people."""

    owner: str
    name: str
    base_url: str
    logins: frozenset[str]
    """Of people who have an account. Others are named in the commit only."""

    @property
    def api(self) -> str:
        return f"{self.base_url}/repos/{self.owner}/{self.name}"

    @property
    def web(self) -> str:
        return f"https://github.com/{self.owner}/{self.name}"


def repository_body(
    place: Place, project: Project, repository: Repository, *, private: bool
) -> dict[str, Any]:
    newest = max(commit.at for commit in repository.commits.values())
    return {
        "id": project.repo_id,
        "node_id": _node_id("Repository", str(project.repo_id)),
        "name": place.name,
        "full_name": f"{place.owner}/{place.name}",
        "private": private,
        "visibility": "private" if private else "public",
        "owner": _account(place, place.owner, "Organization"),
        "html_url": place.web,
        "url": place.api,
        "fork": False,
        "archived": False,
        "default_branch": repository.default_branch,
        "created_at": _iso(project.created_at),
        "updated_at": _iso(newest),
        "pushed_at": _iso(newest),
    }


def commit_body(place: Place, commit: GitCommit) -> dict[str, Any]:
    """As in lists and comparisons, without its files."""
    signature = {
        "name": commit.author_name,
        "email": f"{commit.author_login}@acme.example",
        "date": _iso(commit.at),
    }
    known = commit.author_login in place.logins
    author = _account(place, commit.author_login, "User") if known else None
    tree = tree_sha(commit.tree)
    return {
        "sha": commit.sha,
        "node_id": _node_id("Commit", commit.sha),
        "commit": {
            "author": signature,
            "committer": signature,
            "message": commit.message,
            "tree": {"sha": tree, "url": f"{place.api}/git/trees/{tree}"},
            "url": f"{place.api}/git/commits/{commit.sha}",
            "comment_count": 0,
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        },
        "url": f"{place.api}/commits/{commit.sha}",
        "html_url": f"{place.web}/commit/{commit.sha}",
        "comments_url": f"{place.api}/commits/{commit.sha}/comments",
        "author": author,
        "committer": author,
        "parents": [
            {"sha": sha, "url": f"{place.api}/commits/{sha}", "html_url": f"{place.web}/commit/{sha}"}
            for sha in commit.parents
        ],
    }


def full_commit_body(place: Place, commit: GitCommit, files: list[FileChange]) -> dict[str, Any]:
    additions, deletions = sum(f.additions for f in files), sum(f.deletions for f in files)
    return {
        **commit_body(place, commit),
        "stats": {"total": additions + deletions, "additions": additions, "deletions": deletions},
        "files": [file_body(place, commit.sha, file) for file in files[:MOST_FILES]],
    }


def file_body(place: Place, head: str, file: FileChange) -> dict[str, Any]:
    path = quote(file.filename)
    return {
        "sha": file.sha,
        "filename": file.filename,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{place.web}/blob/{head}/{path}",
        "raw_url": f"{place.web}/raw/{head}/{path}",
        "contents_url": f"{place.api}/contents/{path}?ref={head}",
        **({"patch": file.patch} if file.patch else {}),
        **({"previous_filename": file.previous} if file.previous is not None else {}),
    }


def branch_body(place: Place, name: str, commit: GitCommit) -> dict[str, Any]:
    return {
        "name": name,
        "commit": {"sha": commit.sha, "url": f"{place.api}/commits/{commit.sha}"},
        "protected": False,
    }


def full_branch_body(place: Place, name: str, commit: GitCommit) -> dict[str, Any]:
    escaped = quote(name, safe="")
    return {
        **branch_body(place, name, commit),
        "commit": commit_body(place, commit),
        "_links": {"self": f"{place.api}/branches/{escaped}", "html": f"{place.web}/tree/{quote(name)}"},
        "protection": {
            "enabled": False,
            "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
        },
        "protection_url": f"{place.api}/branches/{escaped}/protection",
    }


def comparison_body(
    place: Place, basehead: str, comparison: Comparison, commits: list[GitCommit], *, with_files: bool
) -> dict[str, Any]:
    """`commits` are those of the page asked for; the files come with the first page only."""
    web = f"{place.web}/compare/{quote(basehead)}"
    body = {
        "url": f"{place.api}/compare/{quote(basehead)}",
        "html_url": web,
        "permalink_url": (
            f"{place.web}/compare/{place.owner}:{comparison.base.sha[:7]}"
            f"...{place.owner}:{comparison.head.sha[:7]}"
        ),
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "base_commit": commit_body(place, comparison.base),
        "merge_base_commit": commit_body(place, comparison.merge_base),
        "status": comparison.status,
        "ahead_by": comparison.ahead_by,
        "behind_by": comparison.behind_by,
        "total_commits": comparison.ahead_by,
        "commits": [commit_body(place, commit) for commit in commits],
    }
    if with_files:
        files = comparison.files()[:MOST_FILES]
        body["files"] = [file_body(place, comparison.head.sha, file) for file in files]
    return body


def tree_sha(tree: Tree) -> str:
    """One name for one content, as git's; not the one that git would give it."""
    listing = "".join(f"{path}\0{blob_sha(text)}\n" for path, text in sorted(tree.items()))
    return hashlib.sha1(listing.encode(), usedforsecurity=False).hexdigest()


def _account(place: Place, login: str, kind: str) -> dict[str, Any]:
    number = int.from_bytes(hashlib.sha1(login.encode(), usedforsecurity=False).digest()[:4])
    api = f"{place.base_url}/users/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": _node_id(kind, login),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": api,
        "html_url": f"https://github.com/{login}",
        "repos_url": f"{api}/repos",
        "type": kind,
        "site_admin": False,
    }


def _node_id(kind: str, name: str) -> str:
    return base64.urlsafe_b64encode(f"{kind}:{name}".encode()).decode().rstrip("=")


def _iso(at: int) -> str:
    """Whole seconds, as git keeps them."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
