"""`zhengce serve`: the portal on a port of this machine."""

import gc
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import click
import msgspec

from index.slips import read_tables
from pipelines.config import Config, ConfigError, parse_public_url
from zhengce.engines import open_index
from zhengce.find_commands import known_regions, opened
from zhengce.upkeep_commands import TROUBLE, json_option, stop

if TYPE_CHECKING:
    from portal.serving import Serving

# New objects after which the collector looks for rings. By its own 700 it looked twice for every page of results, and
# some 8 % of the CPU of such a page went there (300,000 documents, 2026-11-23).
NEW_OBJECTS = (50_000, 20, 20)


@click.command("serve", help="打开网页与接口（没有索引时也能打开，新的一夜会自动出现）。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="端口；0 为任意空闲端口。"
)
@click.option("--notice", default="", metavar="文字", help="每一页顶端的告示。")
@click.option(
    "--public-url", metavar="网址", help="对外的网址，写入订阅源和通知中的链接（设置 public_url）。"
)
@json_option
@click.pass_obj
def serve_command(
    config: Config, host: str, port: int, notice: str, public_url: str | None, as_json: bool
) -> None:
    """Serve pages and API until interrupted; one line says where."""
    import uvicorn

    from portal.app import create_app

    names, serving = known_regions(config), _serving(config, public_url)
    try:
        listener = socket.create_server((host, port))
        # Connections inherit it; asyncio sets it only where the protocol of a socket is named. Without it an answer
        # in two pieces waits 40 ms for the client's word of the first.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        stop(f"无法监听 {host}:{port}：{error.strerror}；可用 --port 换一个端口", TROUBLE)
    address = f"http://{host}:{listener.getsockname()[1]}/"
    with opened(config, create=True) as catalogue:
        app = create_app(open_index(config), catalogue, regions=names, notice=notice, serving=serving)
        click.echo(
            msgspec.json.encode({"address": address}) if as_json else f"政策库：{address}", err=not as_json
        )
        threading.Thread(target=_settle, daemon=True).start()
        # Whose word is taken on who asks is a setting of ours (`trusted_proxies`), not one of the server.
        settings = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, proxy_headers=False
        )
        with suppress(KeyboardInterrupt):  # uvicorn has ended in order and then raises it again
            uvicorn.Server(settings).run(sockets=[listener])


def _settle() -> None:
    """Read the tables that slips are undone with before a query has to wait; then look at what stays no more."""
    read_tables()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*NEW_OBJECTS)


def _serving(config: Config, public_url: str | None) -> "Serving":
    from portal.serving import Serving

    try:
        address = parse_public_url(public_url, "选项 --public-url") if public_url else config.public_url
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    return Serving(
        public_url=address,
        rate=config.requests_per_second,
        burst=config.requests_burst,
        proxies=config.trusted_proxies,
        archive=config.archive_folder,
        aside=config.data,
        spare=config.min_free,
        alerts=config.alerts,
        data=config.data,
    )
