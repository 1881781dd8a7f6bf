"""What visitors get during a rolling release."""

import aiohttp

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api
from tests.contract.platform.rollouts import (
    approve,
    begun,
    canary_visitors,
    complete,
    enable,
    served_to,
)


async def test_visitors_are_split_by_the_percentage_and_keep_their_side(api: Api, platform: Platform) -> None:
    current, canary = await begun(api)
    assert 5 <= len(first := await canary_visitors(api, platform, canary)) <= 40
    assert await canary_visitors(api, platform, canary) == first
    assert await canary_visitors(api, platform, canary, domain="eu.shop.example.com") == first
    await approve(api, canary, 1)
    assert 70 <= len(second := await canary_visitors(api, platform, canary)) <= 130
    assert first < second
    await complete(api, canary)
    await api.until_current(canary)
    assert len(await canary_visitors(api, platform, canary)) == 200
    assert current != canary


async def test_after_an_abort_everybody_gets_what_was_current(api: Api, platform: Platform) -> None:
    current, canary = await begun(api)
    await api.roll_back(current)
    assert await canary_visitors(api, platform, canary) == set()


async def test_a_newcomer_is_given_a_name_and_keeps_its_side(api: Api, platform: Platform) -> None:
    await begun(api)
    url = f"{platform.url}/sites/shop.example.com/"
    api.session.cookie_jar.clear()
    async with api.session.get(url) as first:
        assert "_vcrr_visitor" in first.cookies
        cookie = {"_vcrr_visitor": first.cookies["_vcrr_visitor"].value}
        side = first.headers["X-Served-By"]
    for _ in range(10):
        async with api.session.get(url, cookies=cookie) as again:
            assert again.headers["X-Served-By"] == side


async def test_a_visitor_may_choose(api: Api, platform: Platform) -> None:
    await enable(api, canaryResponseHeader=True)
    current, canary = await api.current_id(), await api.staged_id()
    await api.promote(canary)
    for choice, expected in (("vcrrForceCanary", canary), ("vcrrForceStable", current)):
        async with api.session.get(
            f"{platform.url}/sites/shop.example.com/", params={choice: "true"}
        ) as response:
            assert response.headers["X-Served-By"] == expected
            assert ("X-Vercel-Canary" in response.headers) is (expected == canary)


async def test_domains_of_a_branch_are_not_split(api: Api, platform: Platform) -> None:
    _, canary = await begun(api)
    domain = "staging.shop.example.com"
    serving = (await api.deployment(domain))["id"]
    assert {await served_to(api, platform, str(count), domain) for count in range(40)} == {serving}
    assert serving != canary


async def test_a_linear_shift_grows_towards_the_next_stage(session: aiohttp.ClientSession) -> None:
    async with Platform(timing=Timing(minute=60)) as platform:  # nothing shifts while the visitors come
        api = Api(session, platform)
        stages = [
            {"targetPercentage": 0, "duration": 600, "linearShift": True},
            {"targetPercentage": 100},
        ]
        await enable(api, advancement="automatic", stages=stages)
        canary = await api.staged_id()
        await api.promote(canary)
        rollout = platform.store.projects[(await api.project())["id"]].rollout
        assert rollout is not None
        assert [rollout.percentage(minutes) for minutes in (0, 150, 300, 600, 900)] == [0, 25, 50, 100, 100]
        assert await canary_visitors(api, platform, canary, number=40) == set()
