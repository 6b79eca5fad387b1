"""A node to try things on: `python -m benchmarks.elastic_node [--port 9200] [--guarded] [--fetch-only|--missing]`."""

import argparse
import signal
import sys
from contextlib import suppress

from benchmarks.elastic_node.distribution import NodeError, distribution, missing_packages
from benchmarks.elastic_node.node import Node, running_node


def main() -> int:
    """Start a node, say where it is, keep it until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9200)
    parser.add_argument("--guarded", action="store_true", help="TLS and passwords")
    parser.add_argument("--fetch-only", action="store_true", help="fill the cache and end")
    parser.add_argument("--missing", action="store_true", help="name the Debian packages that it lacks here")
    options = parser.parse_args()
    if options.missing:
        print(*missing_packages())
        return 0
    try:
        distribution()
        if not options.fetch_only:
            with running_node(options.port, guarded=options.guarded) as node:
                tell(node)
                with suppress(KeyboardInterrupt):
                    signal.pause()
    except NodeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def tell(node: Node) -> None:
    """How zhengce is pointed at it."""
    print(f"Elasticsearch: {node.url}   (Ctrl-C ends it and removes its data)")
    print(f"  ZHENGCE_INDEX={node.url} .venv/bin/zhengce index                    # what was crawled")
    print(f"  ZHENGCE_INDEX={node.url} .venv/bin/zhengce --data data/demo index   # what the demo fetched")
    if node.certificate:
        print(f"  ZHENGCE_INDEX_CA={node.certificate} ZHENGCE_INDEX_SECRET=writer:{node.passwords['writer']}")


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    sys.exit(main())
