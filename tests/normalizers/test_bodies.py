"""Bodies whose container nobody knows: running text, what stands under the title, and pages without a body."""

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import INDEX, INFO, TEXT, TITLE, normalize, page, paragraphs

from normalizers.density import best_run, value_of
from normalizers.failures import Failure
from normalizers.lines import Line
from normalizers.normalize import NormalizeError
from normalizers.policy import Policy
from normalizers.shell import is_end, is_file, is_link, is_shell, speaks

WORDS = ["首页", "走进演示", "政务公开", "办事服务", "互动交流", "政策文件", "通知公告", "领导之窗"]
MENU = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in WORDS)
POSITION = '<div>您的位置：<a href="/">首页</a> &gt; <a href="/z">政策</a></div>'
RELATED = "<div>相关稿件</div><ul>{}</ul>".format(
    "".join(f'<li><a href="/r{i}">关于第{i}件演示事项的通知，请各单位执行</a></li>' for i in range(5))
)
FOOTER = (
    '<div><a href="/map">网站地图</a> | <a href="/us">联系我们</a></div><div>主办：演示市人民政府办公室 承办：演示市大数据局</div>'
    "<div>本网站刊载的内容，版权归演示市人民政府所有。</div><div>演ICP备00000000号</div>"
)
HEADER = f"<h1>{TITLE}</h1><div>发布时间：2024-03-15 来源：演示市人民政府网</div><div>【字体：大 中 小】 打印</div>"


def shelled(body: str, header: str = HEADER, tag: str = f"{TITLE}-演示市人民政府") -> str:
    """A body in a shell that has no names at all."""
    return (
        f"<html><head><title>{tag}</title></head><body><div><ul>{MENU}</ul></div>{POSITION}"
        f"<div><div>{header}<div>{body}</div></div>{RELATED}</div>{FOOTER}</body></html>"
    )


def rule_of(policy: Policy) -> str:
    return policy.evidence["text"].rule


def drawn(lines: tuple[str, ...]) -> dict[str, str]:
    """The lines of a text in every markup that bodies are printed in."""
    halves = [lines[: len(lines) // 2], lines[len(lines) // 2 :]]
    return {
        "p": "".join(f"<p>{line}</p>" for line in lines),
        "div": "".join(f"<div>{line}</div>" for line in lines),
        "br": "<br>".join(lines),
        "span": "".join(f"<p><span>{line[:3]}</span><b>{line[3:]}</b></p>" for line in lines),
        "two parts": "".join(
            "<div>" + "".join(f"<p>{line}</p>" for line in half) + "</div>" for half in halves
        ),
        "layout table": "<table><tr><td>"
        + "".join(f"<p>{line}</p>" for line in lines)
        + "</td></tr></table>",
        "bare text": "".join(f"{line}<hr>" for line in lines),
    }


@pytest.mark.parametrize("markup", drawn(TEXT))
def test_running_text_in_every_markup(markup: str) -> None:
    policy = normalize(shelled(drawn(TEXT)[markup]))
    assert rule_of(policy) == "body:density"
    assert policy.text.split("\n") == [" ".join(line.split()) for line in TEXT]
    assert policy.title == TITLE


TABLE = "<table>{}</table>".format(
    "".join(f"<tr><td>{i}</td><td>演示单位{i}</td><td>备注</td></tr>" for i in range(9))
)
SIGNED = "<p>演示市人民政府办公室</p><div>2024年3月8日</div>"
ANNEXES = "".join(
    f'<p><a href="/f{i}.html">{"附件：" if i == 1 else ""}{i}.演示表格之{i}</a></p>' for i in range(1, 7)
)
PARAGRAPH = "<p>各县、区人民政府，市直各部门：</p><p>《演示市共享单车管理办法》已经市政府同意，现印发给你们，请认真贯彻执行。</p>"


@pytest.mark.parametrize(
    ("behind", "last"),
    [
        (TABLE, "8\t演示单位8\t备注"),
        (SIGNED, "2024年3月8日"),
        (ANNEXES + SIGNED, "2024年3月8日"),
        (SIGNED + "<p>（此件公开发布）</p>", "（此件公开发布）"),
        (SIGNED + "<p>公开方式：主动公开</p>", "公开方式：主动公开"),
        (SIGNED + "<p>附</p><p>演示名单</p>" + TABLE, "8\t演示单位8\t备注"),
        (SIGNED + "<p>责任编辑：演示员</p>", "2024年3月8日"),
        (SIGNED + "<div>扫一扫在手机打开当前页</div>", "2024年3月8日"),
        (SIGNED + '<p>附件：<a href="/a.pdf">演示清单.pdf</a></p>', "2024年3月8日"),
    ],
)
def test_what_follows_running_text(behind: str, last: str) -> None:
    policy = normalize(shelled(PARAGRAPH + behind))
    assert rule_of(policy) == "body:density"
    assert policy.text.startswith("各县、区人民政府")
    assert policy.text.split("\n")[-1] == last


@pytest.mark.parametrize(
    ("body", "kinds", "text"),
    [
        ('<p><img src="a.jpg"></p><p><img src="b.jpg"></p>', ["image", "image"], ""),
        (TABLE, ["table"], "\n".join(f"{i}\t演示单位{i}\t备注" for i in range(9))),
        ('<p>详见附件</p><p><a href="/a.pdf">演示清单.pdf</a></p>', ["paragraph"], "详见附件"),
        ("<p>同意。</p><p>演示市人民政府</p>", ["paragraph", "paragraph"], "同意。\n演示市人民政府"),
    ],
)
def test_bodies_without_sentences_stand_under_the_title(body: str, kinds: list[str], text: str) -> None:
    policy = normalize(shelled(body))
    assert rule_of(policy) == "body:under_title"
    assert ([b.kind for b in policy.blocks], policy.text) == (kinds, text)


def test_without_a_body_nothing_is_taken_for_one() -> None:
    with pytest.raises(NormalizeError) as caught:
        normalize(shelled(""))
    assert caught.value.failure is Failure.BODY_EMPTY


def test_title_table_and_meta_tags_without_a_body_are_a_record() -> None:
    markup = shelled("", HEADER + INFO["li"])
    with pytest.raises(NormalizeError):
        normalize(markup)
    policy = normalize(markup.replace("<head>", '<head><meta name="PubDate" content="2024-03-15 09:30">'))
    assert (policy.title, policy.index_number, policy.blocks, policy.text) == (TITLE, INDEX, (), "")
    assert "body_empty" in policy.warnings


@pytest.mark.parametrize(
    "data", ['{"code": 500, "msg": "系统繁忙，请稍后再试。"}', "[]", '\ufeff [{"title": "演示"}]']
)
def test_json_without_paths_is_no_page(data: str) -> None:
    with pytest.raises(NormalizeError) as caught:
        normalize(data)
    assert caught.value.failure is Failure.NOT_A_PAGE


def test_text_in_brackets_is_no_json() -> None:
    assert normalize(
        "[演示通知] 各单位要认真贯彻执行，确保各项措施落实到位，取得实效，不得有误。"
    ).text.startswith("[演示通知]")


@given(st.integers(1, 30), st.booleans(), st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_list_of_links_has_no_body(count: int, dated: bool, headed: bool) -> None:
    rows = "".join(
        f'<li><a href="/t{i}.html">演示市人民政府关于第{i}件事项的通知，请执行。</a>{"<span>2024-03-08</span>" if dated else ""}</li>'
        for i in range(count)
    )
    pager = "<div>共31条记录 1/2页首页 上一页 下一页 尾页</div>"
    markup = shelled(
        f"<ul>{rows}</ul>{pager}", "<h2>演示市政策文件库</h2>" if headed else "", "演示市政策文件库"
    )
    with pytest.raises(NormalizeError):
        normalize(markup)


SENTENCE = st.text("演示单位执行办法规定管理", min_size=6, max_size=60).map(lambda s: f"{s}，{s[::-1]}。")


@given(st.lists(SENTENCE, min_size=3, max_size=20, unique=True), st.sampled_from(sorted(drawn(("a", "b")))))
@settings(max_examples=25, deadline=None)
def test_nothing_of_a_text_is_lost_and_nothing_of_the_shell_kept(lines: list[str], markup: str) -> None:
    policy = normalize(shelled(drawn(tuple(lines))[markup]))
    assert policy.text.split("\n") == lines


def test_a_known_name_and_no_name_give_the_same_text() -> None:
    known, unknown = (normalize(page(body=paragraphs(), container=c)) for c in ('id="zoom"', 'id="k17"'))
    assert known.text == unknown.text


def test_running_text_beside_a_teaser_wins() -> None:
    long = "".join(
        f"<p>第{i}条　为了规范演示事项，根据有关法律和法规，结合本市实际，制定本办法。</p>" for i in range(20)
    )
    teaser = '<div class="content">本办法自公布之日起施行，原有的办法同时废止，请遵照执行。</div>'
    policy = normalize(shelled(long).replace("<div><ul>", f"{teaser}<div><ul>", 1))
    assert rule_of(policy) == "body:density"
    assert policy.text.startswith("第0条")
    certain = normalize(shelled(long).replace("<div><ul>", '<div id="zoom">详见附件</div><div><ul>', 1))
    assert (rule_of(certain), certain.text) == ("body:div#zoom", "详见附件")


@pytest.mark.parametrize("name", ["main-content", "content", "article-detail"])
def test_a_usual_name_around_more_than_the_body(name: str) -> None:
    within = (
        f"{POSITION}{HEADER}<div>{paragraphs()}</div><div>浏览次数：-</div><div>分享</div>{RELATED}{FOOTER}"
    )
    policy = normalize(f'<title>{TITLE}-演示</title><ul>{MENU}</ul><div class="{name}">{within}</div>')
    assert policy.text.split("\n") == [" ".join(line.split()) for line in TEXT]


def test_inline_containers_part_lines_alike_in_both_walks() -> None:
    inline = f'<div><span class="text">演示市</span><span class="con">第7号</span></div>{paragraphs()}'
    assert normalize(shelled(inline)).text.endswith("有效期5年。")


@pytest.mark.parametrize("menu", [MENU, MENU * 20])
def test_a_menu_is_no_document(menu: str) -> None:
    with pytest.raises(NormalizeError) as caught:
        normalize(f"<title>演示市人民政府-信息公开指南</title><ul>{menu}</ul><h3>机构职能</h3>{FOOTER}")
    assert caught.value.failure is Failure.BODY_EMPTY


@given(st.lists(st.integers(-30, 60), max_size=14))
def test_best_run_is_the_best(worth: list[int]) -> None:
    found = best_run(worth)
    sums = [sum(worth[i:j]) for i, j in combinations(range(len(worth) + 1), 2)]
    assert (found[2] if found else 0) == max([0, *sums])
    if found:
        start, end, total = found
        assert total == sum(worth[start:end])
        assert worth[start] > 0 and worth[end - 1] > 0


@pytest.mark.parametrize(
    ("text", "linked", "sign"),
    [
        ("各单位要认真贯彻执行，确保落实到位。", 0, 1),
        ("第一章 总则", 0, 0),
        ("演示市人民政府办公室", 0, 0),
        ("2024年3月8日", 0, 0),
        ("附件：1.演示清单", 9, 0),
        ("2.演示清单", 6, 0),
        ("演示清单.docx", 9, 0),
        ("关于演示事项的通知，请各单位执行", 16, -1),
        ("您的位置：首页 > 政策", 0, -1),
        ("主办：演示市人民政府，承办：演示市大数据局。", 0, -1),
        ("凡本网注明来源的作品，版权均属于本网，未经授权不得转载。", 0, -1),
        ("您访问的链接即将离开“演示网”门户网站，是否继续？", 0, -1),
        ("发布时间：2024-03-15 来源：演示网", 0, -1),
        ("2024-03-15 09:30", 0, -1),
        ("共31条记录 1/2页", 0, -1),
        ("", 0, 0),
    ],
)
def test_what_a_line_is_worth(text: str, linked: int, sign: int) -> None:
    value = value_of(Line(text, text, "div", linked=linked))
    assert (value > 0) - (value < 0) == sign


@pytest.mark.parametrize(
    ("text", "linked", "names"),
    [
        ("政策解读", 0, {"end", "shell"}),
        (
            "图解演示市共享单车管理办法的主要内容，由演示市交通运输局负责，欢迎各单位和广大市民参照执行",
            0,
            set(),
        ),
        ("下一篇：演示", 6, {"end", "link", "shell"}),
        ("3.演示表格", 6, {"file", "shell"}),
        ("3.演示表格", 0, set()),
        ("演示市共享单车管理办法", 11, {"link", "shell"}),
        ("网站标识码：9901000001", 0, {"end"}),
    ],
)
def test_kinds_of_lines(text: str, linked: int, names: set[str]) -> None:
    line = Line(text, text, "p", linked=linked)
    tests = {"end": is_end, "link": is_link, "shell": is_shell, "file": is_file}
    assert {name for name, test in tests.items() if test(line)} == names
    assert speaks([line]) == ("file" in names or not names)


DATED = "<div>2024-03-15 09:30</div>"


@pytest.mark.parametrize(
    ("header", "tag", "title", "rule"),
    [
        # The title tag adds names of columns and site behind or in front; the printed line is the whole title.
        (
            f"<p>演示市举办演示活动</p>{DATED}",
            "演示市举办演示活动-活动集锦",
            "演示市举办演示活动",
            "header:title_tag",
        ),
        (
            f"<p>演示市举办演示活动</p>{DATED}",
            "演示文旅局 快讯 演示市举办演示活动",
            "演示市举办演示活动",
            "header:title_tag",
        ),
        (
            f"<div>演示活动在演示市举行</div><div>现场发布演示清单</div>{DATED}",
            "演示活动在演示市举行 <br>现场发布演示清单- 演示市人民政府网站",
            "演示活动在演示市举行现场发布演示清单",
            "header:title_tag",
        ),
        (
            f"<h3>演示市财政局 演示市民政局</h3><h3>关于演示补助的通知</h3>{DATED}",
            "演示市财政局 演示市民政局关于演示补助的通知_演示市人民政府",
            "演示市财政局 演示市民政局关于演示补助的通知",
            "header:title_tag",
        ),
        # Where the tag is only the site, the line above source and time.
        (
            f"<p>社区开展暑期教育活动</p>{DATED}",
            "演示市人民政府",
            "社区开展暑期教育活动",
            "header:above_source",
        ),
        # A heading that encloses the day, one that heads related links, one that is the site's.
        ("<h2>演示市举办演示活动 2024-03-15 来源：演示日报</h2>", "", "演示市举办演示活动", "header:h2"),
        (f"<h2>演示市举办演示活动</h2>{DATED}<h3>关联稿件：</h3>", "", "演示市举办演示活动", "header:h2"),
        (
            f"<h1>演示规划办-国家演示办</h1>{POSITION}<h2>关于做好演示工作的通知</h2>{DATED}",
            "关于做好演示工作的通知_演示规划办",
            "关于做好演示工作的通知",
            "header:title_tag",
        ),
    ],
)
def test_titles_without_known_names(header: str, tag: str, title: str, rule: str) -> None:
    policy = normalize(shelled(paragraphs(), header, tag.replace("<", "&lt;")))
    assert (policy.title, policy.evidence["title"].rule) == (title, rule)


def test_names_of_bodies_and_columns_are_no_titles() -> None:
    header = f"<div>演示市人民政府</div><div>演示政策法规</div><h2>关于演示工作的通知</h2>{DATED}"
    policy = normalize(shelled(paragraphs(), header, "演示市人民政府-演示政策法规"))
    assert policy.title == "关于演示工作的通知"


@given(st.text(max_size=300), st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_markup_is_read_or_refused_by_name(inside: str, tag: str) -> None:
    try:
        policy = normalize(f"<title>{tag}</title><h1>{tag}</h1><div>{inside}</div>")
    except NormalizeError as error:
        assert re.fullmatch(r"[a-z0-9_]+", error.failure)
    else:
        assert policy.blocks
