"""Readers of attachments against expected texts, and our PDF path against pdfminer.six.

    python -m benchmarks.attachments [--show] [--samples-only]

Every file of ../shared/samples and ../shared/pages/attach is read by the contained reader. A sample with an
expected text must agree with it (`similarity`), a broken one must end in the state named here. Then the PDF
files are read once more in this process, by our path and by pdfminer.six, one after the other, in CPU time.
"""

import argparse
import io
import json
import logging
import re
import resource
import sys
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from pdfminer.high_level import extract_text
from pdfminer.layout import LAParams

from benchmarks.lab import SHARED, Bars
from normalizers.attachments import ocr
from normalizers.attachments.contained import ContainedReader, Limits
from normalizers.attachments.file_text import CONTENT_DAMAGED, PAGE_BREAK, FileText, ReadError
from normalizers.attachments.pdf import LINE_MARGIN, read_pdf
from normalizers.attachments.tidy import tidy

SIMILAR = 0.98
FASTER = 10.0
# What pdfminer.six draws together from two lines is no loss: the worst real file has .95 of its pairs.
SAME_PAIRS = 0.9
# 2 GiB of address space is what the contained reader allows; resident memory stays far below it.
PEAK_MIB = 512
# The state of each sample that cannot be read whole, without OCR.
STATES = {
    "bad_bitrot.pdf": "pages_unreadable",
    "bad_empty.pdf": "attachment_empty",
    "bad_html.pdf": "attachment_is_html",
    "bad_trunc80.pdf": "attachment_damaged",
    "enc_user.pdf": "attachment_encrypted",
    "notounicode_1.pdf": "pdf_garbage_text",
    "scanned_200dpi.pdf": "pages_without_text",
}
# Edits after which two texts are called different: comparing takes time that grows with their square.
MOST_EDITS = 3000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="a line a file")
    parser.add_argument("--samples-only", action="store_true", help="leave the real files and the race out")
    options = parser.parse_args()
    logging.disable()  # pdfminer.six warns of every font it cannot name
    if not (SHARED / "samples").exists():
        print(f"没有 {SHARED / 'samples'}：样本不在本目录旁，无法评测", file=sys.stderr)
        sys.exit(2)
    bars = Bars()
    read_samples(bars, options.show)
    real = [] if options.samples_only else sorted((SHARED / "pages/attach").iterdir())
    if real:
        read_real(bars, real, options.show)
        peak_memory(bars)
        race(bars, sorted((SHARED / "samples/pdf").glob("*.pdf")) + [p for p in real if p.suffix == ".pdf"])
    bars.end()


def read_samples(bars: Bars, show: bool) -> None:
    """Every sample with an expected text, and every broken one."""
    scores, states = dict[str, float](), dict[str, tuple[str, str]]()
    files = [
        p for folder in ("pdf", "office", "ofd") for p in sorted((SHARED / "samples" / folder).iterdir())
    ]
    with ContainedReader(Limits(ocr_pages=0)) as reader:
        for path in files:
            if ".expected" in path.name:
                continue
            found, state = read(reader, path)
            if path.name in STATES:
                states[path.name] = (state, STATES[path.name])
            elif expected := expected_text(path):
                scores[path.name] = similarity(found.text, expected) if found else 0.0
            if show:
                print(f"      {path.name}: {scores.get(path.name, '')} {state}")
    worst = min(scores, key=lambda name: scores[name])
    good = sum(score >= SIMILAR for score in scores.values())
    figure = f"{good} of {len(scores)}, worst {scores[worst]:.4f} {worst}"
    bars.check("samples like their expected texts", good == len(scores), figure, f"each >= {SIMILAR}")
    wrong = {name: state for name, (state, wanted) in states.items() if wanted not in state.split(",")}
    figure = f"{len(states) - len(wrong)} of {len(states)} {wrong or ''}".strip()
    bars.check("broken samples end in their named state", not wrong, figure, "all")
    read_scan(bars)


def read_scan(bars: Bars) -> None:
    """The scanned sample, where the extra `ocr` is installed."""
    if not ocr.is_installed():
        print("      OCR is not installed (extra `ocr`): pictures of text are a state, not a text")
        return
    path = SHARED / "samples/pdf/scanned_200dpi.pdf"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with ContainedReader() as reader:
        found = reader.read(path.read_bytes(), path.name)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(found.pages or "1")
    like = similarity(found.text, expected_text(path))
    figure = f"{like:.4f}, {seconds:.1f} CPU s a page, {after.ru_maxrss / 1024:.0f} MiB"
    bars.check("scanned sample by OCR", like >= SIMILAR, figure, f">= {SIMILAR}")


def read_real(bars: Bars, files: list[Path], show: bool) -> None:
    """Every real file: its kind as labelled, and text or a named state."""
    labels = {}
    for row in (SHARED / "pages/attachments.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(row)
        labels[Path(label["file"]).name] = label
    wrong, speaking, alarms = [], 0, list[str]()
    with ContainedReader(Limits(ocr_pages=0)) as reader:
        for path in files:
            found, state = read(reader, path)
            if found is None or found.kind != labels[path.name]["type"] or not found.text:
                wrong.append(f"{path.name}:{state}")
            speaking += bool(found and found.text)
            alarms += [path.name] if CONTENT_DAMAGED in state.split(",") else []
            if show:
                print(f"      {path.name}: {len(found.text) if found else 0} characters {state}")
    bars.check(
        "real files read as what they are", not wrong, f"{speaking} of {len(files)} {wrong or ''}", "all"
    )
    bars.check(
        "sound real files called damaged", not alarms, f"{len(alarms)} {' '.join(alarms)}".strip(), "0"
    )


def peak_memory(bars: Bars) -> None:
    """The resident memory of the largest of the processes that have read files."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    bars.check(
        "peak memory of the reading process", peak <= PEAK_MIB, f"{peak:.0f} MiB", f"<= {PEAK_MIB} MiB"
    )


def read(reader: ContainedReader, path: Path) -> tuple[FileText | None, str]:
    """What a file gives, and its state: the failure, or the names of its warnings."""
    try:
        found = reader.read(path.read_bytes(), path.name)
    except ReadError as error:
        return None, str(error.failure)
    return found, ",".join(warning.partition(":")[0] for warning in found.warnings)


def expected_text(path: Path) -> str:
    """The text a sample should give, "" where nobody wrote it down."""
    plain, cells = path.with_name(f"{path.stem}.expected.txt"), path.with_name(f"{path.stem}.expected.json")
    if plain.exists():
        return plain.read_text(encoding="utf-8")
    if not cells.exists():
        return ""
    rows = json.loads(cells.read_text(encoding="utf-8"))
    if path.suffix == ".zip":  # the names of its members, which are two of the other samples
        members = [path.with_name("notice.docx"), path.with_name("list.xlsx")]
        return "\n".join(
            f"{name}\n{expected_text(member)}" for name, member in zip(rows, members, strict=True)
        )
    return "\n".join("\t".join(row) for row in rows)


def similarity(found: str, expected: str) -> float:
    """1 less the characters to insert and delete, as a share of both texts; white space does not count.

    0 where more than `MOST_EDITS` are needed.
    """
    a, b = squeezed(found), squeezed(expected)
    if not a or not b:
        return float(a == b)
    edits = edit_count(a, b, MOST_EDITS)
    return 0.0 if edits is None else 1 - edits / (len(a) + len(b))


def squeezed(text: str) -> str:
    """A text without white space, printed page numbers, and the mark of a table in the expected texts."""
    lines = text.replace(PAGE_BREAK, "\n")
    return re.sub(r"^ *[—-] *\d+ *[—-] *$|\[TABLE CELLS\]|\s", "", lines, flags=re.MULTILINE)


def edit_count(a: str, b: str, most: int) -> int | None:
    """Insertions and deletions from one text to another (Myers 1986), None for more than `most`."""
    reach = {1: 0}
    for edits in range(most + 1):
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            while x < len(a) and y < len(b) and a[x] == b[y]:
                x, y = x + 1, y + 1
            reach[diagonal] = x
            if x >= len(a) and y >= len(b):
                return edits
    return None


def race(bars: Bars, files: list[Path]) -> None:
    """Our PDF path against pdfminer.six on all files both can read, and what each makes of them."""
    run_lap(files[-1].read_bytes())  # what importing costs is left out
    laps, below, lost = list[_Lap](), list[str](), list[str]()
    for path in files:
        lap = run_lap(path.read_bytes())
        if lap is None:
            continue
        laps.append(lap)
        expected = expected_text(path)
        if path.name in STATES or not expected:
            kept = recall(lap.our_text, lap.their_text)
            lost += [f"{path.name} {kept:.3f}"] if kept < SAME_PAIRS else []
        elif similarity(lap.our_text, expected) < similarity(lap.their_text, expected):
            below.append(path.name)
    ours, theirs = sum(lap.ours for lap in laps), sum(lap.theirs for lap in laps)
    pages = sum(lap.pages for lap in laps)
    speed = f"{pages / ours:.0f} against {pages / theirs:.0f} pages a CPU second, {theirs / ours:.1f} x, {pages} pages"
    bars.check("PDF speed against pdfminer.six", theirs >= FASTER * ours, speed, f">= {FASTER:.0f} x")
    bars.check("PDF samples below pdfminer.six", not below, ", ".join(below) or "none", "none")
    figure = ", ".join(lost) or "none"
    bars.check(
        "PDF files that miss what pdfminer.six reads", not lost, figure, f"each recall >= {SAME_PAIRS}"
    )


@dataclass(frozen=True, slots=True)
class _Lap:
    """One file read twice: CPU seconds and text of each."""

    pages: int
    ours: float
    our_text: str
    theirs: float
    their_text: str


def run_lap(data: bytes) -> _Lap | None:
    """Both readers on one file, None where either cannot read it."""
    begun = time.process_time()
    try:
        mine = read_pdf(data, 0)
        between = time.process_time()
        other = by_pdfminer(data)
    except Exception:  # noqa: BLE001  # pdfminer.six raises anything on the broken samples
        return None
    ended = time.process_time()
    return _Lap(len(mine.pages or ()), between - begun, mine.text, ended - between, other)


def by_pdfminer(data: bytes) -> str:
    """The text of a PDF by pdfminer.six, with the margin that suits official documents."""
    return extract_text(io.BytesIO(data), laparams=LAParams(line_margin=LINE_MARGIN))


def recall(found: str, wanted: str) -> float:
    """Share of the pairs of neighbouring characters of one text that occur in another.

    Pairs, each counted once, because pdfminer.six repeats what is drawn twice for bold.
    """
    have, want = (pairs(tidy(unicodedata.normalize("NFKC", text))) for text in (found, wanted))
    return len(have & want) / len(want) if want else 1.0


def pairs(text: str) -> set[str]:
    flat = "".join(text.split())
    return {flat[at : at + 2] for at in range(len(flat) - 1)}


if __name__ == "__main__":
    main()
