"""One night over the demo country in this process: `python -m benchmarks.one_night DATA SITES DAY`."""

import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from pipelines.config import load_config
from zhengce.demo_command import demo_config, demo_options, write_tables
from zhengce.nightly import run_night


def main() -> int:
    """Run it and print the outcome as one JSON line."""
    data, sites, day = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    config = demo_config(load_config({"data": str(data)}, None, None))
    config = replace(config, data=data, catalogue_url=f"sqlite:///{data / 'catalogue.sqlite'}", sites=sites)
    write_tables(config)
    outcome = run_night(config, demo_options(day), lambda progress: None)
    sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")
    return outcome.exit_code


if __name__ == "__main__":
    sys.exit(main())
