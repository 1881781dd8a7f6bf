"""The bytes of files: posted by the app to an upload URL, opened by people."""

import mimetypes
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from chatbot.sandbox.slack.records import File

if TYPE_CHECKING:
    from chatbot.sandbox.slack.backend import Backend


def address(file: File) -> str:
    """Relative to the page."""
    return f"files/{file.id}/{quote(file.name, safe='')}"


async def upload(backend: "Backend", request: web.Request) -> web.Response:
    """POST <upload_url>, without a token; raw bytes, or a form with the file in it."""
    file = next((each for each in backend.state.files.values() if each.upload_path == request.path), None)
    if file is None or file.content is not None:
        return web.Response(status=404, text="not found")
    content = await _content(request)
    if len(content) != file.length:
        return web.Response(status=400, text=f"{file.length} bytes were announced, {len(content)} came")
    file.content = content
    backend.recorder.record("upload", file.name, {"length": len(content)}, {"status": 200})
    return web.Response(text=f"OK - {len(content)}")


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    parts = [part for part in form.values() if isinstance(part, web.FileField)]
    return parts[0].file.read() if parts else b""


async def download(backend: "Backend", request: web.Request) -> web.Response:
    """A shared file. Text is shown, everything else saved; nothing in it runs."""
    file = backend.state.files.get(request.match_info["file"])
    if file is None or file.content is None or not file.shared:
        raise web.HTTPNotFound(text="no such file")
    guessed = mimetypes.guess_type(file.name)[0] or "text/plain"
    is_text = guessed.startswith("text/") or guessed == "application/json"
    headers = {
        "Content-Type": "text/plain; charset=utf-8" if is_text else "application/octet-stream",
        "Content-Disposition": f"{'inline' if is_text else 'attachment'}; filename*=UTF-8''{quote(file.name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=file.content, headers=headers)
