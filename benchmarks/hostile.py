"""Corrupted and hostile files for the contained reader, damaged pages for the normaliser.

    python -m benchmarks.hostile [--corrupted 1000] [--pages 20000] [--show]

The files are the samples beside the checkout, corrupted by chance (a seed a file), and those of
`benchmarks.hostile_files`. Each must end in text or a named failure, within time and memory. The pages are
random bytes and mutated pieces of saved pages: each must become a Policy or a named failure.
"""

import argparse
import contextlib
import io
import itertools
import random
import re
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.hostile_files import hostile_files, packed
from benchmarks.lab import SHARED, Bars
from normalizers.attachments.as_attachment import loss_of
from normalizers.attachments.contained import END_SECONDS, ContainedReader, Limits
from normalizers.attachments.file_text import ReadError
from normalizers.failures import ADVICE, Failure
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints, ListRow
from normalizers.policy import Policy, SiteContext

LIMITS = Limits(cpu_seconds=10, wall_seconds=40, ocr_pages=0)
# What starting a process and ending it may add on a busy machine.
SLACK_SECONDS = 2 * END_SECONDS
LARGEST = 400_000  # bytes of a sample to corrupt
PIECE = 6_000  # bytes of a saved page to mutate: the normaliser then takes 1 to 3 ms
SLOW_PAGE_SECONDS = 5.0
CONTEXT = SiteContext("unknown", "", (), "policy", None, None, date(2026, 1, 1))
# A text with less than this share of the characters of the sound one has lost something.
WHOLE = 0.95
# What the child of a file that reads /etc/passwd would show.
LEAK = re.compile(r"root:[^:]*:0:0:")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corrupted", type=int, default=1000)
    parser.add_argument("--hostile", type=int, default=1000, help="at most so many of the hostile files")
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--show", action="store_true", help="a line a hostile file")
    options = parser.parse_args()
    samples = load_samples()
    if not samples:
        print(f"没有 {SHARED / 'samples'}：样本不在本目录旁，无法评测", file=sys.stderr)
        sys.exit(2)
    bars = Bars()
    report(
        bars,
        "corrupted",
        read_all(corruptions(samples, options.corrupted), sound_characters(samples), show=False),
    )
    hostile = dict(itertools.islice(hostile_files(samples["notice.doc"]).items(), options.hostile))
    report(
        bars, "hostile", read_all(((name, make()) for name, make in hostile.items()), {}, show=options.show)
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    most = LIMITS.memory_bytes >> 20
    bars.check("peak memory of a reading process", peak <= most, f"{peak:.0f} MiB", f"<= {most} MiB")
    normalise_all(bars, options.pages)
    bars.end()


@dataclass(slots=True)
class Tally:
    """How a set of files ended."""

    files: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


def load_samples() -> dict[str, bytes]:
    """The sound samples of every format by name, with their bytes."""
    found = {}
    for folder in ("pdf", "office", "ofd"):
        for path in sorted((SHARED / "samples" / folder).glob("*")):
            sound = ".expected" not in path.name and not path.name.startswith("bad_")
            if sound and path.stat().st_size <= LARGEST:
                found[path.name] = path.read_bytes()
    return found


# corruption


def corruptions(samples: dict[str, bytes], count: int) -> Iterator[tuple[str, bytes]]:
    """Samples in turn, each time corrupted another way."""
    names = list(samples)
    for number in range(count):
        chance = random.Random(number)
        name = names[number % len(names)]
        data, other = samples[name], samples[chance.choice(names)]
        if data[:2] == b"PK" and chance.random() < 0.5:
            yield f"{number}-inside-{name}", corrupt_member(data, other, chance)
        else:
            yield f"{number}-{name}", corrupt(data, other, chance)


def corrupt(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """One of the ways in which files are damaged."""
    way = chance.choice((cut, cut_head, flip, swap_head, blank, repeat, drop, insert))
    return way(data, other, chance)


def cut(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def cut_head(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data[chance.randrange(min(len(data), 4096) + 1) :]


def flip(data: bytes, other: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 10, 100, 1000)) if damaged else 0):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def swap_head(data: bytes, other: bytes, chance: random.Random) -> bytes:
    size = chance.choice((8, 64, 512, 4096))
    return other[:size] + data[size:]


def blank(data: bytes, other: bytes, chance: random.Random) -> bytes:
    start, size = block(data, chance)
    return data[:start] + bytes(size) + data[start + size :]


def repeat(data: bytes, other: bytes, chance: random.Random) -> bytes:
    start, size = block(data, chance)
    return data[: start + size] + data[start:]


def drop(data: bytes, other: bytes, chance: random.Random) -> bytes:
    start, size = block(data, chance)
    return data[:start] + data[start + size :]


def insert(data: bytes, other: bytes, chance: random.Random) -> bytes:
    start, size = block(data, chance)
    return data[:start] + chance.randbytes(size) + data[start:]


def block(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(chance.choice((1, 16, 512, 8192)), len(data) - start)


def corrupt_member(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """A package that is sound but for what one of its members says."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entries: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
    name = chance.choice(list(entries))
    content = entries[name]
    assert isinstance(content, bytes)
    return packed({**entries, name: corrupt(content, other, chance)})


# reading


def sound_characters(samples: dict[str, bytes]) -> dict[str, Counter[str]]:
    """The characters of the text of each sample before it is corrupted."""
    found = {}
    with ContainedReader(LIMITS) as reader:
        for name, data in samples.items():
            with contextlib.suppress(ReadError):
                found[name] = characters(reader.read(data, name).text)
    return found


def characters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def read_all(files: Iterator[tuple[str, bytes]], sound: dict[str, Counter[str]], *, show: bool) -> Tally:
    """Read each file in the contained reader and note how it ended; `sound` is what the sound texts hold."""
    tally = Tally()
    with ContainedReader(LIMITS) as reader:
        for name, data in files:
            begun = time.monotonic()
            end = how_it_ends(reader, name, data, sound.get(name.rpartition("-")[2], Counter()), tally)
            took = time.monotonic() - begun
            tally.files += 1
            tally.ends[end] += 1
            tally.slowest = max(tally.slowest, (took, name))
            if took > LIMITS.wall_seconds + SLACK_SECONDS:
                tally.over.append(f"{name} {took:.0f} s")
            if show:
                print(f"      {name}: {end} {took:.1f} s", flush=True)
    return tally


def how_it_ends(reader: ContainedReader, name: str, data: bytes, sound: Counter[str], tally: Tally) -> str:
    """ "text" or the name of a failure; whatever else happens is noted."""
    try:
        found = reader.read(data, name)
    except ReadError as error:
        if error.failure not in ADVICE or not error.message:
            tally.silent.append(name)
        return str(error.failure)
    except Exception as error:  # noqa: BLE001  # this is what must never happen
        tally.crashes.append(f"{name} {error!r}")
        return "crash"
    if LEAK.search(found.text):
        tally.crashes.append(f"{name} reads files of this machine")
    if not found.text.strip() and not found.warnings:
        tally.silent.append(name)
    if not loss_of(found) and (sound & characters(found.text)).total() < WHOLE * sound.total():
        tally.quiet.append(name)
    return "text with warnings" if found.warnings else "text"


def report(bars: Bars, kind: str, tally: Tally) -> None:
    ends = ", ".join(f"{end} {count}" for end, count in tally.ends.most_common())
    print(f"      {tally.files} {kind} files: {ends}; slowest {tally.slowest[0]:.1f} s {tally.slowest[1]}")
    kinds = dict(Counter(name.rpartition(".")[2] for name in tally.quiet))
    print(
        f"      lost more than {1 - WHOLE:.0%} of the sound text without a state: {len(tally.quiet)} {kinds or ''} {' '.join(tally.quiet[:40])}"
    )
    for what, names in (
        ("crashes of the caller", tally.crashes),
        ("over their time", tally.over),
        ("silent losses", tally.silent),
    ):
        figure = f"{len(names)} of {tally.files}" + "".join(f"; {name}" for name in names[:5])
        bars.check(f"{kind} files: {what}", not names, figure, "0")


# pages


def normalise_all(bars: Bars, count: int) -> None:
    """Every damaged page is a Policy or a named failure."""
    ends, wrong, slowest = Counter[str](), list[str](), 0.0
    for number, data in enumerate(damaged_pages(count)):
        begun = time.process_time()
        try:
            found = normalize_policy(
                PageInput("0", "https://unknown.invalid/a", data, row_of(number), Hints()), CONTEXT
            )
            ends["policy"] += 1
            if not isinstance(found, Policy):
                wrong.append(f"{number}: {found!r}")
        except NormalizeError as error:
            ends[str(error.failure)] += 1
            if error.failure not in Failure:
                wrong.append(f"{number}: unnamed")
        except Exception as error:  # noqa: BLE001  # this is what must never happen
            wrong.append(f"{number}: {error!r}")
        slowest = max(slowest, time.process_time() - begun)
    figure = f"{len(wrong)} of {count}" + "".join(f"; {line}" for line in wrong[:5])
    print(f"      {count} damaged pages: {', '.join(f'{end} {n}' for end, n in ends.most_common())}")
    bars.check("damaged pages with an exception", not wrong, figure, "0")
    bars.check(
        "slowest damaged page", slowest <= SLOW_PAGE_SECONDS, f"{slowest:.2f} s", f"<= {SLOW_PAGE_SECONDS} s"
    )


def row_of(number: int) -> ListRow | None:
    return (
        ListRow("https://unknown.invalid/a", "关于演示工作的通知", date(2026, 1, 1)) if number % 2 else None
    )


def damaged_pages(count: int) -> Iterator[bytes]:
    """Random bytes, and pieces of saved pages, most of them mutated."""
    pages = [path.read_bytes() for path in saved_pages()]
    for number in range(count):
        chance = random.Random(number)
        if number % 4 == 0:
            yield random_page(chance)
            continue
        page, other = chance.choice(pages), chance.choice(pages)
        start = chance.randrange(max(len(page) - PIECE, 0) + 1) if chance.random() < 0.8 else 0
        piece = page[start : start + chance.randrange(PIECE)]
        yield corrupt(corrupt(piece, other, chance), other, chance)


def random_page(chance: random.Random) -> bytes:
    """Random bytes, or random pieces of markup with random words and characters in between."""
    if chance.random() < 0.3:
        return chance.randbytes(chance.randrange(2000))
    return b"".join(chance.choice(MAKERS)(chance) for _ in range(chance.randrange(200)))


TAGS: tuple[bytes, ...] = (
    b"<table><tr><td>", b"</td><td>", b"</tr></table>", b"<p>", b"</p>", b"<div class=content>", b"</div>",
    b"<meta name=ArticleTitle content='", b"<meta name=PubDate content=2026-13-45>", b"'>", b"<title>", b"</title>",
    b"<a href='http://[", b"<a href=a.pdf>", b"</a>", b"<script>", b"<!--", b"-->", b"<![CDATA[", b"<h1>", b"</html>",
    b"<svg><style>", b"<template>", b"<?xml encoding='utf-16'?>", b"<meta charset=x>", b"<textarea>", b"<li>",
)  # fmt: skip
WORDS: tuple[str, ...] = (
    "索引号：", "发文字号：", "演政发〔2026〕1号", "〔〕号", "二〇二六年十三月四十五日", "9999年99月99日", "成文日期", "各区人民政府：",
    "自发布之日起施行，有效期99999999999年", "附件：1.", "第一条", "（此件公开发布）", "９９９９９９９９９９９９号", "０年０月０日",
    "\u200b", "令第〇号", "主题分类：", "2026-02-30", "施行", "废止", "转发", "关于", "的通知", "演示市人民政府办公室",
)  # fmt: skip
MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    lambda chance: chance.choice(TAGS),
    lambda chance: chance.choice(TAGS),
    lambda chance: chance.choice(WORDS).encode(),
    lambda chance: chr(
        chance.choice((chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)))
    ).encode(),
    lambda chance: b"&#%d;" % chance.randrange(0x120000),
    lambda chance: chance.randbytes(3),
)


def saved_pages() -> list[Path]:
    found = sorted((SHARED / "pages" / "detail").rglob("*.htm*"))
    return found or sorted((SHARED / "samples" / "html").glob("*.html"))


if __name__ == "__main__":
    main()
