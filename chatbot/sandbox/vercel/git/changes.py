"""What differs between two trees, file by file, as git shows it."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.git.history import Tree

FileStatus = Literal["added", "removed", "modified", "renamed"]


@dataclass(frozen=True, slots=True)
class FileChange:
    filename: str
    status: FileStatus
    sha: str
    """Of the file's contents; of what they were, where the file was removed."""
    additions: int
    deletions: int
    patch: str
    """Hunks without the file's header; empty for a mere renaming."""
    previous: str | None = None
    """The former name of a renamed file."""


def changes_between(old: Tree, new: Tree) -> list[FileChange]:
    """By path. A file that moved unchanged is a renaming; one that changed as it moved is two changes."""
    removed = {path: text for path, text in old.items() if path not in new}
    added = {path: text for path, text in new.items() if path not in old}
    changes = list(_renamings(removed, added))
    changes += [_change(path, "added", "", text) for path, text in added.items()]
    changes += [_change(path, "removed", text, "") for path, text in removed.items()]
    changes += [
        _change(path, "modified", old[path], text)
        for path, text in new.items()
        if path in old and old[path] != text
    ]
    return sorted(changes, key=lambda change: change.filename)


def _renamings(removed: dict[str, str], added: dict[str, str]) -> list[FileChange]:
    """Taken out of both. Empty files are never taken for one another."""
    found = []
    for path, text in sorted(added.items()):
        former = next((name for name, was in sorted(removed.items()) if text and was == text), None)
        if former is not None:
            del removed[former], added[path]
            found.append(FileChange(path, "renamed", blob_sha(text), 0, 0, "", previous=former))
    return found


def _change(path: str, status: FileStatus, before: str, after: str) -> FileChange:
    diff = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm=""))[2:]
    return FileChange(
        filename=path,
        status=status,
        sha=blob_sha(before if status == "removed" else after),
        additions=sum(line.startswith("+") for line in diff),
        deletions=sum(line.startswith("-") for line in diff),
        patch="\n".join(diff),
    )


def blob_sha(text: str) -> str:
    """The name that git gives to these contents."""
    content = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
