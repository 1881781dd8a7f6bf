"""What visitors of an uploaded deployment get: its files, where it is a static site."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass

Files = Mapping[str, bytes]
"""Contents by path."""
INDEX = "index.html"
_OUTPUTS = ("public/", "")
"""Where the platform looks for a static site when no framework makes one."""


@dataclass(frozen=True, slots=True)
class Found:
    content: bytes
    media_type: str
    status: int = 200


def found(files: Files | None, path: str) -> Found | None:
    """The file at a path of the site, or its own 404 page; None when there is no static site at all."""
    output = next((one for one in _OUTPUTS if files and one + INDEX in files), None)
    if files is None or output is None:
        return None
    asked = path.strip("/")
    for name in (asked, f"{asked}/{INDEX}".lstrip("/")):
        if (content := files.get(output + name)) is not None:
            return Found(content, _media_type(name))
    if (page := files.get(output + "404.html")) is not None:
        return Found(page, "text/html", 404)
    return Found(b"The page could not be found\n\nNOT_FOUND\n", "text/plain", 404)


def _media_type(name: str) -> str:
    guessed, encoding = mimetypes.guess_type(name)
    return guessed if guessed is not None and encoding is None else "application/octet-stream"
