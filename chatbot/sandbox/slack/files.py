"""The workspace page: the files of `page/`, never cached, so that an edited file shows on reload."""

from pathlib import Path

from aiohttp import web

PAGE = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
TEXTUAL = ("text/", "application/json", "image/svg+xml")


async def page_file(request: web.Request) -> web.StreamResponse:
    asked = request.match_info.get("path") or "index.html"
    path = (PAGE / asked).resolve()
    if not path.is_relative_to(PAGE) or not path.is_file():
        raise web.HTTPNotFound(text=f"the page has no file {asked}")
    kind = TYPES.get(path.suffix, "application/octet-stream")
    if kind.startswith(TEXTUAL):
        kind += "; charset=utf-8"
    return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": "no-store"})
