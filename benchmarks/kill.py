"""kill -9 at random moments of a first night, then of a second: the end is that of undisturbed nights.

`python -m benchmarks.kill [--documents N] [--kills K]`. Each try kills a night and everything it
started at a random moment, then runs it to its end and compares the canonical dumps of catalogue and
index. Every fourth try kills twice before it lets the night end.
"""

import argparse
import random
import shutil
import time
from pathlib import Path

from benchmarks.canonical import differences, digest, dump
from benchmarks.lab import Bars, country, kill_group, night, start_night, workshop
from demo.web import Server


def main() -> None:
    """Two undisturbed nights, then the tries."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng, bars = random.Random(options.seed), Bars()
    with workshop() as folder, country(options.documents, folder) as (_, server):
        sites = folder / "sites"
        expected, lasted = {}, {}
        for day in (0, 1):
            server.set_day(day)
            lasted[day] = night(folder / "undisturbed", sites, day).wall
            expected[day] = dump(folder / "undisturbed")
            if day == 0:
                shutil.copytree(folder / "undisturbed", folder / "after-first")
        print(
            f"undisturbed: {digest(expected[0])[:16]} in {lasted[0]:.1f} s, "
            f"{digest(expected[1])[:16]} in {lasted[1]:.1f} s"
        )
        for number in range(options.kills):
            day = number % 2 if number >= options.kills // 2 else 0
            data = folder / f"try-{number}"
            if day == 1:
                shutil.copytree(folder / "after-first", data)
            moments = [rng.uniform(0.3, lasted[day]) for _ in range(1 + (number % 4 == 3))]
            try_once(bars, server, data, sites, day, moments)
            found = dump(data)
            lines = differences(expected[day], found)
            told = ", ".join(f"{m:.1f} s" for m in moments)
            bars.check(f"night {day} killed at {told}", found == expected[day], digest(found)[:16], "equal")
            for line in lines[:20]:
                print("     ", line)
            shutil.rmtree(data)
    bars.end()


def try_once(bars: Bars, server: Server, data: Path, sites: Path, day: int, moments: list[float]) -> None:
    """Kill the night at each moment after its start, then let it end."""
    server.set_day(day)
    for moment in moments:
        process = start_night(data, sites, day)
        time.sleep(moment)
        kill_group(process)
    done = night(data, sites, day)
    if done.exit_code:
        bars.check("exit code of the resumed night", False, str(done.exit_code), "0")


if __name__ == "__main__":
    main()
