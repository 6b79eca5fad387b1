"""Which platform a page is of: by its marks, its address and the addresses it links to."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.platforms import PLATFORMS
from crawlers.platforms.recognise import recognise
from crawlers.platforms.recognition import SeenPage
from demo.dialects import dialect_of
from demo.dialects.view import Ask, SiteView
from demo.world import World
from normalizers.encoding import decode_page

pytestmark = pytest.mark.slow

HEX = "0123456789abcdef0123456789abcdef"
UUID = "487b146d-86c4-4600-a60c-8942a2b209cb"
HOST = "http://www.example.gov.cn"


def rows(*links: str) -> str:
    """A list of rows with these links."""
    items = "".join(
        f'<li><a href="{link}" title="演示文件">演示文件</a><span>2026-01-05</span></li>' for link in links
    )
    return f"<html><body><ul class='gl-list'>{items}</ul></body></html>"


BY_TEXT = [
    ("trs", '<div class="view TRS_UEDITOR trs_paper_default"><p>演示</p></div>'),
    ("trs", rows(*(f"./202601/t2026010{n}_12345{n}.html" for n in range(1, 6)))),
    ("trs", '<script>createPageHTML(20, 0, "index", "html");</script>'),
    (
        "trs",
        '{"page": {"content": [{"DOCTITLE": "演示", "DOCPUBURL": "http://a.gov.cn/1"}]}, "__index": "x"}',
    ),
    ("ucap", "<script>createPageHTML('paging',29, 1,'list','shtml',289);</script>"),
    ("ucap", rows(*(f"/yanshi/zcwj/20260{n}/{HEX}.shtml" for n in range(1, 6)))),
    ("ucap", "<ucaptitle>演示</ucaptitle><ucapcontent><p>演示</p></ucapcontent>"),
    (
        "jcms",
        "<datastore><totalrecord>756</totalrecord><recordset><record><![CDATA[<li></li>]]></record></recordset>",
    ),
    ("jcms", rows(*(f"/art/2026/1/{n}/art_12_345{n}.html" for n in range(1, 6)))),
    ("jcms", "<span id='ss_webid'>3214</span><script src='/module/visitcount/visit.jsp?type=3'></script>"),
    (
        "gkmlpt",
        "<script>window._CONFIG = {SID: '2', TREE: []}</script><script src='/gkmlpt/public/app.js'></script>",
    ),
    ("nfcms", "<script>var NFCMS_SITE_ID = 1</script>"),
    ("nfcms", rows(*(f"/zwgk/wjk/content/post_123456{n}.html" for n in range(1, 6)))),
    ("epoint", '<ul class="ewb-list-items"></ul><script src="/js/webBuilderCommon.js"></script>'),
    ("vsb", '<li id="line_u8_0"><a href="info/1011/2233.htm">演示</a></li><div id="vsb_content"></div>'),
    ("jeecms", rows(*(f"/tzgg/1234{n}.jhtml" for n in range(1, 6)))),
    ("aspx", '<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEP">'),
    ("finecms", rows(*(f"/xxgk-show-1017978{n}.html" for n in range(1, 6)))),
    ("longxun", rows(*(f"/public/4140867/7981531{n}.html" for n in range(1, 6)))),
    ("ankang", rows(*(f"/Content-234567{n}.html" for n in range(1, 6)))),
    ("pclist", rows(*(f"/jxyanshi/zcwj/pc/content/content_168953654201234636{n}.html" for n in range(1, 6)))),
]

BY_ADDRESS = [
    ("trs", "/xxgk/zcfb/tz/202601/t20260105_1363021.html"),
    ("trs", "/igs/front/search/list.html?index=file2-index-alias"),
    ("ucap", f"/yanshi/c100280/202601/{HEX}.shtml"),
    ("ucap", f"/common/search/{HEX}?page=1&_pageSize=15"),
    ("jcms", "/art/2026/1/5/art_1229283449_2493752.html"),
    ("jcms", "/col/col84242/index.html"),
    ("gkmlpt", "/gkmlpt/content/2/2345/post_2345678.html"),
    ("gkmlpt", "/yanshiju/gkmlpt/index#1234"),
    ("nfcms", "/zwgk/content/post_12345678.html"),
    ("epoint", f"/zwgk/001/001002/20260105/{UUID}.html"),
    ("vsb", "/info/1011/103816.htm"),
    ("jeecms", "/zhgl/index.jhtml"),
    ("aspx", "/xxgk/List_wj.aspx?lmid=52"),
    ("finecms", "/xxgk-list-xzgfxwj.html"),
    ("longxun", "/public/column/6636844?type=4&action=list"),
    ("ankang", "/Node-91374.html"),
    ("pclist", "/jxyanshi/zcwj/pc/list.html"),
    ("rt", "/news_list.rt?channlId=5627"),
    ("cac", "/2026-01/05/c_1690898327029107.htm"),
    ("ilist", "/info/iList.jsp?tm_id=126"),
]


@pytest.mark.parametrize(("platform", "text"), BY_TEXT)
def test_a_page_without_an_address_is_told_by_its_text(platform: str, text: str) -> None:
    found = recognise(SeenPage("", text))
    assert found[0].platform == platform
    assert all(re.search("[\u4e00-\u9fff]", reason) for reason in found[0].reasons)


@pytest.mark.parametrize(("platform", "path"), BY_ADDRESS)
def test_an_address_tells_its_platform(platform: str, path: str) -> None:
    found = recognise(SeenPage(HOST + path, ""))
    assert (found[0].platform, found[0].confidence >= 0.6) == (platform, True)


def test_the_address_that_a_page_prints_of_itself_is_read() -> None:
    meta = '<meta name="Url" content="http://www.example.gov.cn/art/2026/1/5/art_12_345678.html">'
    assert recognise(SeenPage("", meta))[0].platform == "jcms"


def test_links_to_other_sites_do_not_outvote_the_own_ones() -> None:
    own = [f"/art/2026/1/{n}/art_12_345{n}.html" for n in range(1, 6)]
    other = [f"http://www.other.gov.cn/zc/202601/t2026010{n}_12345.html" for n in range(1, 10)]
    assert recognise(SeenPage(HOST + "/zwgk/", rows(*own, *other)))[0].platform == "jcms"


def test_a_page_of_nobody_is_not_claimed() -> None:
    assert recognise(SeenPage("", "<html><body><h1>演示</h1><p>演示市人民政府</p></body></html>")) == ()


def test_one_link_is_no_claim() -> None:
    found = recognise(
        SeenPage(HOST + "/zwgk/", rows("http://www.other.gov.cn/zc/202601/t20260101_12345.html"))
    )
    assert not found or found[0].confidence < 0.5


def test_every_mark_has_a_chinese_reason_and_a_weight() -> None:
    marks = [mark for kind in PLATFORMS.values() for mark in kind.marks]
    assert marks
    assert all(re.search("[\u4e00-\u9fff]", mark.reason) and 0 < mark.weight < 1 for mark in marks)
    assert all(mark.url or mark.text for mark in marks)


@given(st.text(max_size=300), st.text(max_size=300))
def test_never_raises_and_stays_between_nought_and_one(url: str, text: str) -> None:
    found = recognise(SeenPage(url, text))
    assert all(0 < one.confidence <= 1 for one in found)
    assert list(found) == sorted(found, key=lambda one: -one.confidence)


@pytest.mark.parametrize(("manifest", "step"), [("lists", 1), ("truth", 2)])
def test_real_pages(shared: Path, manifest: str, step: int) -> None:
    """All of them are read by benchmarks.recognise."""
    pages = shared / "pages"
    rows = [
        json.loads(line) for line in (pages / f"{manifest}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    labelled = [row for row in rows if row["cms"] != "other"][::step]
    right = 0
    for row in labelled:
        url = row["url"] if row["url"] and " " not in row["url"] else ""
        found = surest(url, decode_page((pages / row["file"]).read_bytes()))
        right += found == row["cms"].replace(".", "_")
    assert right / len(labelled) >= 0.95


def test_the_demo_country() -> None:
    """Markup that was drawn by the facts of each family, not by what is looked for here; every other site."""
    world = World(3000)
    lists, details = [], []
    for site in world.sites[::2]:
        view, dialect = SiteView(world, site, 0, 80), dialect_of(site)
        channel = site.channels[0]
        address = dialect.list_address(site, channel)
        url = f"http:{address}" if address.startswith("//") else f"http://{site.id}.test{address}"
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        ask = Ask("GET", parts.hostname or "", target, parts.path, dict(parse_qsl(parts.query)))
        reply = dialect.answer(view, ask)
        lists.append(surest(url, decode_page(reply.body) if reply else "") == site.platform)
        for page in [page for page in view.rows(0)[:1] if page.site == site.id]:
            found = surest(
                f"http://{site.id}.test{dialect.detail_path(site, page)}", dialect.detail(view, page)
            )
            details.append(found == site.platform)
    assert sum(lists) / len(lists) >= 0.95
    assert sum(details) / len(details) >= 0.95


def surest(url: str, text: str) -> str:
    """The name of the platform that is recognised first."""
    return next((one.platform for one in recognise(SeenPage(url, text))), "")
