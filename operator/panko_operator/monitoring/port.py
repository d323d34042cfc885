"""The port for the figures. It is served by the event loop: a reader costs no thread, and an idle one is sent away."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from panko_operator.monitoring.meters import Meters

_IDLE_SECONDS = 10


async def serve(meters: Meters, *, host: str, port: int) -> web.AppRunner:
    """Answer GET /metrics until the returned runner is cleaned up."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=meters.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.router.add_get("/metrics", answer)
    runner = web.AppRunner(application, access_log=None, keepalive_timeout=_IDLE_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, host.strip("[]"), port).start()
    return runner
