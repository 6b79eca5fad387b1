"""Elasticsearch for tests: indices of their own on the node that all tests share, and a gate before it."""

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from elasticsearch import Elasticsearch

from benchmarks.elastic_node.node import Node
from pipelines.config import IndexServer


def server_of(node: Node, name: str, user: str = "writer") -> IndexServer:
    """The settings with which a user of the node reaches an index."""
    return IndexServer(
        (node.url,), name, Path(node.certificate), f"{user}:{node.passwords[user]}", patience=60
    )


def administrator(node: Node) -> Elasticsearch:
    """A client that may do everything."""
    return Elasticsearch(node.url, ca_certs=node.certificate, basic_auth=("admin", node.passwords["admin"]))


@contextmanager
def fresh_server(node: Node, shards: int = 1) -> Iterator[IndexServer]:
    """Settings for an index that nobody else has; whatever comes to lie there is removed afterwards."""
    server = replace(server_of(node, f"zhengce_{secrets.token_hex(4)}"), shards=shards)
    try:
        yield server
    finally:
        with administrator(node) as client:
            names = [server.name, *client.indices.get(index=f"{server.name}-*").body]
            for name in names:
                if client.indices.exists(index=name) and not client.indices.exists_alias(name=name):
                    client.indices.delete(index=name)
            client.options(ignore_status=404).indices.delete_index_template(name=server.name)


class Gate:
    """A door before a node: closed, it takes no connection and breaks those it has."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.port = 0
        self.open()
        self.url = f"{parts.scheme}://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Take connections."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        """Break everything."""
        with self._lock:
            broken, self._open = self._open, set()
        for one in (*broken, *filter(None, [self._listener])):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._listener = None

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                with self._lock:
                    self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_copy, args=(one, other), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
