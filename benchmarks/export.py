"""Memory and speed of exports of a million policies, every row counted again in the file.

    python -m benchmarks.export [--rows 1000000] [--formats jsonl,parquet] [--folder DIR]

A synthetic walk feeds the real writers and the real file: records as the catalogue stores them (JSON), each decoded
anew with an id of its own, 200 at a time, with 100 to 1,000 characters of text, every ten-thousandth with 300,000.
Index and catalogue are not asked. Each format is written by a child process whose peak of resident memory is told; then the
file is read back by another reader, row by row: as many as there should be, each in its place. Ends with 1 where a
bar is missed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.lab import ROOT, Bars
from normalizers.policy import Block, Policy, decode_policy, encode_policy
from pipelines.policies import StoredPolicy
from portal.exports.files import write_pieces
from portal.exports.formats import Format, open_writer
from portal.exports.writer import file_pieces
from portal.labels import Label

ROWS = 1_000_000
MEMORY_MB = 300
PIECE = 200
KINDS = 100
LONG, LONG_EVERY = 300_000, 10_000  # characters of the longest text, and how often it comes
SEEN = datetime(2026, 3, 2, 18, tzinfo=UTC)
BLANK_ID = b"0" * 16
LABEL = Label({"region": {"990000": "演示省"}, "site": {"demo": "演示门户"}})


def main() -> None:
    """Write and read back every format."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--formats", default="jsonl,parquet")
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--write", nargs=2, metavar=("FORMAT", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write(options.write[0], Path(options.write[1]), options.rows)
        return
    bars = Bars()
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="zhengce-export-") as folder:
        for kind in options.formats.split(","):
            measure(bars, kind, Path(folder), options.rows)
    bars.end()


def measure(bars: Bars, kind: Format, folder: Path, rows: int) -> None:
    """The bars of one format."""
    file = folder / f"all.{kind}"
    command = [sys.executable, "-m", "benchmarks.export", "--rows", str(rows), "--write", kind, str(file)]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    size = file.stat().st_size / 1e6
    right = counted(kind, file)
    file.unlink()
    bars.check(
        f"{kind}: memory",
        told["peak_mb"] <= MEMORY_MB,
        f"{told['peak_mb']:.0f} MB at most, {rows / told['cpu']:.0f} rows a CPU second, "
        f"{rows / told['wall']:.0f} a second, {size:.0f} MB",
        f"<= {MEMORY_MB} MB",
    )
    bars.check(f"{kind}: rows", right == rows, f"{right} of {rows}, each in its place", "all")


def write(kind: Format, file: Path, rows: int) -> None:
    """Write one file as the command line does, and tell what it took."""
    begun = time.monotonic()
    write_pieces(file, file_pieces(open_writer(kind, LABEL, True, file.parent), walk(rows)))
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "wall": time.monotonic() - begun,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss * 1024 / 1e6,
    }
    print(json.dumps(told))


def walk(rows: int) -> Iterator[Sequence[StoredPolicy]]:
    """So many policies with rising ids, in the pieces of a walk."""
    records = [encode_policy(made(n, 100 + n % 10 * 100)) for n in range(KINDS)]
    long = encode_policy(made(KINDS, LONG))
    for start in range(0, rows, PIECE):
        numbers = range(start, min(start + PIECE, rows))
        yield [stored(long if n % LONG_EVERY == LONG_EVERY - 1 else records[n % KINDS], n) for n in numbers]


def stored(record: bytes, number: int) -> StoredPolicy:
    """The record with an id of its own, decoded as the catalogue does it."""
    policy = decode_policy(record.replace(BLANK_ID, policy_id(number).encode(), 1))
    return StoredPolicy(policy, "", SEEN, SEEN, SEEN, False, None)


def policy_id(number: int) -> str:
    """The id of a row."""
    return f"{number:016x}"


def made(n: int, length: int) -> Policy:
    """One kind of policy with a text of about so many characters."""
    line = f"为支持企业创新，现就第{n}号事项通知如下，请结合实际认真贯彻执行。"
    text = "\n".join([line] * (length // len(line) + 1))
    return Policy(
        id=BLANK_ID.decode(), url=f"http://demo.test/art/{n}.html", site="demo", channels=("政策文件",),
        content_type="policy", title=f"演示省人民政府关于第{n}号事项的通知", doc_number=f"演政发〔2026〕{n}号",
        issuers=("演示省人民政府",), level="provincial", region="990000", doc_type="通知", validity="valid",
        topics=("营商环境",), written_date=date(2020, 1, 1) + timedelta(days=n), text=text,
        blocks=tuple(Block("paragraph", one) for one in text.split("\n")[:20]),
    )  # fmt: skip


def counted(kind: Format, file: Path) -> int:
    """How many rows of a file have the id of their place, read back row by row."""
    return sum(found == policy_id(n) for n, found in enumerate(read_ids(kind, file)))


def read_ids(kind: Format, file: Path) -> Iterator[str]:
    """The ids in a file, in its order."""
    if kind == "jsonl":
        with file.open("rb") as lines:
            for line in lines:
                yield json.loads(line)["id"]
    elif kind == "parquet":
        import pyarrow.parquet as pq

        for batch in pq.ParquetFile(file).iter_batches(columns=["id"]):
            yield from batch.column(0).to_pylist()
    elif kind == "csv":
        import csv

        csv.field_size_limit(10 * LONG)
        with file.open(encoding="utf-8-sig", newline="") as text:
            for row in csv.DictReader(text):
                yield row["id"]
    else:
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_path(str(file))
        for name in book.sheet_names:
            for cells in book.get_sheet_by_name(name).iter_rows():
                if not str(cells[0]).startswith("编号"):
                    yield str(cells[0])


if __name__ == "__main__":
    main()
