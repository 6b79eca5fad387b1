"""`zhengce search`, `show`, `index` and `serve` as a person or a script calls them."""

import io
import json
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from made_policies import make_policy, store
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from normalizers.attachments.as_attachment import read_attachment
from normalizers.attachments.contained import ContainedReader
from pipelines.catalogue import Catalogue
from zhengce.cli import cli

pytestmark = pytest.mark.slow

POLICIES = [make_policy(n) for n in range(40)]
NUMBERED = next(p for p in POLICIES if p.doc_number)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with forty policies and no index."""
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    store(catalogue, POLICIES)
    catalogue.close()
    return tmp_path


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(data), *arguments])


def test_index_then_search_then_show(data: Path) -> None:
    built = run(data, "index", "--json")
    assert json.loads(built.stdout) == {
        "applied": 40,
        "added": 40,
        "deleted": 0,
        "seq": 40,
        "rebuilt": "",
        "rejected": [],
    }
    found = run(data, "search", "养老", "--level", "county", "--level", "national", "--limit", "3", "--json")
    answer = json.loads(found.stdout)
    matching = {
        p.id for p in POLICIES if "养老" in (p.title or "") + p.text and p.level in ("county", "national")
    }
    assert answer["total"] == len(matching)
    assert {item["id"] for item in answer["items"]} <= matching
    lines = run(data, "search", "养老").stdout.splitlines()
    assert all(line.count("\t") == 4 for line in lines)
    mistaken = run(data, "search", '"养老', "国办")
    assert "第 1 个字符：引号没有配对" in mistaken.stderr
    assert "国办 → 国务院办公厅" in mistaken.stderr
    assert "→" not in run(data, "search", "国办", "--no-synonyms").stderr
    shown = run(data, "show", answer["items"][0]["id"])
    assert answer["items"][0]["title"] in shown.stdout
    assert run(data, "index", "--verify").stdout == "索引与目录库一致\n"


def test_show_by_number_needs_no_index(data: Path) -> None:
    typed = (NUMBERED.doc_number or "").replace("〔", "[").replace("〕", "] ")
    assert json.loads(run(data, "show", typed, "--json").stdout)["id"] == NUMBERED.id
    assert NUMBERED.text in run(data, "show", typed).stdout


def test_a_date_is_shown_no_more_exact_than_it_is_known(data: Path) -> None:
    vague = make_policy(
        78,
        title="演示荔枝通知",
        written_date=date(2023, 5, 1),
        date_precision={"written_date": "month"},
        level="county",
        region="610200",
    )
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    store(catalogue, [vague])
    catalogue.close()
    shown = run(data, "show", vague.id).stdout.splitlines()
    assert {"成文日期：2023-05", "层级：县级", "地区：铜川市"} <= set(shown)
    run(data, "index")
    (row,) = run(data, "search", "荔枝").stdout.splitlines()
    assert row.split("\t")[-1] == "2023-05"
    (item,) = json.loads(run(data, "search", "荔枝", "--json").stdout)["items"]
    assert (item["written_date"], item["date_precision"]) == ("2023-05-01", {"written_date": "month"})


def test_several_bearers_are_listed(data: Path) -> None:
    copy = make_policy(77, doc_number=NUMBERED.doc_number, doc_number_key=NUMBERED.doc_number_key)
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    store(catalogue, [copy])
    catalogue.close()
    listed = run(data, "show", NUMBERED.doc_number or "")
    assert NUMBERED.id in listed.stdout
    assert copy.id in listed.stdout
    answer = json.loads(run(data, "show", NUMBERED.doc_number or "", "--json").stdout)
    assert {item["id"] for item in answer["items"]} == {NUMBERED.id, copy.id}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["search", "养老"], 3, "还没有索引"),
        (["show", "nothing"], 1, "没有编号或文号"),
        (["search", "养老", "--from", "gestern"], 2, "日期"),
        (["search", "养老", "--level", "moon"], 2, "没有“moon”"),
        (["search", "养老", "--levle", "county"], 2, "没有选项 --levle；是不是 --level"),
        (["index", "--verify", "--rebuild"], 2, "不能同时"),
        (["index", "--verify"], 3, "还没有索引"),
    ],
)
def test_exit_codes(data: Path, arguments: list[str], code: int, words: str) -> None:
    result = run(data, *arguments)
    assert result.exit_code == code
    assert words in result.stderr


def test_no_data_is_said_so_and_nothing_is_made(tmp_path: Path) -> None:
    for arguments in (["search", "养老"], ["show", "x"], ["index"]):
        result = run(tmp_path / "none", *arguments)
        assert result.exit_code == 3
        assert "还没有数据" in result.stderr
    assert not (tmp_path / "none").exists()


def test_a_difference_is_shown(data: Path) -> None:
    run(data, "index")
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    store(catalogue, [make_policy(99)])
    catalogue.close()
    result = run(data, "index", "--verify")
    assert result.exit_code == 1
    assert f"索引缺少 {make_policy(99).id}" in result.stdout


def test_a_damaged_index_is_rebuilt_and_said_so(data: Path) -> None:
    run(data, "index")
    (data / "index" / "1" / "meta.json").write_text("{")
    result = run(data, "index")
    assert result.exit_code == 0
    assert "重建了索引" in result.stderr
    assert run(data, "index", "--verify").exit_code == 0


def test_serve_answers_and_ends_quietly(data: Path) -> None:
    run(data, "index")
    (data / "regions.csv").write_text("code,name\n990000,演示省\n", encoding="utf-8")
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "zhengce",
            "--data",
            str(data),
            "serve",
            "--port",
            "0",
            "--json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout
    try:
        address = json.loads(child.stdout.readline())["address"]
        assert httpx.get(f"{address}api/v1/policies", timeout=20).json()["total"] == 40
        assert "演示省" in httpx.get(f"{address}search", timeout=20).text
        taken = run(data, "serve", "--port", address.rsplit(":", 1)[1].strip("/"))
        assert taken.exit_code == 1
        assert "无法监听" in taken.stderr
    finally:
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=20)
    assert (child.returncode, errors) == (0, b"")


def test_a_word_is_left_out_without_further_signs(data: Path) -> None:
    run(data, "index")
    everything = json.loads(run(data, "search", "--json").stdout)["total"]
    kept = json.loads(run(data, "search", "-养老", "--json").stdout)["total"]
    with_it = json.loads(run(data, "search", "养老", "--json").stdout)["total"]
    assert 0 < with_it < everything and kept == everything - with_it
    both = run(data, "search", "养老", "-演示", "--limit", "1", "--json")
    assert both.exit_code == 0


def three_pages() -> bytes:
    """A PDF whose third page alone speaks of meals."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    sheet = Canvas(out)
    for line in (
        "演示办法由演示市民政局负责解释，自发布之日起施行",
        "各区应当按时报告进展情况，做好统计工作",
        "农村助餐服务点的补贴标准为每餐三元，按月发放",
    ):
        sheet.setFont("STSong-Light", 12)
        sheet.drawString(72, 700, line)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def test_a_hit_says_which_attachment_and_page(data: Path) -> None:
    with ContainedReader() as reader:
        first, _ = read_attachment(reader, "演示目录".encode(), "https://yanshi.test/a.txt", "附件1")
        second, _ = read_attachment(reader, three_pages(), "https://yanshi.test/b.pdf", "附件2")
    assert second.text.count("\f") == 2
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    store(catalogue, [make_policy(500, attachments=(first, second))])
    catalogue.close()
    run(data, "index")
    (item,) = json.loads(run(data, "search", "助餐服务点", "--json").stdout)["items"]
    (passage,) = item["passages"]
    assert (passage["place"], passage["file"], passage["page"]) == ("附件2，第3页", 2, 3)
    assert "<mark>助餐服务点</mark>" in passage["html"]


def test_counts_suggestions_reasons_and_what_is_alike(data: Path) -> None:
    run(data, "index")
    counted = json.loads(run(data, "search", "养老", "--limit", "0", "--facet", "level", "--json").stdout)
    assert counted["items"] == []
    assert sum(one["count"] for one in counted["facets"]["level"]) <= counted["total"]
    line = run(data, "search", "养老", "--limit", "0", "--facet", "level").stdout.splitlines()[0]
    assert line.startswith("层级\t") and line.count("\t") == 3
    years = [
        line.split("\t")[1]
        for line in run(data, "search", "--limit", "0", "--facet", "year").stdout.splitlines()
    ]
    assert len(years) > 2 and years == sorted(years, reverse=True)
    begun = (NUMBERED.title or "")[:6]
    offers = json.loads(run(data, "search", begun, "--suggest", "--json").stdout)["items"]
    assert offers and all(begun in offer["text"] for offer in offers)
    assert run(data, "search", begun, "--suggest").stdout.splitlines()[0].count("\t") <= 2
    found = json.loads(run(data, "search", NUMBERED.title or "", "--why", "--json").stdout)
    assert found["items"][0]["id"] == NUMBERED.id
    assert found["why"][NUMBERED.id][0]["words"].startswith("标题里原样出现")
    alike = json.loads(run(data, "show", NUMBERED.id, "--similar", "--json").stdout)["items"]
    assert alike and NUMBERED.id not in {one["id"] for one in alike}
    assert run(data, "show", NUMBERED.id, "--similar").stdout.splitlines()[0].split("\t")[0] == alike[0]["id"]
    walked = run(data, "search", "--limit", "1", "--offset", "3", "--json")
    assert (
        json.loads(walked.stdout)["items"][0] == json.loads(run(data, "search", "--json").stdout)["items"][3]
    )
