"""Bare Bolt: one command that is acknowledged, in the bot's own mode. Run as a program, it stands beside the bot."""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main(*, over_http: bool) -> None:
    token = os.environ.pop("SLACK_BOT_TOKEN")  # Bolt reads it too, and complains about two
    app = AsyncApp(
        client=AsyncWebClient(token=token, base_url=os.environ["SLACK_API_URL"]),
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        process_before_response=True,
    )

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await ack()

    async with AsyncExitStack() as stack:
        if over_http:
            runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            print(f"ready, over HTTP on port {runner.addresses[0][1]}", flush=True)
        else:
            handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt ships it untyped
            stack.push_async_callback(handler.close_async)
            print("ready, in Socket Mode", flush=True)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(over_http="--http" in sys.argv))  # on a free port, whatever is asked for
