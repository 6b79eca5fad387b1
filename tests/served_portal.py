"""A running portal over made-up policies, for the tests of pages and API."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from made_policies import store

from index.engine import Engine
from index.tantivy_engine import TantivyEngine
from normalizers.policy import Policy
from normalizers.regions import region_names
from pipelines.catalogue import Catalogue
from portal.app import create_app

# Seconds that a test may think between two requests on a machine with other work, before its connection is closed.
PATIENCE = 300
REGIONS = {**region_names(), "990000": "演示省", "990100": "演示市", "990101": "演示县", "980000": "另一省"}


@dataclass(frozen=True)
class Served:
    """A running portal with what is behind it."""

    client: httpx.Client
    catalogue: Catalogue
    engine: TantivyEngine
    policies: list[Policy]


@contextmanager
def serving(
    folder: Path,
    policies: list[Policy],
    between: Callable[[TantivyEngine], Engine] = lambda engine: engine,
    **options: Any,
) -> Iterator[Served]:
    """A real server over a fresh catalogue with `policies`; nothing is indexed yet.

    `between` may put something between the portal and the engine; `options` go to the application.
    """
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    store(catalogue, policies)
    engine = TantivyEngine(folder / "index")
    app = create_app(between(engine), catalogue, regions=REGIONS, notice="演示 <告示>", **options)
    try:
        with running(app) as client:
            yield Served(client, catalogue, engine, policies)
    finally:
        catalogue.close()


@contextmanager
def running(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of a real server that runs an application."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", proxy_headers=False, timeout_keep_alive=PATIENCE)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=120) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
