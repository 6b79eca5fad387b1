"""Draws charts: a child process that reads Vega-Lite specifications as JSON and writes their SVG as JSON.

It is started by its file with nothing but the interpreter, so that the engine of the charts (V8, 100 MB) never
lives in the server, and ends with whatever it may do wrong.
"""

import json
import resource
import sys

CPU_SECONDS = 30  # the first chart takes 1.1 s, a second one 0.1 s


def main() -> None:
    """Read {name: specification} from standard input, write {name: SVG} to standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    import vl_convert

    specs = json.load(sys.stdin)
    # No address is allowed to be fetched from, whatever a specification says.
    drawn = {name: vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]) for name, spec in specs.items()}
    json.dump(drawn, sys.stdout)


if __name__ == "__main__":
    main()
