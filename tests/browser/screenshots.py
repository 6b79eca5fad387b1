"""The pictures of the README, made of the demo country: `make screenshots`.

`python tests/browser/screenshots.py FOLDER [--documents N]` runs a night over so many documents and writes a
picture of each page below, taken as the tests in a browser take theirs.
"""

import argparse
import tempfile
from pathlib import Path

from chromium import TELEPHONE, launched, opened
from demo_portal import make_demo, serving_demo
from page_kinds import known_ids

# Narrower and lower than a desk: a picture of text is to be read in a README, and stays below 200 KB.
SMALL = (1000, 640)
WORDS = "养老服务"
# Name of the picture → address and size.
PICTURES = {
    "home": ("/", SMALL),
    "search": ("/search?q={words}", SMALL),
    "document": ("/policies/{filed}", SMALL),
    "sources": ("/sources", SMALL),
    "telephone": ("/search?q={words}", TELEPHONE),
}


def take_pictures(address: str, folder: Path) -> None:
    """Write the picture of each page of a portal into a folder."""
    ids = known_ids(address, WORDS)
    with launched() as browser:
        for name, (path, size) in PICTURES.items():
            with opened(browser, address, size) as (page, _):
                page.goto(path.format_map(ids), wait_until="networkidle")
                page.screenshot(path=folder / f"{name}.png")
            print(folder / f"{name}.png")


def main() -> None:
    """Make them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=4000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="zhengce-pictures-") as folder,
        serving_demo(make_demo(Path(folder), options.documents)) as address,
    ):
        take_pictures(address, options.folder)


if __name__ == "__main__":
    main()
