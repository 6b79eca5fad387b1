"""The search engine that an installation uses: the embedded one, or Elasticsearch where `index` says so."""

from index.engine import Engine
from pipelines.config import Config


def open_index(config: Config) -> Engine:
    """The engine of the configuration; nothing is asked of a server yet. Raises IndexServerError."""
    if config.index_server is None:
        from index.tantivy_engine import TantivyEngine

        return TantivyEngine(config.index_folder)
    from index.elastic_engine import ElasticEngine

    return ElasticEngine(config.index_server, config.index_folder)
