"""The search engine that an installation uses: the embedded one, or Elasticsearch where `index` says so."""

from collections.abc import Sequence

from index.engine import Engine, Rejected
from pipelines.config import Config

NAMED = 5  # refused documents that are told by name


def open_index(config: Config) -> Engine:
    """The engine of the configuration; nothing is asked of a server yet. Raises IndexServerError."""
    if config.index_server is None:
        from index.tantivy_engine import TantivyEngine

        return TantivyEngine(config.index_folder)
    from index.elastic_engine import ElasticEngine

    return ElasticEngine(config.index_server, config.index_folder)


def told_rejected(rejected: Sequence[Rejected]) -> str:
    """What an operator is told of refused documents, "" where there are none."""
    if not rejected:
        return ""
    names = "、".join(one.id for one in rejected[:NAMED]) + ("等" if len(rejected) > NAMED else "")
    return f"检索服务器拒收 {len(rejected)} 件：{names}；第一件的原因：{rejected[0].reason}"
