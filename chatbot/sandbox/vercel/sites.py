"""What visitors get: production domains at `/sites/<domain>/`, single deployments at `/d/<hostname>/`,
and the build log that `inspectorUrl` leads to.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from aiohttp import web

from chatbot.sandbox.vercel.buildlog import tell_past
from chatbot.sandbox.vercel.keys import STORE
from chatbot.sandbox.vercel.published import found
from chatbot.sandbox.vercel.traffic import VISITOR_COOKIE, visit

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;padding:0 1rem}}
code{{background:#0001;padding:.1em .3em}}</style>
{body}
</html>
"""


async def visit_domain(request: web.Request) -> web.Response:
    store, hostname = request.app[STORE], request.match_info["domain"].lower()
    alias = store.aliases.get(hostname)
    if alias is not None and alias.redirect is not None:
        location = f"/sites/{alias.redirect}/{request.match_info.get('rest', '')}"
        return web.Response(status=alias.redirect_status or 307, headers={"Location": location})
    visited = visit(request, alias) if alias is not None else None
    if visited is None:
        return _missing()
    page = _page(request, hostname, visited.deployment)
    page.headers.update(visited.headers)
    if visited.newcomer is not None:
        page.set_cookie(VISITOR_COOKIE, visited.newcomer, path="/", httponly=True)
    return page


async def visit_deployment(request: web.Request) -> web.Response:
    hostname = request.match_info["hostname"].lower()
    deployment = request.app[STORE].deployment_named(hostname)
    if deployment is None or deployment.deleted_by_retention_at is not None or deployment.state != "READY":
        return _missing()
    return _page(request, hostname, deployment)


async def inspect(request: web.Request) -> web.Response:
    """A plain page: what is built, how far it is, and its log."""
    deployment = request.app[STORE].deployments.get("dpl_" + request.match_info["id"])
    if deployment is None:
        return _missing()
    tell_past(request.app[STORE].projects[deployment.project_id], deployment)
    lines = "\n".join(escape(line.text) for line in deployment.log)
    body = (
        f"<h1>{escape(deployment.name)} · {deployment.state}</h1>"
        f"<p>{escape(deployment.commit.message)}</p>"
        f"<p><code>{deployment.id}</code> · <code>{deployment.commit.sha}</code></p><pre>{lines}</pre>"
    )
    return _html(_PAGE.format(title=escape(deployment.name), body=body))


def _page(request: web.Request, hostname: str, deployment: Deployment) -> web.Response:
    served_by = {"X-Served-By": deployment.id, "Cache-Control": "no-store"}
    if not deployment.healthy:
        body = "<h1>500</h1><p>This Serverless Function has crashed. FUNCTION_INVOCATION_FAILED</p>"
        return _html(_PAGE.format(title="500", body=body), status=500, headers=served_by)
    file = found(deployment.files, request.match_info.get("rest", ""))
    if file is not None:
        headers = {**served_by, "Content-Type": file.media_type}
        return web.Response(body=file.content, status=file.status, headers=headers)
    commit = deployment.commit
    body = (
        f"<h1>{escape(hostname)}</h1><p>{escape(commit.message)}</p>"
        f"<p>Deployment <code>{deployment.id}</code>, commit <code>{commit.sha}</code></p>"
    )
    return _html(_PAGE.format(title=escape(hostname), body=body), headers=served_by)


def _missing() -> web.Response:
    body = "<h1>404</h1><p>The deployment could not be found. DEPLOYMENT_NOT_FOUND</p>"
    headers = {"X-Vercel-Error": "DEPLOYMENT_NOT_FOUND"}
    return _html(_PAGE.format(title="404", body=body), status=404, headers=headers)


def _html(text: str, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(text=text, status=status, headers=headers, content_type="text/html", charset="utf-8")


SITE_ROUTES = [
    web.get("/sites/{domain}", visit_domain),
    web.get("/sites/{domain}/{rest:.*}", visit_domain),
    web.get("/d/{hostname}", visit_deployment),
    web.get("/d/{hostname}/{rest:.*}", visit_deployment),
    web.get("/inspect/{owner}/{project}/{id}", inspect),
]
