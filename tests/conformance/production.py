"""What is live, by every account of it: the API's, the cron jobs', and what visitors get."""

from tests.conformance.stage import Stage, holds, same


async def is_serving(stage: Stage, deployment_id: str, project: str = "shop") -> None:
    """It is Current and nothing else is live. Not while a rolling release divides the visitors."""
    found = await stage.api.project(project)
    same(found["targets"]["production"]["id"], deployment_id, "what is Current")
    same(found["crons"]["deploymentId"], deployment_id, "whose cron jobs run")
    same((await stage.api.deployment(deployment_id))["readySubstate"], "PROMOTED", "its substate")
    domains = (await stage.api.panel(project))["domains"]
    names = [domain["name"] for domain in domains if not domain["redirect"] and not domain["git_branch"]]
    holds(names, "there are production domains")
    for name in names:
        visit = await stage.api.call("GET", f"/sites/{name}/")
        served = (visit.status, visit.headers.get("X-Served-By"))
        same(served, (200, deployment_id), f"what {name} serves")
