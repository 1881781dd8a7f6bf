"""Files that arrive before the deployment that is made of them (`POST /v2/files`), by their SHA-1."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from chatbot.sandbox.vercel.errors import ApiError, bad_request
from chatbot.sandbox.vercel.validation import Body

if TYPE_CHECKING:
    from collections.abc import Iterable

MIB = 1024 * 1024
LARGEST_BODY = 16 * MIB
"""Bytes of one uploaded file, and of a deployment's body with the files that are inlined in it."""
LARGEST_DEPLOYMENT = 64 * MIB
LARGEST_STOCK = 256 * MIB
MOST_FILES = 15_000
Sha1 = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]


class DeployedFile(Body):
    """Inlined (`data`), or uploaded before (`sha`)."""

    file: Annotated[str, Field(min_length=1, max_length=1024)]
    data: str | None = None
    encoding: Literal["base64", "utf-8"] = "utf-8"
    sha: Sha1 | None = None
    size: Annotated[int, Field(ge=0)] | None = None
    mode: int | None = None


class Uploads:
    """`stock` is in bytes: beyond it the oldest go, and clients are told to send them again."""

    def __init__(self, stock: int = LARGEST_STOCK) -> None:
        self._most = stock
        self._stock: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0

    def add(self, account_id: str, digest: str, content: bytes) -> None:
        """Raises ApiError 400 when the content is not what the digest says."""
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != digest:
            raise bad_request("the digest does not match the content of the file.")
        self._drop(account_id, digest)
        self._stock[account_id, digest] = content
        self._size += len(content)
        while self._size > self._most:
            self._drop(*next(iter(self._stock)))

    def _drop(self, account_id: str, digest: str) -> None:
        self._size -= len(self._stock.pop((account_id, digest), b""))

    def gathered(self, account_id: str, entries: Iterable[DeployedFile]) -> dict[str, bytes]:
        """The contents by path. Raises ApiError 400; with `missing` where files have to be uploaded first."""
        files: dict[str, bytes] = {}
        missing = []
        for entry in entries:
            path = _path(entry.file)
            if path in files:
                raise bad_request(f"the file `{path}` is given twice.")
            content = self._content(account_id, entry)
            if content is None:
                missing.append(entry.sha)
            elif entry.size not in (None, len(content)):
                raise bad_request(f"the file `{path}` is not {entry.size} bytes long.")
            files[path] = content or b""
        if missing:
            raise ApiError(400, "Missing files", code="missing_files", missing=list(dict.fromkeys(missing)))
        if sum(map(len, files.values())) > LARGEST_DEPLOYMENT:
            raise ApiError(
                400, "File size limit exceeded", code="size_limit_exceeded", sizeLimit=LARGEST_DEPLOYMENT
            )
        return files

    def _content(self, account_id: str, entry: DeployedFile) -> bytes | None:
        if entry.data is not None:
            return _decoded(entry)
        if entry.sha is None:
            raise bad_request(f"the file `{entry.file}` should have `data` or `sha`.")
        return self._stock.get((account_id, entry.sha))


def _path(name: str) -> str:
    """Raises ApiError 400 for one that leads out of the deployment."""
    path = name.removeprefix("./")
    if not path.isprintable() or "\\" in path or {"", ".", ".."} & set(path.split("/")):
        raise bad_request(f"`{name}` is not the path of a file in the deployment.")
    return path


def _decoded(entry: DeployedFile) -> bytes:
    data = entry.data or ""
    try:
        return base64.b64decode(data, validate=True) if entry.encoding == "base64" else data.encode()
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise bad_request(f"the data of `{entry.file}` is not {entry.encoding}.") from error
