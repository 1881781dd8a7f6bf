"""Rolling releases as a client of the platform handles them."""

from typing import Any

from chatbot.sandbox.vercel import Platform
from chatbot.sandbox.vercel.traffic import VISITOR_HEADER
from tests.contract.platform.calling import Answer, Api

TWO_APPROVED = [{"targetPercentage": 10}, {"targetPercentage": 50}, {"targetPercentage": 100}]


async def enable(
    api: Api,
    name: str = "shop",
    advancement: str = "manual-approval",
    stages: Any = TWO_APPROVED,
    **more: Any,
) -> None:
    body = {"enabled": True, "advancementType": advancement, "stages": stages, **more}
    answer = await api.call("PATCH", f"/v1/projects/{name}/rolling-release/config", body)
    assert answer.status == 200, answer


async def document(api: Api, name: str = "shop", **query: str) -> Any:
    return (await api.get(f"/v1/projects/{name}/rolling-release", **query))["rollingRelease"]


async def approve(api: Api, canary: str, following: int, name: str = "shop") -> Answer:
    body = {"nextStageIndex": following, "canaryDeploymentId": canary}
    return await api.post(f"/v1/projects/{name}/rolling-release/approve-stage", body)


async def complete(api: Api, canary: str, name: str = "shop") -> Answer:
    return await api.post(f"/v1/projects/{name}/rolling-release/complete", {"canaryDeploymentId": canary})


async def start(api: Api, canary: str, name: str = "shop") -> Answer:
    return await api.post(f"/v1/projects/{name}/rolling-release/start", {"canaryDeploymentId": canary})


async def begun(api: Api) -> tuple[str, str]:
    """A promote that became a rolling release of shop at 10%; answers what is Current and the canary."""
    await enable(api)
    current, canary = await api.current_id(), await api.staged_id()
    assert (await api.promote(canary)).status == 201
    return current, canary


async def served_to(api: Api, platform: Platform, visitor: str, domain: str = "shop.example.com") -> str:
    async with api.session.get(
        f"{platform.url}/sites/{domain}/", headers={VISITOR_HEADER: visitor}
    ) as response:
        return response.headers["X-Served-By"]


async def canary_visitors(
    api: Api, platform: Platform, canary: str, number: int = 200, domain: str = "shop.example.com"
) -> set[str]:
    """Which of so many visitors get the canary."""
    names = [f"visitor-{count}" for count in range(number)]
    return {name for name in names if await served_to(api, platform, name, domain) == canary}
