"""Bare aiohttp: a webhook is received, and one message posted. Run as a program, it stands beside the bot."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

CHANNEL = "C0QUIET01"
TEXT = "Production has changed."


async def main() -> None:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        slack = AsyncWebClient(
            token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"], session=session
        )

        async def receive(request: web.Request) -> web.Response:
            await request.read()
            await slack.chat_postMessage(channel=CHANNEL, text=TEXT)
            return web.Response()

        served = web.Application()
        served.router.add_post("/vercel/webhook", receive)
        runner = web.AppRunner(served, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(f"ready, over HTTP on port {runner.addresses[0][1]}", flush=True)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
