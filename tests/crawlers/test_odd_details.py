"""Detail pages of the odd families, written by what is known of them: body, table of fields, annexes."""

import pytest
from made_pages import context

from crawlers.platforms import PLATFORMS
from crawlers.saved_lists import stranger
from crawlers.site import Channel
from normalizers.normalize import PageInput, normalize_policy
from normalizers.policy import Policy

BASE = "http://www.yanshi.gov.cn"
TITLE = "演示市财政局关于印发《演示市共享单车补贴办法》的通知"
NUMBER = "演财发〔2026〕7号"
LINES = (
    "各县（区）财政局：",
    "现将《演示市共享单车补贴办法》印发给你们，请遵照执行。",
    "演示市财政局",
    "2026年3月10日",
)
BODY = "".join(f"<p>　　{line}</p>" for line in LINES)
LINK = '<p>附件【<a href="{}">演示市共享单车补贴表.xlsx</a>】已下载<span id="n">12</span>次</p>'
SHELL = """<html><head><title>演示市财政局</title></head><body><ul class="nav"><li><a href="/">首页</a></li>
<li><a href="/zcwj.htm">政策文件</a></li></ul>{}<div class="footer">主办：演示市财政局 网站标识码：9901000002</div></body></html>"""

CASES = {
    "vsb": (
        "/info/1004/12878.htm",
        f'<h1>{TITLE}</h1><div class="dtl-list"><ul><li>索引号：<em>990100/2026-00007</em></li><li>主题分类：<em>财政</em></li>'
        f"<li>发布机构：<em>演示市财政局</em></li><li>成文日期：<em>2026-03-10</em></li><li>发文字号：<em>{NUMBER}</em></li></ul></div>"
        f'<div>发布时间：2026-03-15 点击：<script>_showDynClicks("wbnews", 1, 2)</script></div>'
        f'<div id="vsb_content_2"><div class="v_news_content">{BODY}</div></div>'
        + LINK.format("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=7"),
        "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=7",
    ),
    "xa_publish": (
        "/gk/zc/xzgfxwjk/1560235869355503618.html",
        f'<div class="position">首页 &gt; 政策</div><h1>{TITLE}</h1><div>发布时间：2026-03-15 文号：{NUMBER}</div>'
        f'<div class="m-txt-article">{BODY}{LINK.format("/files/1.xlsx")}</div>',
        "/files/1.xlsx",
    ),
    "rt": (
        "/resources/site/154/html/yjzc/gfxwj/202603/1.html",
        f'<div class="position border">首页</div><h1>{TITLE}</h1><p>发布时间：2026-03-15</p><p>发文字号：{NUMBER}</p>'
        f'<div class="show-text">{BODY}{LINK.format("/resources/file/1.xlsx")}</div>',
        "/resources/file/1.xlsx",
    ),
    "ankang": (
        "/Content-2601.html",
        f'<div class="location">首页</div><h1>{TITLE}</h1><div>发布时间：2026-03-15 文号：{NUMBER}</div>'
        f'<div id="fontzoom">{BODY}{LINK.format("/upload/1.xlsx")}</div>',
        "/upload/1.xlsx",
    ),
    "ilist": (
        "/info/egovinfo/1001/xxgkxl/1.htm",
        f'<div id="attribute"><span>索引号：990100/2026-00007</span><span>发布机构：演示市财政局</span><span>文号：{NUMBER}</span>'
        f"<span>发布日期：2026-03-15</span></div><section><h1>{TITLE}</h1><article>{BODY}{LINK.format('1.xlsx')}</article></section>",
        "/info/egovinfo/1001/xxgkxl/1.xlsx",
    ),
    "jeecms": (
        "/zyzcfg/18502.jhtml",
        f'<h1 class="title">{TITLE}</h1><div class="fbsj2">发布时间：2026-03-15 文号：{NUMBER}</div><div class="con-txt">{BODY}</div>'
        '<ul class="fjlist"><li><a href="/attachment.jspx?cid=18502&i=0">演示市共享单车补贴表.xlsx</a></li></ul>',
        "/attachment.jspx?cid=18502&i=0",
    ),
    "aspx": (
        "/html/2026/3/15/1.html",
        f'<span id="Body_lb_newsTitle">{TITLE}</span><div class="msg-2"><ul><li>发文字号：{NUMBER}</li><li>发布日期：2026-03-15</li>'
        f'</ul></div><div class="main">{BODY}{LINK.format("/uploads/1.xlsx")}</div>',
        "/uploads/1.xlsx",
    ),
    "ds_json": (
        "/20260315/dbc37cd08438465f98d539873064d4fe/c.html",
        f'<h1>{TITLE}</h1><div>发布时间：2026-03-15</div><p>{NUMBER}</p><table><tr><td class="detail">{BODY}{LINK.format("f/1.xlsx")}</td></tr></table>',
        "/20260315/dbc37cd08438465f98d539873064d4fe/f/1.xlsx",
    ),
    "cac": (
        "/2026-03/15/c_1.htm",
        f'<h1 class="title">{TITLE}</h1><span id="pubtime">2026年03月15日 09:00</span><span id="source">来源：演示网</span>'
        f'<p>{NUMBER}</p><div class="main-content"><div id="BodyLabel">{BODY}{LINK.format("/rootimages/1.xlsx")}</div></div>',
        "/rootimages/1.xlsx",
    ),
    "szinf": (
        "/szsrmzf/gbmwj/202603/0123456789abcdef0123456789abcdef.shtml",
        f'<div class="xxgkml-content"><dl><dt>索引号：</dt><dd><div class="display-block">990100/2026-00007</div></dd><dt>文号：</dt>'
        f'<dd><div class="display-block">{NUMBER}</div></dd><dt>发布日期：</dt><dd><div class="display-block">2026-03-15</div></dd></dl></div>'
        f'<ucaptitle>{TITLE}</ucaptitle><div class="article-content" id="zoomcon">{BODY}{LINK.format("files/1.xlsx")}</div>',
        "/szsrmzf/gbmwj/202603/files/1.xlsx",
    ),
    "truecms": (
        "/szfwj/content/1.html",
        f'<h1>{TITLE}</h1><div>发布日期：2026-03-15 文号：{NUMBER}</div><div id="zoom">{BODY}{LINK.format("/file/1.xlsx")}</div>',
        "/file/1.xlsx",
    ),
    "finecms": (
        "/xxgk-show-10236169.html",
        f'<h1>{TITLE}</h1><div>发布时间：2026-03-15 文号：{NUMBER}</div><div class="content">{BODY}{LINK.format("/uploadfile/1.xlsx")}</div>',
        "/uploadfile/1.xlsx",
    ),
}


def read(platform: str, address: str, markup: str) -> tuple[Policy, list[str]]:
    """The policy of a page, and the annexes that the crawl would ask for."""
    kind = PLATFORMS[platform](stranger(BASE + "/"))
    hints = kind.detail_hints(Channel("政策文件", "policy", BASE + "/zcwj.htm"), {})
    data = SHELL.format(markup).encode()
    detail = kind.parse_detail(data, BASE + address, hints)
    policy = normalize_policy(PageInput("0" * 16, BASE + address, data, None, detail.hints), context())
    return policy, [link.url for link in detail.attachments]


@pytest.mark.parametrize("platform", CASES)
def test_a_detail_page(platform: str) -> None:
    address, markup, annex = CASES[platform]
    policy, links = read(platform, address, markup)
    assert (policy.title, policy.doc_number) == (TITLE, NUMBER)
    assert policy.text.splitlines()[: len(LINES)] == list(LINES)
    assert (str(policy.published_date), str(policy.written_date)) == ("2026-03-15", "2026-03-10")
    assert policy.issuers == ("演示市财政局",)
    assert links == [BASE + annex] == [a.url for a in policy.attachments]
    assert policy.attachments[0].name == "演示市共享单车补贴表.xlsx"


@pytest.mark.parametrize("platform", ["vsb", "ilist", "szinf"])
def test_the_table_of_fields_is_read(platform: str) -> None:
    address, markup, _ = CASES[platform]
    assert read(platform, address, markup)[0].index_number == "990100/2026-00007"
