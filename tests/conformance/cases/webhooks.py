"""`vercel webhooks`."""

from tests.conformance.casting import case
from tests.conformance.stage import Stage, one, same

EVENTS = ["deployment.promoted", "deployment.rollback", "deployment.created"]


@case("no webhooks")
async def none(stage: Stage) -> None:
    printed = await stage.reads("webhooks", "ls")
    printed.says("0 Webhooks found under acme")


@case("the webhooks of the team")
async def listed(stage: Stage) -> None:
    project = (await stage.api.project())["id"]
    bodies = [
        {"url": "http://127.0.0.1:9/vercel", "events": EVENTS, "projectIds": [project]},
        {"url": "http://127.0.0.1:9/all", "events": EVENTS[:1]},
    ]
    for body in bodies:
        same((await stage.api.post("/v1/webhooks", body)).status, 200, "the status of creating one")
    printed = await stage.reads("webhooks", "ls")
    printed.says("2 Webhooks found under acme", "http://127.0.0.1:9/vercel", "deployment.rollback +1")
    shown = (await stage.reads("webhooks", "ls", "--json")).json()["webhooks"]
    truth = await stage.api.get("/v1/webhooks")
    keys = ("id", "url", "events", "createdAt", "updatedAt")
    same([[w[k] for k in keys] for w in shown], [[w[k] for k in keys] for w in truth], "the webhooks")
    printed.never_says("secret")


@case("a webhook is created, shown and removed")
async def created(stage: Stage) -> None:
    events = ("--event", "deployment.promoted", "--event", "deployment.rollback")
    printed = await stage.vercel("webhooks", "create", "http://127.0.0.1:9/hook", *events)
    hook = one(await stage.api.get("/v1/webhooks"), lambda w: w["url"].endswith("/hook"), "of that address")
    printed.says(hook["id"])
    same(hook["events"], list(events[1::2]), "its events")
    shown = (await stage.reads("webhooks", "inspect", hook["id"], "--json")).json()
    same([shown["id"], shown["url"]], [hook["id"], hook["url"]], "the webhook")
    printed = await stage.vercel("webhooks", "rm", hook["id"], "--yes")
    printed.says(f"Success! Webhook {hook['id']} removed")
    same(await stage.api.get("/v1/webhooks"), [], "the webhooks")
