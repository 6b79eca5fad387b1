"""The file of corrections: tables of good and bad entries, and changes that keep what a person wrote."""

import threading
from datetime import date
from pathlib import Path

import pytest

from normalizers.corrections import Correction
from pipelines.correction_file import (
    CorrectionFileError,
    add_corrections,
    load_corrections,
    parse_corrections,
    put_correction,
    remove_correction,
)
from pipelines.correction_sheet import parse_sheet

PAGE = "http://yanshi.test/zc/t1.html"
GOOD = f"""# 演示：更正
[[correction]]
page = "{PAGE}"   # 演示通知
field = "title"
value = "演示市关于演示的通知"
was = "演示市关于…"
reason = "列表截断"
by = "演示员"
date = 2026-03-02

# 下一条
[[correction]]
page = "0123456789abcdef"
field = "doc_number"
unknown = true
reason = "那是索引号"

[[correction]]
page = "{PAGE}"
field = "issuers"
value = ["演示市财政局", "演示市审计局"]
reason = "联合发文"
"""
ENTRY = f'[[correction]]\npage = "{PAGE}"\nreason = "见原件"\n'


def test_a_file_is_read_in_its_order() -> None:
    first, second, third = parse_corrections(GOOD.encode(), "corrections.toml")
    assert first == Correction(
        PAGE, "title", "演示市关于演示的通知", "列表截断", "演示员", date(2026, 3, 2), "演示市关于…"
    )
    assert (second.page, second.value, second.was) == ("0123456789abcdef", None, None)
    assert third.value == ("演示市财政局", "演示市审计局")
    assert parse_corrections(b"\xef\xbb\xbf" + GOOD.encode(), "x") == (first, second, third)
    assert parse_corrections(b"", "x") == parse_corrections(b"# nothing yet\n", "x") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('field = "title"', "第 1 条（http://yanshi.test/zc/t1.html title）：value：value 与 unknown"),
        ('field = "title"\nvalue = "甲"\nunknown = true', "value 与 unknown = true 必须且只能写一个"),
        ('field = "title"\nunknown = false', "value 与 unknown"),
        ('field = "title"\nvalue = ""', "value：应为不超过 2000 字的非空文字"),
        ('field = "written_date"\nvalue = "去年"', "value：去年 不是日期：应为 2023-05-01"),
        ('field = "issuers"\nvalue = "甲局"', 'value：应为非空的文字列表，例如 ["甲", "乙"]'),
        ('field = "url"\nvalue = "http://x.test/"', "field：url 不能更正：它是页面的身份"),
        ('field = "titel"\nvalue = "甲"', "field：没有字段 'titel'，是否想写 title（标题）？"),
        ('value = "甲"', "field：缺少这个键"),
        ('field = "content_type"\nunknown = true', "unknown：content_type 必须有值"),
        ('field = "title"\nvalue = "甲"\nwhy = "乙"', "why：没有这个键。可用的键：page、field"),
        ('field = "title"\nvalue = "甲"\ndate = "2026-03-02"', "date：应为日期，不加引号"),
        ('field = "title"\nvalue = "甲"\ndate = 2026-03-02T10:00:00', "date：应为日期，不加引号"),
        ('field = "title"\nvalue = "甲"\nby = 3', "by：应为"),
        ('field = "title"\nvalue = "甲"\nwas = 3', "was：应为文字"),
        (
            f'field = "title"\nvalue = "甲"\n{ENTRY}field = "title"\nvalue = "乙"',
            "与第 1 条是同一页的同一字段",
        ),
        (
            'field = "title"\nvalue = "甲"\n[[correction]]\npage = "https://yanshi.test/zc/./t1.html?_t=5"\n'
            'reason = "见"\nfield = "title"\nvalue = "乙"',
            "第 2 条（https://yanshi.test/zc/./t1.html?_t=5 title）：与第 1 条是同一页",
        ),
    ],
)
def test_a_bad_entry_names_file_entry_key_and_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(CorrectionFileError) as error:
        parse_corrections((ENTRY + text).encode(), "corrections.toml")
    assert str(error.value).startswith("corrections.toml：第 ")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("演示".encode("gbk"), "不是 UTF-8 编码（第 1 行起；可能是 GBK）"),
        (b"[[correction]", "不是有效的 TOML"),
        (b"[correction]\npage = 'x'", "每条更正以 [[correction]] 一行开头"),
        (b"[[corrections]]\npage = 'x'", "没有这个键：corrections"),
        (b"correction = 3", "[[correction]]"),
        (b"x = " + b"[" * 100_000, "不是有效的 TOML"),
        (b'[[correction]]\npage = "t1.html"\nfield = "title"\nvalue = "x"\nreason = "y"', "16 位"),
        (
            b'[[correction]]\npage = "http://["\nfield = "title"\nvalue = "x"\nreason = "y"',
            "page：'http://['",
        ),
        (b'[[correction]]\nfield = "title"\nvalue = "x"', "reason：缺少这个键：写明为什么更正"),
    ],
)
def test_a_bad_file_is_refused_whole(data: bytes, said: str) -> None:
    with pytest.raises(CorrectionFileError) as error:
        parse_corrections(data, "corrections.toml")
    assert said in str(error.value)


def test_every_mistake_is_told_at_once() -> None:
    text = ENTRY + 'field = "x"\nvalue = "甲"\n' + ENTRY + 'field = "level"\nvalue = "甲"\n'
    with pytest.raises(CorrectionFileError) as error:
        parse_corrections(text.encode(), "corrections.toml")
    assert [m.place.partition("（")[0] for m in error.value.mistakes] == ["第 1 条", "第 2 条"]


def test_no_file_is_no_correction_and_a_folder_is_a_mistake(tmp_path: Path) -> None:
    assert load_corrections(tmp_path / "none.toml") == ()
    with pytest.raises(CorrectionFileError, match="无法读取"):
        load_corrections(tmp_path)


VALUES = [
    Correction(PAGE, "title", '有"引号"、\\反斜线和 # 号', "理由：\x7f演示", "演示员", date(2026, 3, 2), ""),
    Correction(PAGE, "issuers", ("甲局", '乙"局'), "联合发文"),
    Correction(PAGE, "normative", False, "见原件", was="是"),
    Correction(PAGE, "expiry_date", "2027-05", "见第九条"),
    Correction(PAGE, "subject", None, "页面没有"),
]


def test_what_is_written_reads_the_same_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "corrections.toml"
    for correction in VALUES:
        put_correction(path, correction, lambda c: False, "演示\n通知 # 甲")
    read = load_corrections(path)
    assert [(c.field, c.value, c.was) for c in read] == [(c.field, c.value, c.was) for c in VALUES]
    path.write_text(GOOD.rstrip(), encoding="utf-8")
    put_correction(path, VALUES[2], lambda c: False, "")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(GOOD.rstrip() + "\n\n[[correction]]\n")
    assert load_corrections(path)[3] == VALUES[2]


def test_one_entry_goes_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(GOOD, encoding="utf-8")
    removed = remove_correction(path, lambda c: c.field == "title")
    assert removed is not None and removed.value == "演示市关于演示的通知"
    text = path.read_text(encoding="utf-8")
    assert text == "# 演示：更正\n" + GOOD[GOOD.index("# 下一条") :]
    assert remove_correction(path, lambda c: c.field == "title") is None
    assert path.read_text(encoding="utf-8") == text
    remove_correction(path, lambda c: c.field == "issuers")
    remove_correction(path, lambda c: c.field == "doc_number")
    assert path.read_text(encoding="utf-8") == "# 演示：更正\n# 下一条\n"


def test_a_correction_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(GOOD, encoding="utf-8")
    put_correction(path, Correction(PAGE, "title", "新", "又看"), lambda c: c.field == "title", "")
    assert [(c.field, c.value) for c in load_corrections(path)][-1] == ("title", "新")
    assert len(load_corrections(path)) == 3


@pytest.mark.parametrize(
    "text",
    [
        f'correction = [{{page = "{PAGE}", field = "title", value = "甲", reason = "乙"}}]\n',
        f"[[correction]]\npage = '{PAGE}'\nfield = 'summary'\nvalue = '''甲\n[[correction]]\n'''\nreason = '乙'\n"
        f"[[correction]]\npage = '{PAGE}'\nfield = 'title'\nvalue = '甲'\nreason = '乙'\n",
    ],
)
def test_what_cannot_be_changed_safely_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorrectionFileError, match="程序改不了这种写法的文件"):
        put_correction(path, VALUES[1], lambda c: c.field == "title", "")
    assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


SHEET = f"""页面,字段,更正为,理由,更正人,日期
{PAGE},标题,"演示市""新""通知",列表截断,演示员,2026/3/2
{PAGE},issuers,演示市财政局；演示市审计局,联合发文,,
{PAGE},文号,（无）,那是索引号,,
,,,,,
{PAGE},normative,是,编号为规,,
"""
NAMES = {"标题": "title", "文号": "doc_number"}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t"])
def test_a_table_becomes_entries(tmp_path: Path, codec: str, mark: str) -> None:
    given = parse_sheet(SHEET.replace(",", mark).encode(codec), "表.csv", NAMES)
    assert given[0] == Correction(PAGE, "title", '演示市"新"通知', "列表截断", "演示员", date(2026, 3, 2))
    assert [(c.field, c.value) for c in given[1:]] == [
        ("issuers", ("演示市财政局", "演示市审计局")),
        ("doc_number", None),
        ("normative", True),
    ]
    path = tmp_path / "corrections.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert add_corrections(path, given) == 2
    read = load_corrections(path)
    assert (read[0].page, read[1:]) == ("0123456789abcdef", given)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "第一行应为表头"),
        ("页面,字段,值\n", "第一行应为表头：page、field、value、reason"),
        ("页面,字段,值,理由,备注\n", "第一行应为表头"),
        ("页面,编号,字段,值,理由\n", "第一行应为表头"),
        (
            f"页面,字段,值,理由\n{PAGE},title,,见\n",
            "表.csv：第 1 条（http://yanshi.test/zc/t1.html title）：value",
        ),
        (f"页面,字段,值,理由\n{PAGE},title,甲,\n", "reason：缺少这个键"),
        (f"页面,字段,值,理由,日期\n{PAGE},title,甲,见,2026/13/2\n", "date：应为日期"),
        (f"页面,字段,值,理由\n{PAGE},题目,甲,见\n", "没有字段 '题目'"),
        (f"页面,字段,值,理由\n{PAGE},title,{'长' * 140_000},见\n", "不是 CSV"),
    ],
)
def test_a_bad_table_is_refused_whole(text: str, said: str) -> None:
    with pytest.raises(CorrectionFileError) as error:
        parse_sheet(text.encode(), "表.csv", NAMES)
    assert said in str(error.value)


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "git" / "corrections.toml", tmp_path / "corrections.toml"
    real.parent.mkdir()
    real.write_text("", encoding="utf-8")
    real.chmod(0o664)
    link.symlink_to(real)
    put_correction(link, VALUES[1], lambda c: False, "")
    assert link.is_symlink()
    assert load_corrections(real) == (VALUES[1],)
    assert real.stat().st_mode & 0o777 == 0o664


def test_two_commands_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"

    def put(number: int) -> None:
        page = f"http://yanshi.test/zc/t{number}.html"
        put_correction(path, Correction(page, "title", f"演示{number}", "见"), lambda c: False, "")

    threads = [threading.Thread(target=put, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(load_corrections(path)) == 12
