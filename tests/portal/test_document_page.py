"""The page of one policy, read as a browser without JavaScript would, and its text to take away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from lxml.html import HtmlElement
from made_policies import NOW, make_policy, page_id, store
from served_portal import Served, serving
from sqlalchemy import insert, update

from normalizers.policy import Attachment, Block, Evidence, Part, Policy
from pipelines import schema as t
from portal.body_blocks import MAX_CELLS, MAX_CHARS, shown_body, shown_table
from portal.citation import citation, gbt_citation
from portal.document_page import MAX_FILES_TEXT, MAX_PROOF, proof_words

pytestmark = pytest.mark.slow

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def text(element: HtmlElement, css: str) -> str:
    return " ".join(" ".join(e.text_content().split()) for e in element.cssselect(css))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal that is only read: the first policy has everything, the others are strange; nothing is indexed."""
    policies = [WHOLE, PARTED, LONG, make_policy(15), FILED, EVIL]
    with serving(tmp_path_factory.mktemp("documents"), policies) as served:
        yield served


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Served]:
    """A portal with one policy whose catalogue may be written to."""
    with serving(tmp_path, [WHOLE]) as served:
        yield served


def shown(served: Served, ending: str = "", policy: Policy | None = None) -> HtmlElement:
    answer = served.client.get(f"/policies/{(policy or served.policies[0]).id}{ending}")
    assert answer.status_code == 200, answer.text[:300]
    return lxml.html.document_fromstring(answer.text)


WHOLE = replace(
    make_policy(3),
    doc_number="演政发〔2023〕4号",
    issuers=("演示市人民政府",),
    authorities=("演示市人民政府",),
    blocks=(
        Block("heading", "一、总则", 1),
        Block("paragraph", "演示正文。"),
        Block("table", "", rows=(("补贴表", ""), ("项目", "金额"), ("补贴", "5元"))),
        Block("signature", "演示市人民政府"),
    ),
    attachments=(
        Attachment("http://demo.test/z.pdf", "正文.pdf", "pdf", role="document"),
        Attachment("http://demo.test/a.pdf", "附件一.pdf", "pdf", "附件的文字"),
        Attachment("http://demo.test/c.xlsx", "附件三.xlsx", "xlsx", "甲\t1\f乙\t2"),
        Attachment("http://demo.test/b.pdf", "附件二.pdf", "pdf", failure="attachment_encrypted"),
    ),
    evidence={
        "title": Evidence("meta:articletitle", "演示标题"),
        "doc_number": Evidence("info_table:文号", "演政发〔2023〕4号"),
        "doc_number_key": Evidence("info_table:文号", "演政发〔2023〕4号"),
        "written_date": Evidence("body:signature", "演示市人民政府\n 2023年5月1日"),
        "validity_reason": Evidence("correction:演示员", "见演示市公告"),
        "expiry_date": Evidence("correction:file", "原件没有写失效日期"),
    },
    written_date=date(2023, 5, 1),
    date_precision={"written_date": "month"},
    warnings=("corrected: level, was county", "pages_unknown: 演示"),
    validity="repealed",
    validity_reason="第九条",
)


def test_fields_have_their_evidence_in_words(one: Served) -> None:
    page = shown(one)
    rows = {div.findtext("dt"): div for div in page.cssselect(".fields div")}
    assert text(rows["成文日期"], "dd") == "2023年5月 出处取自落款：「演示市人民政府 2023年5月1日」"
    assert text(rows["发文字号"], ".proof p") == "取自信息表“文号”一栏：「演政发〔2023〕4号」"
    assert rows["发文字号"].cssselect("summary")[0].get("aria-label") == "发文字号的出处"
    assert text(rows["有效性依据"], ".badge") == "人工更正"
    assert text(rows["有效性依据"], ".proof p") == "人工更正（演示员），理由：「见演示市公告」"
    assert [name for name, row in rows.items() if row.cssselect(".badge")] == ["有效性依据"]
    told = [" ".join(li.text_content().split()) for li in page.cssselect(".evidence li")]
    assert told == [
        "标题：取自网页元数据 articletitle：「演示标题」",
        "失效日期：人工更正，理由：「原件没有写失效日期」",
        "已经人工更正：层级，程序读出的是 县级",
        "pages_unknown: 演示",
    ]


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (Evidence("computed:days", ""), "由施行日期和失效日期算出"),
        (Evidence("body:signature", "x" * MAX_PROOF), f"取自落款：「{'x' * MAX_PROOF}」"),
        (Evidence("body:signature", "x" * (MAX_PROOF + 1)), f"取自落款：「{'x' * MAX_PROOF}…」"),
        (Evidence("new source:x", " 甲 \n乙 "), "new source:x：「甲 乙」"),
        (Evidence("meta:" + "y" * 500, "z"), f"取自网页元数据 {'y' * 75}：「z」"),
    ],
)
def test_evidence_in_words(evidence: Evidence, words: str) -> None:
    assert proof_words(evidence) == words


def test_body_files_and_links(one: Served) -> None:
    page = shown(one)
    assert text(page, "h1") == WHOLE.title
    assert text(page, ".body h3") == "一、总则"
    assert [cell.text_content() for cell in page.cssselect(".body thead td, .body th")] == [
        "补贴表",
        "项目",
        "金额",
    ]
    assert text(page, ".body tbody td") == "补贴 5元"
    (scrolled,) = page.cssselect(".body .wide")
    assert (scrolled.get("tabindex"), scrolled.get("aria-label")) == ("0", "表格 1")
    assert text(page, ".body .signature") == "演示市人民政府"
    assert [li.findtext("span") for li in page.cssselect(".attachments > li")] == [
        "正文文件",
        "附件1",
        "附件2",
        "附件3",
    ]
    first, many = page.cssselect(".attachments pre")
    assert (first.text_content(), many.text_content()) == (
        "附件的文字\n",
        "—— 第1张表 ——\n甲\t1\n—— 第2张表 ——\n乙\t2\n",
    )
    jumps = [(a.text_content(), a.get("href")) for a in page.cssselect(".attachments .hint a")]
    assert jumps == [("第1张表", "#file-3-1"), ("第2张表", "#file-3-2")]
    assert text(page, "#file-3-2") == "—— 第2张表 ——"
    assert text(page, ".attachments .badge") == "未读到文字：附件已加密"
    assert "已废止" in text(page, ".facts")
    (original,) = page.cssselect(".links a.button")
    assert original.get("href") == WHOLE.url
    assert set((original.get("rel") or "").split()) == {"noopener", "noreferrer", "nofollow"}
    opened = [d.get("open") is not None for d in shown(one, "?file=3").cssselect(".attachments details")]
    assert opened == [False, True]
    for strange in ("0", "99999", "x", "٣", "-1", "3" * 5000):
        assert not shown(one, f"?file={strange}").cssselect(".attachments details[open]")


def test_a_page_has_landmarks_and_headings_in_order(one: Served) -> None:
    page = shown(one)
    levels = [int(str(e.tag)[1]) for e in page.iter() if str(e.tag) in ("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - level <= 1 for level, later in pairwise(levels))
    ids = [e.get("id") for e in page.cssselect("[id]")]
    assert len(ids) == len(set(ids))
    for e in page.cssselect("[aria-labelledby]"):
        assert e.get("aria-labelledby") in ids
    for button in page.cssselect("main button"):
        assert button.get("hidden") is not None  # they need the script


def test_where_a_page_was_seen(changing: Served) -> None:
    night = NOW.date()
    rows = [
        {"site": "demo_3", "channel": "政策文件", "title": "列表标题", "last_night": night},
        {"site": "demo_4", "channel": "转载", "title": HOSTILE, "last_night": night - timedelta(3)}
        | {"missing_night": night},
    ]
    with changing.catalogue.write() as connection:
        connection.execute(update(t.page).values(last_seen=NOW.replace(tzinfo=None), missing_night=night))
        for row in rows:
            values = {"page_id": WHOLE.id, "first_night": night - timedelta(9), "walk": 1, "number": ""} | row
            connection.execute(insert(t.listing).values(**values))
        spelling = {"key": "k", "page_id": WHOLE.id, "url": "http://other.test/1.html"}
        connection.execute(insert(t.address).values(**spelling))
    page = shown(changing)
    listed = [
        [cell.text_content() for cell in row.cssselect("td")]
        for row in page.cssselect("section[aria-labelledby=sources] tbody tr")
    ]
    assert listed == [
        ["demo_3 · 政策文件", "列表标题", "2026-02-21", "2026-03-02"],
        ["demo_4 · 转载", HOSTILE, "2026-02-21", "2026-02-27，2026-03-02起不在列表中"],
    ]
    told = text(page, "section[aria-labelledby=sources] .fields")
    for words in ("首次见到2026-03-03 02:00", "最近见到2026-03-03 02:00", "http://other.test/1.html"):
        assert words in told
    assert "2026年3月2日核对时原站网页打不开" in text(page, ".notice")
    with changing.catalogue.write() as connection:
        connection.execute(update(t.page).values(vanished_night=night))
    store(changing.catalogue, [WHOLE], withdrawn=True)
    page = shown(changing)
    assert "原站已撤下这件政策（2026年3月2日起）" in text(page, ".notice.bad")
    assert "核对时原站网页打不开" not in text(page, ".notice")
    assert "原站已撤下，2026年3月2日认定" in text(page, "section[aria-labelledby=sources]")


def test_a_page_is_not_sent_again_until_anything_on_it_changes(changing: Served) -> None:
    address = f"/policies/{WHOLE.id}"
    tag = {"if-none-match": changing.client.get(address).headers["etag"]}
    assert changing.client.get(address, headers=tag).status_code == 304
    with changing.catalogue.write() as connection:  # a night that changed no policy
        connection.execute(update(t.page).values(last_seen=NOW.replace(tzinfo=None) + timedelta(days=3)))
    assert changing.client.get(address, headers=tag).status_code == 200


PARTED = replace(
    make_policy(13),
    blocks=(
        Block("paragraph", "现印发给你们。"),
        Block("paragraph", "演示办法"),
        Block("heading", "（一）范围", 2),
        Block("image", "/a.png", alt="流程图"),
        Block("image", "http://demo.test/b.png"),
        Block("paragraph", "附件1"),
        Block("paragraph", "演示清单"),
    ),
    parts=(Part("document", 1, 7, "演示办法", "演政发〔2024〕9号"), Part("annex", 5, 7, HOSTILE)),
    printed_text="現印發給你們。",
)


def test_parts_of_a_document_are_linked(one: Served) -> None:
    page = shown(one, policy=PARTED)
    rows = page.cssselect(".body .contents li")
    assert [" ".join(row.text_content().split()) for row in rows] == [
        "内含文件 演示办法 演政发〔2024〕9号",
        f"附件 {HOSTILE}",
    ]
    for link, first in zip(page.cssselect(".contents a"), ("演示办法", "附件1"), strict=True):
        assert text(page, link.get("href") or "") == first
    assert text(page, ".body h3") == "（一）范围"
    assert [p.text_content() for p in page.cssselect(".body p.notice")] == ["［图片：流程图］", "［图片］"]
    assert [a.get("href") for a in page.cssselect(".body p.notice a")] == ["http://demo.test/b.png"]
    assert "現印發給你們。" in text(page, ".body details")


SECTIONS = tuple(
    block
    for n, level in enumerate((5, 6, 6, 5, 1, 4))
    for block in (Block("heading", f"标题{n}{HOSTILE}", level), Block("paragraph", "演示" * 200))
)
LONG = replace(make_policy(14), blocks=SECTIONS, text="\n".join(block.text for block in SECTIONS))


def test_a_long_text_has_a_table_of_contents(one: Served) -> None:
    page, short = shown(one, policy=LONG), shown(one)
    links = page.cssselect("nav[aria-labelledby=contents] a")
    assert [text(page, a.get("href") or "") for a in links] == [f"标题{n}{HOSTILE}" for n in range(6)]
    depths = [a.getparent().get("class") for a in links]
    assert depths == ["depth-0", "depth-1", "depth-1", "depth-0", "depth-0", "depth-1"]
    assert [str(e.tag) for e in page.cssselect(".body h3, .body h4")] == ["h3", "h4", "h4", "h3", "h3", "h4"]
    assert not short.cssselect("nav[aria-labelledby=contents]")


@pytest.mark.parametrize(
    ("rows", "spanning", "head", "body"),
    [
        ((("项目", "金额"), ("甲", "5")), (), ("项目", "金额"), (("甲", "5"),)),
        ((("表1", ""), ("项目", "金额"), ("甲", "5")), ("表1",), ("项目", "金额"), (("甲", "5"),)),
        ((("1", "甲"), ("2", "乙")), (), (), (("1", "甲"), ("2", "乙"))),
        ((("项目", ""), ("甲", "")), ("项目",), (), (("甲", ""),)),
        ((("说明" * 11, "金额"), ("甲", "5")), (), (), (("说明" * 11, "金额"), ("甲", "5"))),
        ((("项目", "金额"),), (), (), (("项目", "金额"),)),
        ((("一格",), ("又一格",)), (), (), (("一格",), ("又一格",))),
        ((("", "甲"), ("乙", "5")), (), (), (("", "甲"), ("乙", "5"))),
        ((), (), (), ()),
    ],
)
def test_heads_of_tables(
    rows: tuple[tuple[str, ...], ...],
    spanning: tuple[str, ...],
    head: tuple[str, ...],
    body: tuple[tuple[str, ...], ...],
) -> None:
    table = shown_table(1, rows)
    assert (table.spanning, table.head, table.rows) == (spanning, head, body)


ENDLESS = "长" * (MAX_CHARS + 1)
CELLS = tuple(("格",) * 100 for _ in range(MAX_CELLS // 100 + 5))


@pytest.mark.parametrize(
    ("policy", "chars"),
    [
        (replace(WHOLE, blocks=(), text=ENDLESS), MAX_CHARS),
        (replace(WHOLE, blocks=(Block("paragraph", ENDLESS), Block("paragraph", "末")), text=""), MAX_CHARS),
        (replace(WHOLE, blocks=(Block("paragraph", "首"), Block("table", "", rows=CELLS))), MAX_CELLS + 1),
        (replace(WHOLE, blocks=(Block("table", "", rows=((ENDLESS, "乙"),)), Block("paragraph", "末"))), 0),
        (replace(WHOLE, blocks=tuple(Block("paragraph", "段") for _ in range(5001))), 5000),
    ],
    ids=["text", "block", "cells", "cell", "blocks"],
)
def test_endless_bodies_are_cut_and_said_so(policy: Policy, chars: int) -> None:
    body = shown_body(policy)
    assert body.cut
    size = 0
    for block in body.blocks:
        rows = (*block.table.rows, block.table.head) if block.table else ()
        size += len(block.text) + sum(len(cell) for row in rows for cell in row)
    assert size == chars


FILED = replace(
    make_policy(16),
    attachments=tuple(
        Attachment(f"http://demo.test/{n}.pdf", f"{n}.pdf", "pdf", f"文{n}" * 70_000) for n in range(8)
    ),
)


def test_files_too_long_for_one_page_have_one_of_their_own(one: Served) -> None:
    page = shown(one, policy=FILED)
    assert sum(len(e.text_content()) for e in page.cssselect(".attachments pre")) <= MAX_FILES_TEXT + 100
    (*_, link) = page.cssselect(".attachments .hint a")
    assert link.text_content() == "显示附件8文字"
    opened = shown(one, "?file=8", FILED)
    assert "文7文7" in text(opened, "#file-8 pre")
    whole = one.client.get(f"/policies/{FILED.id}.txt").text
    assert all(file.text in whole for file in FILED.attachments)


def test_a_policy_is_taken_away_as_text(one: Served) -> None:
    answer = one.client.get(f"/policies/{WHOLE.id}.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert "UTF-8''" in answer.headers["content-disposition"]
    lines = answer.text.splitlines()
    assert lines[0] == WHOLE.title
    for line in (
        "成文日期：2023年5月",
        f"原文地址：{WHOLE.url}",
        *WHOLE.text.splitlines(),
        "附件1：附件一.pdf",
        "附件的文字",
        "（未读到文字：附件已加密）",
        citation(WHOLE),
    ):
        assert line in lines


def test_a_policy_is_taken_away_as_one_html_file(one: Served) -> None:
    answer = one.client.get(f"/policies/{WHOLE.id}.html")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    page = lxml.html.document_fromstring(answer.text)
    assert not page.cssselect("script, link, img, iframe, [src]")
    (policy,) = page.cssselect("meta[http-equiv]")
    assert (policy.get("content") or "").startswith("default-src 'none'")
    assert text(page, ".body tbody td") == "补贴 5元"
    assert "附件的文字" in text(page, "pre")


EVIL = replace(
    WHOLE,
    id=page_id(17),
    title=HOSTILE,
    url="javascript:alert(1)",
    doc_number=HOSTILE,
    blocks=(
        Block("paragraph", HOSTILE),
        Block("heading", HOSTILE, 1),
        Block("table", "", rows=((HOSTILE, HOSTILE), (HOSTILE, HOSTILE))),
        Block("image", "javascript:alert(1)", alt=HOSTILE),
        Block("list", HOSTILE),
    ),
    parts=(Part("annex", 0, 1, HOSTILE, HOSTILE),),
    attachments=(Attachment("javascript:alert(1)", HOSTILE, HOSTILE, f"{HOSTILE}\f{HOSTILE}"),),
    evidence={"title": Evidence(HOSTILE, HOSTILE), "doc_number": Evidence("meta:" + HOSTILE, HOSTILE)},
    warnings=(HOSTILE,),
    printed_text=HOSTILE,
    source=HOSTILE,
)


@pytest.mark.parametrize("ending", ["", ".html"])
def test_hostile_words_stay_words(one: Served, ending: str) -> None:
    page = shown(one, ending, EVIL)
    assert not page.cssselect("img, main script, article script")
    assert not [e for e in page.iter() if any(name.startswith("on") for name in e.attrib)]
    for link in page.cssselect("[href], [src], [action]"):
        assert "javascript:" not in (link.get("href") or "") + (link.get("src") or "")
    assert HOSTILE in page.text_content()


def test_without_an_index_there_is_nothing_alike(one: Served) -> None:
    assert one.client.get(f"/policies/{WHOLE.id}/similar").status_code == 503


@pytest.mark.parametrize("ending", ["", ".txt", ".html", "/similar"])
def test_no_policy_no_page(one: Served, ending: str) -> None:
    for wrong in ("0000000000000000", "x", "无", "..%2f..", "%00", "a" * 5000):
        answer = one.client.get(f"/policies/{wrong}{ending}")
        assert answer.status_code == 404, wrong


@pytest.mark.parametrize(
    ("fields", "plain", "standard"),
    [
        (
            {},
            "《演示办法》（演政发〔2023〕4号），演示市人民政府，2023年5月1日，http://demo.test/1.html。",
            "演示市人民政府. 演示办法: 演政发〔2023〕4号[EB/OL]. (2023-05-06)[2026-03-03]. "
            "http://demo.test/1.html.",
        ),
        (
            {
                "title": "关于印发《演示办法》的通知",
                "doc_number": None,
                "issuers": (),
                "published_date": None,
            },
            "《关于印发〈演示办法〉的通知》，2023年5月1日，http://demo.test/1.html。",
            "关于印发《演示办法》的通知[EB/OL]. (2023-05-01)[2026-03-03]. http://demo.test/1.html.",
        ),
        (
            {"issuers": ("甲局", "乙局", "丙局", "丁局"), "date_precision": {"written_date": "month"}},
            "《演示办法》（演政发〔2023〕4号），甲局、乙局、丙局、丁局，2023年5月，http://demo.test/1.html。",
            "甲局, 乙局, 丙局, 等. 演示办法: 演政发〔2023〕4号[EB/OL]. (2023-05-06)[2026-03-03]. "
            "http://demo.test/1.html.",
        ),
        (
            {"title": None, "written_date": None, "published_date": None, "issuers": (), "doc_number": None},
            "《（无标题）》，http://demo.test/1.html。",
            "（无标题）[EB/OL]. [2026-03-03]. http://demo.test/1.html.",
        ),
    ],
)
def test_citations(fields: dict[str, Any], plain: str, standard: str) -> None:
    values: dict[str, Any] = {
        "title": "演示办法",
        "url": "http://demo.test/1.html",
        "date_precision": {},
        "written_date": date(2023, 5, 1),
        "published_date": date(2023, 5, 6),
    }
    policy = replace(WHOLE, **values | fields)
    assert citation(policy) == plain
    assert gbt_citation(policy, date(2026, 3, 3)) == standard


def test_citations_stand_on_the_page(one: Served) -> None:
    page = shown(one)
    for name in ("cite-plain", "cite-standard"):
        assert page.cssselect(f"button[data-copy={name}]")
        assert WHOLE.url in text(page, f"#{name}")
