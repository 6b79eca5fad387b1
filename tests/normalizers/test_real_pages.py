"""The real pages beside the checkout keep their figures."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
from made_pages import context

from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints

# A little under what was measured, so that only a real loss turns the test red.
LEAST = {
    "title": 0.95, "doc_number": 0.95, "doc_number_absent": 0.97, "issuers": 0.88, "written_date": 0.9,
    "published_date": 0.95, "index_number": 0.98, "body": 0.9, "attachments_found": 0.8,
}  # fmt: skip


def test_real_pages(shared: Path, tmp_path: Path) -> None:
    pages = shared / "pages"
    out = tmp_path / "out.jsonl"
    with (pages / "truth.jsonl").open(encoding="utf-8") as rows, out.open("wb") as lines:
        for row in map(json.loads, rows):
            url = row["url"] or f"https://unknown.invalid/{row['file']}"
            data = (pages / row["file"]).read_bytes()
            try:
                policy = normalize_policy(PageInput("0" * 16, url, data, None, Hints()), context("unknown"))
                fields = msgspec.to_builtins(policy)
            except NormalizeError as error:
                fields = {"error": {"name": error.failure, "message": str(error)}}
            lines.write(msgspec.json.encode({"file": row["file"], **fields}) + b"\n")
    command = [sys.executable, str(pages / "score.py"), "details", str(pages), str(out)]
    figures = json.loads(
        subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()[-1]
    )
    assert {name: figures[name] for name, least in LEAST.items() if figures[name] < least} == {}
