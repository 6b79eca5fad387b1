"""Both engines, filled with documents, for benchmarks that compare them: `--engine tantivy|elasticsearch|both`."""

import argparse
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from elasticsearch import Elasticsearch

from benchmarks.elastic_node.node import Node
from benchmarks.elastic_node.shared import shared_node
from benchmarks.lab import workshop
from index.document import IndexDocument
from index.elastic_engine import ElasticEngine
from index.engine import Engine
from index.tantivy_engine import TantivyEngine
from pipelines.config import IndexServer

TANTIVY, ELASTICSEARCH, BOTH = "tantivy", "elasticsearch", "both"
COMMIT = 20_000


def add_engine_option(parser: argparse.ArgumentParser) -> None:
    """Let the user say which engines are measured."""
    parser.add_argument("--engine", choices=(TANTIVY, ELASTICSEARCH, BOTH), default=BOTH)


def chosen(option: str) -> tuple[str, ...]:
    """The engines that an option means."""
    return (TANTIVY, ELASTICSEARCH) if option == BOTH else (option,)


@contextmanager
def filled(name: str, documents: Iterable[IndexDocument]) -> Iterator[Engine]:
    """An engine with a generation of these documents, gone afterwards; raises NodeError without a node."""
    with workshop() as folder, _empty(name, folder) as engine:
        with engine.build() as build:
            number = 0
            for number, document in enumerate(documents, 1):
                build.put(document)
                if number % COMMIT == 0:
                    build.commit(number)
            build.commit(number)
            build.publish()
        yield engine


@contextmanager
def _empty(name: str, folder: Path) -> Iterator[Engine]:
    if name == TANTIVY:
        yield TantivyEngine(folder / "index")
        return
    with shared_node() as node:
        server = IndexServer(
            (node.url,),
            f"zhengce_{secrets.token_hex(4)}",
            Path(node.certificate),
            f"writer:{node.passwords['writer']}",
        )
        try:
            yield ElasticEngine(server, folder / "lock")
        finally:
            _remove(node, server.name)


def _remove(node: Node, name: str) -> None:
    with Elasticsearch(
        node.url, ca_certs=node.certificate, basic_auth=("admin", node.passwords["admin"])
    ) as client:
        for index in client.indices.get(index=f"{name}-*").body:
            client.indices.delete(index=index)
        client.options(ignore_status=404).indices.delete_index_template(name=name)
