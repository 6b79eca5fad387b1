"""Whole pages: every layout of the info table, bodies, titles, dates, failures."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import INDEX, INFO, NUMBER, TEXT, TITLE, TODAY, URL, normalize, page, paragraphs

from normalizers.failures import Failure
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints, ListRow
from normalizers.policy import Attachment, SiteContext, decode_policy, encode_policy


@pytest.mark.parametrize("layout", INFO)
def test_info_table_in_every_layout(layout: str) -> None:
    policy = normalize(page(INFO[layout]))
    assert policy.title == TITLE
    assert (policy.doc_number, policy.doc_number_key) == (NUMBER, "演政办发2024-7")
    assert policy.index_number == INDEX
    assert (policy.subject, policy.subject_detail) == ("工业、交通", "公路")
    assert policy.issuers == ("演示市人民政府办公室",)
    assert policy.written_date == date(2024, 3, 8)
    assert policy.published_date == date(2024, 3, 15)
    assert policy.validity == "valid"
    assert policy.evidence["index_number"].rule.startswith("info_table:")


@pytest.mark.parametrize("where", ["twice", "at_the_end"])
def test_info_table_printed_elsewhere(where: str) -> None:
    markup = page(INFO["li"] * 2) if where == "twice" else page(after=INFO["pairs"])
    policy = normalize(markup)
    assert (policy.doc_number, policy.index_number) == (NUMBER, INDEX)
    assert INDEX not in policy.text


def test_what_nobody_consumed_is_a_warning() -> None:
    policy = normalize(page(INFO["pairs"]))
    assert policy.warnings == ("label_unconsumed: 演示栏",)
    assert policy.keywords == ()


def test_a_whole_policy() -> None:
    policy = normalize(page(INFO["pairs"]))
    assert policy.text.split("\n") == [" ".join(line.split()) for line in TEXT]
    assert policy.doc_type == "通知"
    assert policy.instrument == "管理办法"
    assert policy.addressees == ("各县、区人民政府", "市直各部门")
    assert policy.note == "此件公开发布"
    assert policy.source == "演示市人民政府网"
    assert (policy.effective_date, policy.expiry_date) == (date(2024, 5, 1), date(2029, 4, 30))
    assert [b.text for b in policy.blocks if b.kind == "signature"] == [
        "演示市人民政府办公室",
        "2024年3月8日",
    ]
    assert (policy.level, policy.region, policy.channels) == ("municipal", "990100", ("政策文件",))
    assert policy.attachments == ()
    assert decode_policy(encode_policy(policy)) == policy


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_whatever_is_declared(encoding: str) -> None:
    markup = page(INFO["th"]).replace("<head>", '<head><meta charset="gb2312">')
    assert normalize(markup.encode(encoding)).title == TITLE


@pytest.mark.parametrize(
    "container", ['id="zoom"', 'class="a v_news_content"', 'class="nobody-knows-this"', ""]
)
def test_body_in_known_and_unknown_containers(container: str) -> None:
    policy = normalize(page(INFO["li"], container=container))
    assert policy.text.startswith("各县、区人民政府") and policy.text.endswith("有效期5年。")


@pytest.mark.parametrize(
    "head",
    [
        f"<p>{TITLE}</p><p>{NUMBER}</p>",
        f"<p align=center>演示市人民政府办公室</p><p align=center>{TITLE[10:]}</p><p>{NUMBER}</p>",
        f"<p>{TITLE[:12]}<br>{TITLE[12:]}</p><p>（{NUMBER}）</p>",
        f"<p>{TITLE}</p><p>（2024年3月8日演示市人民政府令第7号公布 自2024年5月1日起施行）</p>",
    ],
)
def test_body_begins_after_title_and_number(head: str) -> None:
    policy = normalize(page(INFO["th"], body=head + paragraphs()))
    assert policy.text.startswith("各县、区人民政府")
    assert policy.doc_number == NUMBER


@pytest.mark.parametrize(
    "head",
    [
        f"<p align=center>{NUMBER}</p>",
        "<p>（2024年3月8日演示市人民政府令第7号公布 自2024年5月1日起施行）</p>",
    ],
)
def test_number_line_without_a_title_above_it_begins_the_body(head: str) -> None:
    policy = normalize(page(INFO["th"], body=head + paragraphs()))
    assert "".join(policy.text.split()).startswith("".join(re.sub("<[^>]*>", "", head).split()))
    assert policy.doc_number == NUMBER


def test_bracket_of_adoption_without_a_number_stays_behind_a_title() -> None:
    bracket = "（2024年3月8日演示市人民代表大会常务委员会第三次会议通过）"
    assert normalize(page(body=f"<p>{TITLE}</p><p>{bracket}</p>{paragraphs()}")).text.startswith(bracket)


@pytest.mark.parametrize(
    "tail",
    [
        '<p>附件：<a href="./P020240315.pdf">演示清单.pdf</a></p>',
        '<p><img src="/icon.gif"><a href="a.docx">附件1.演示表.docx</a></p><p><a href="b.ofd">附件2.演示表.ofd</a></p>',
        "<p>【打印本页】 【关闭窗口】</p>",
        "<p>责任编辑：演示员</p>",
        '<p>相关链接：</p><p><a href="/jd/1.html">《演示市共享单车管理办法》解读</a></p>',
        "<p>上一篇：没有了</p><p>下一篇：没有了</p>",
    ],
)
def test_body_ends_with_the_documents_own_words(tail: str) -> None:
    assert normalize(page(body=paragraphs() + tail)).text.endswith("有效期5年。")


def test_tables_keep_their_cells() -> None:
    table = "<table><tr><td>序号</td><td>单位</td></tr><tr><td>1</td><td>演示一中</td></tr></table>"
    policy = normalize(page(body=paragraphs() + f"<table><tr><td>{table}</td></tr></table>"))
    blocks = [b for b in policy.blocks if b.kind == "table"]
    assert [b.rows for b in blocks] == [(("序号", "单位"), ("1", "演示一中"))]
    assert policy.text.endswith("序号\t单位\n1\t演示一中")


def test_a_table_that_lays_out_is_text() -> None:
    policy = normalize(page(body=f"<table><tr><td>{paragraphs()}</td></tr></table>"))
    assert {b.kind for b in policy.blocks} <= {"paragraph", "signature", "heading"}


def test_hidden_and_commented_text_is_not_read() -> None:
    body = (
        paragraphs()
        + '<p style="DISPLAY: none">隐藏的字</p><!-- <p>注释里的字</p> --><script>var a="脚本里的字"</script>'
    )
    text = normalize(page(body=body)).text
    assert not any(word in text for word in ("隐藏", "注释", "脚本"))


def test_an_order_with_its_signers() -> None:
    lines = ("演示总局令", "第 78 号", "《演示办法》已经2023年6月7日第10次局务会议通过，现予公布。", "局 长 演 某", "2023年6月15日",
             "演示办法", "第一条　为了演示，制定本办法。")  # fmt: skip
    policy = normalize(page(body=paragraphs(lines), title="演示办法"))
    assert (policy.doc_number, policy.doc_number_key) == ("演示总局令 第 78 号", "演示总局令-78")
    assert policy.issuers == ("演示总局",)
    assert policy.written_date == date(2023, 6, 15)
    assert policy.text.startswith("演示总局令")


def test_a_forwarding_notice_is_not_signed_by_whom_it_forwards() -> None:
    lines = (
        "各县人民政府：",
        "现将演示省教育厅的意见转发给你们。",
        "演示省教育厅",
        "2023年1月1日",
        "演示市人民政府",
        "2024年3月8日",
    )
    policy = normalize(
        page(body=paragraphs(lines), title="演示市人民政府转发演示省教育厅关于演示工作意见的通知")
    )
    assert (policy.issuers, policy.written_date) == (("演示市人民政府",), date(2024, 3, 8))


def test_numbers_in_a_table_of_the_body_are_cited() -> None:
    table = "<table><tr><td>项目</td><td>依据</td></tr><tr><td>演示费</td><td>演发改〔2021〕190号</td></tr></table>"
    assert normalize(page(body=table + "<p>以上收费项目，请遵照执行。</p>")).doc_number is None


def test_a_numbered_list_of_documents_is_no_info_table() -> None:
    heads = "".join(f"<td>{head}</td>" for head in ("序号", "发文单位", "文号", "标题", "发文日期", "备注"))
    rows = "".join(
        f"<tr><td>{n}</td><td>演示市财政局</td><td>演财发〔2017〕{n}号</td><td>演示市关于补贴的通知</td>"
        f"<td>2017年2月{n}日</td><td>保留</td></tr>"
        for n in (1, 2)
    )
    policy = normalize(
        page(
            body=f"<table><tr>{heads}</tr>{rows}</table>",
            title="演示市财政局保留的规范性文件清单",
        )
    )
    assert (policy.doc_number, policy.written_date) == (None, None)
    (table,) = [block for block in policy.blocks if block.kind == "table"]
    assert [row[2] for row in table.rows] == ["文号", "演财发〔2017〕1号", "演财发〔2017〕2号"]


@pytest.mark.parametrize("day", ["二OO一年九月六日", "2001年9月6日"])
def test_a_day_alone_ends_a_document(day: str) -> None:
    lines = ("为了加强演示工作的管理，制定本规定。", "本规定由演示局负责解释。", day)
    policy = normalize(page(body=paragraphs(lines), title="演示规定"))
    assert (policy.written_date, policy.issuers) == (date(2001, 9, 6), ())


def test_the_last_item_of_an_annex_note_does_not_sign() -> None:
    lines = (
        "各有关单位：",
        "现将有关事项通知如下，请执行。",
        "附件：1．演示表",
        "演示文博场馆",
        "演示市财政局",
        "2024年3月8日",
    )
    policy = normalize(page(body=paragraphs(lines), title="演示市财政局关于演示工作的通知"))
    assert policy.issuers == ("演示市财政局",)


def test_published_dates_in_their_order() -> None:
    row = ListRow(URL, TITLE, date(2024, 3, 20))
    assert normalize(page(), row=row).published_date == date(2024, 3, 20)
    assert normalize(page()).evidence["published_date"].rule == "address:path"
    stamped = page().replace("浏览次数", "发布时间：2024-03-16 09:00 浏览次数")
    assert normalize(stamped, row=row).published_date == date(2024, 3, 16)
    tagged = stamped.replace("<head>", '<head><meta name="pubdate" content="2024年03月17日 10:00">')
    assert normalize(tagged, Hints(fields={"published_date": "2024-03-18"})).published_date == date(
        2024, 3, 18
    )


def test_pub_date_that_is_only_the_moment_of_generation() -> None:
    tags = '<meta name="PubDate" content="2025-05-16 12:34:05"><meta name="others" content="页面生成时间 2025-05-16 12:34:05">'
    markup = page().replace("<head>", "<head>" + tags).replace("浏览次数", "2024年03月16日 09:00 浏览次数")
    assert normalize(markup).published_date == date(2024, 3, 16)


def test_pub_date_is_never_the_written_date() -> None:
    markup = page(body="<p>为了演示，现公布如下，请周知。</p>").replace(
        "<head>", '<head><meta name="PubDate" content="2024-03-15">'
    )
    policy = normalize(markup)
    assert (policy.written_date, policy.published_date) == (None, date(2024, 3, 15))


def test_hints_come_first() -> None:
    markup = page(container='class="TRS_Editor"').replace(
        "<h1>",
        '<div class="x">另一个演示标题</div><div id="y"><p>另一个正文，足够长，才是正文。</p></div><h1>',
    )
    hints = Hints(
        title=("div.x",),
        body=("#none", "div#y"),
        labels={"演示栏": "note"},
        fields={"doc_number": "演发〔2024〕1号"},
    )
    policy = normalize(markup, hints)
    assert (policy.title, policy.text, policy.doc_number) == (
        "另一个演示标题",
        "另一个正文，足够长，才是正文。",
        "演发〔2024〕1号",
    )
    assert policy.evidence["doc_number"].rule == "api:doc_number"


def test_json_pages() -> None:
    hints = Hints(json_body="data.0.html", fields={"title": TITLE})
    data = '{"data":[{"html":"<p>各有关单位：</p><p>现将有关事项通知如下，请执行。</p>"}]}'
    policy = normalize(data, hints)
    assert (policy.title, policy.text) == (TITLE, "各有关单位：\n现将有关事项通知如下，请执行。")


def test_a_page_that_is_a_file() -> None:
    text = "演政办发〔2024〕7号\n演示市人民政府办公室\n关于印发演示方案的通知\n各县人民政府：\n请认真执行。\n演示市人民政府办公室\n2024年3月8日\n"
    context = SiteContext("yanshi", "", (), "policy", None, None, TODAY)
    file = Attachment(URL, "t.pdf", "pdf", text)
    policy = normalize_policy(PageInput("0", URL, b"", None, Hints(), file=file), context)
    assert policy.title == "演示市人民政府办公室关于印发演示方案的通知"
    assert (policy.doc_number, policy.written_date) == ("演政办发〔2024〕7号", date(2024, 3, 8))
    assert policy.text.startswith("各县人民政府：")
    assert policy.attachments == (replace(file, role="document"),)
    damaged = Attachment(URL, "t.pdf", "pdf", failure=Failure.ATTACHMENT_DAMAGED)
    with pytest.raises(NormalizeError) as caught:
        normalize_policy(PageInput("0", URL, b"", None, Hints(), file=damaged), context)
    assert caught.value.failure is Failure.ATTACHMENT_DAMAGED


@pytest.mark.parametrize(
    ("markup", "failure"),
    [
        ("", Failure.NOT_A_PAGE),
        (b"\x00\x00", Failure.NOT_A_PAGE),
        ("<html><body></body></html>", Failure.BODY_EMPTY),
        ("<html><title>404 Not Found</title><body>Not Found</body></html>", Failure.SOFT_404),
        (
            "<html><body><p>抱歉，您访问的页面不存在或已删除！</p><a href='/'>返回首页</a></body></html>",
            Failure.SOFT_404,
        ),
    ],
)
def test_failures_have_names(markup: str | bytes, failure: Failure) -> None:
    with pytest.raises(NormalizeError) as caught:
        normalize(markup)
    assert caught.value.failure is failure


def test_a_body_that_is_only_pictures_is_said() -> None:
    policy = normalize(page(body='<p><img src="W020240315.jpg"></p>'))
    assert "body_only_images" in policy.warnings
    assert [b.kind for b in policy.blocks] == ["image"]
    assert policy.text == ""


def test_a_file_is_one_however_its_address_is_spelled() -> None:
    markup = (
        "<div class='TRS_Editor'><p>现就有关事项通知如下。</p><a href='附件/申报 表.docx'>申报表</a></div>"
    )
    read = Attachment("https://www.demo.test/%E6%94%BF%E7%AD%96/附件/申报 表.docx", "申报表", "docx", "甲")
    saved = PageInput("0", "https://www.demo.test/政策/1.html", markup.encode(), None, Hints(), (read,))
    context = SiteContext("yanshi", "", (), "policy", None, None, TODAY)
    policy = normalize_policy(saved, context)
    assert [(one.url, one.text) for one in policy.attachments] == [(read.url, "甲")]


def test_links_are_meant_from_where_the_page_was_after_redirects() -> None:
    markup = "<div class='TRS_Editor'><p>现就有关事项通知如下。</p><a href='1.docx'>申报表.docx</a></div>"
    read = Attachment("https://www.demo.test/新栏目/1.docx", "申报表", "docx", "甲")
    saved = PageInput("0", "https://www.demo.test/1.html", markup.encode(), None, Hints(), (read,))
    context = SiteContext("yanshi", "", (), "policy", None, None, TODAY)
    policy = normalize_policy(replace(saved, opened="https://www.demo.test/新栏目/1.html"), context)
    assert [(one.url, one.text) for one in policy.attachments] == [(read.url, "甲")]


def test_a_body_that_is_only_a_file() -> None:
    policy = normalize(page(body='<p><a href="P020240315.pdf">演示办法.pdf</a></p>'))
    assert [a.kind for a in policy.attachments] == ["pdf"]
    assert policy.title == TITLE


def only_named_failures(data: bytes, hints: Hints) -> None:
    context = SiteContext("yanshi", "", (), "policy", None, None, TODAY)
    try:
        normalize_policy(PageInput("0", URL, data, None, hints), context)
    except NormalizeError as error:
        assert error.failure in Failure


@given(st.binary(max_size=400))
def test_random_bytes_give_a_policy_or_a_named_failure(data: bytes) -> None:
    only_named_failures(data, Hints())


PIECES = st.sampled_from(
    ["<div id=zoom>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<p>", "</p>", "<br>", "<!--", "-->", "<a href=a.pdf>", "</a>",
     "<dl><dt>", "<dd>", "文号：", "发布日期", "2024年1月5日", "国办发〔2024〕1号", "演示局", "令", "第5号", "，", "。", "：", "&#0;", "&nbsp;",
     "<script>", "</html>", "<title>", "<img src=x>", "\x00", "各单位：", "附件", "自2024年1月1日起施行", "有效期9年"]
)  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(PIECES, max_size=40), st.sampled_from([Hints(), Hints(body=("#zoom",), attachments=("div",))])
)
def test_broken_markup_gives_a_policy_or_a_named_failure(pieces: list[str], hints: Hints) -> None:
    only_named_failures("".join(pieces).encode(), hints)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 50_000 + "文字",
        '<div id="zoom">' + "<span>" * 50_000 + "文字",
        '<div id="zoom"><p>' + "国务院令〔2020〕" * 20_000,
        "<div>" + "发布日期：" * 50_000,
        '<div id="zoom">' + "<a href=a.pdf>x</a>" * 10_000,
    ],
)
@pytest.mark.timeout(20)
def test_hostile_pages_cost_little(markup: str) -> None:
    only_named_failures(markup.encode(), Hints())


def test_the_site_file_may_name_the_table_of_fields() -> None:
    decoy = "<table><tr><td>索引号：</td><td>演示/1999-1</td></tr><tr><td>文号：</td><td>演示发〔1999〕1号</td></tr></table>"
    markup = page(decoy, after=f"<div class='true-fields'>{INFO['pairs']}</div>")
    assert normalize(markup).index_number == "演示/1999-1"
    named = normalize(markup, Hints(info=("div.true-fields",)))
    assert (named.index_number, named.doc_number) == (INDEX, NUMBER)


@pytest.mark.parametrize("data", [b"\x7fELF\x02\x01\x01\0\0\0", b"%PDF-1.4 ...", b"GIF89a\0\0\0;"])
def test_bytes_that_are_no_page_are_named(data: bytes) -> None:
    with pytest.raises(NormalizeError) as error:
        normalize(data * 200)
    assert error.value.failure is Failure.NOT_A_PAGE
