"""Forms of real addresses: what kind of page, whose, and which date."""

import csv
import gzip
import re
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.address_dialects import DIALECTS, read_address
from normalizers.addresses import address_key
from normalizers.dates import address_date

HEX = "0123456789abcdef0123456789abcdef"
UUID = "487b146d-86c4-4600-a60c-8942a2b209cb"
HOST = "http://www.example.gov.cn"

DATED = [
    ("/xxgk/zcfb/tz/202401/t20240105_1363021.html", "trs_dated", "2024-01-05", "day", "trs"),
    ("/zc/202401/t20240105_1363021_2.shtml?from=x", "trs_dated", "2024-01-05", "day", "trs"),
    ("/art/2023/3/9/art_1229283449_2493752.html", "art_dated", "2023-03-09", "day", "jcms"),
    (f"/col/col12/art/2023/art_{HEX}.html", "art_hashed", "2023-01-01", "year", "jcms"),
    ("/zw/art/2024/art_5aX81_77.html", "art_hashed", "2024-01-01", "year", "jcms"),
    (f"/ncszf/gfxwj/202304/{HEX}.shtml", "hex_month", "2023-04-01", "month", "ucap"),
    (f"/10462/14724/2024/12/7/{HEX}.shtml", "hex_slash_day", "2024-12-07", "day", "ucap"),
    (f"/xinyu/zc/2023-05/06/content_{HEX}.shtml", "content_hex_day", "2023-05-06", "day", "ucap"),
    ("/hlj/c108371/202305/c00_31556677.shtml", "ucap_month", "2023-05-01", "month", "ucap"),
    ("/zhengce/content/202403/content_6940154.htm", "gov_cn_month", "2024-03-01", "month", "gov_cn"),
    ("/zhengce/content/2019-01/08/content_5355837.htm", "content_dated", "2019-01-08", "day", "gov_cn"),
    ("/2023-07/13/c_1690898327029107.htm", "c_dated", "2023-07-13", "day", "cac"),
    (f"/nw12344/20230105/{HEX}.html", "hex_day", "2023-01-05", "day", "shanghai"),
    (f"/20250530/{HEX}/c.html", "hex_day_c", "2025-05-30", "day", "ds_json"),
    (f"/columns/{UUID}/202304/12/{UUID}.html", "hebei", "2023-04-12", "day", "hebei"),
    (f"/zwgk/001/001002/20230412/{UUID}.html", "epoint", "2023-04-12", "day", "epoint"),
    ("/web/zwgk/2023041215301234567/index.shtml", "stamp_index", "2023-04-12", "day", "eportal"),
    ("/zwgk/system/2014/10/13/010026056.shtml", "system_day", "2014-10-13", "day", "trs"),
    ("/2020/02-11/1290730.html", "number_year_day", "2020-02-11", "day", "trs"),
    ("/safe/1977/0925/5309.html", "number_year_day", "1977-09-25", "day", "trs"),
    ("/npc/c2/c30834/202305/t20230506_429600.html", "c_trs_dated", "2023-05-06", "day", "ucap"),
    ("/seac/c103235/202305/1159876.shtml", "ucap_month_number", "2023-05-01", "month", "ucap"),
    ("/zcjd/2012/11/24/18.html", "folder_number", "2012-11-24", "day", ""),
    ("/lyj/1/gkzl/20230412/501522.html", "number", "2023-04-12", "day", ""),
    ("/c/2018-11-05/485914.shtml", "number", "2018-11-05", "day", ""),
    ("/article/gk/201603/20160300881497.shtml", "number", "2016-03-01", "month", ""),
    ("/zcfg/2017-09-16-100006.html", "dated_number", "2017-09-16", "day", ""),
    ("/xxgk/20230412153012345.html", "stamp_number", "2023-04-12", "day", ""),
    ("/sjj/zwgk/zcfb/0822/2024082218071234_pc.html", "index_pc_day", "2024-08-22", "day", "index_pc"),
    ("/Html/Inform_Post/2010-2/26/08_16_07_124.html", "dated_folder", "2010-02-26", "day", ""),
    ("/dfxfghgz/20191212/0003-43786.html", "number_dashed", "2019-12-12", "day", ""),
    ("/2018/03/05/ARTIabcdefghijklmnop180305.shtml", "arti", "2018-03-05", "day", ""),
]

UNDATED = [
    ("/zfwj/t10811662.shtml", "trs_short", "trs"),
    ("/zwgk/content/post_12345678.html", "post", "nfcms"),
    ("/zslyj/gkmlpt/content/2/2345/post_2345678.html", "gkmlpt", "gkmlpt"),
    ("/n152/n165/c1662004/content.html", "n_content", "n_content"),
    ("/zcfgk/c102416/c5202214/content.html", "c_content", "ucap"),
    ("/jxsrmzf/zcwj/pc/content/content_1689536542012346368.html", "content_snowflake", "pclist"),
    ("/info/1011/103816.htm", "vsb", "vsb"),
    ("/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1011&wbnewsid=103", "vsb_query", "vsb"),
    ("/public/4140867/79815316.html", "longxun_public", "longxun"),
    ("/content/article/2023158031?type=0", "longxun_article", "longxun"),
    ("/xxgk-show-10179787.html", "finecms_show", "finecms"),
    ("/Content-2345678.html", "ankang_content", "ankang"),
    ("/tzgg/12345.jhtml", "jeecms_number", "jeecms"),
    ("/zwgk/zc/1991423953254031362.html", "snowflake", "xa_publish"),
    (f"/qdsrmzf/zc/content/{UUID}.html", "uuid_content", "truecms"),
    ("/xxgk/read.aspx?id=123", "aspx_query", "aspx"),
    ("/cn/view/pages/ItemDetail.html?docId=1170162&itemId=4113", "nfra_item", "nfra"),
    ("/detail?id=ff8081818a1b2c3d018a9f0e1d2c3b4a", "npc", "npc"),
    ("/resources/site/1/html/zwgk/201705/12345.html", "rt_static", "rt"),
    ("/newsshow/658.html", "article_number", ""),
    ("/fabu/xiangqing/44.html", "article_number", ""),
    ("/html/show-96.html", "word_number", ""),
    ("/xxgk_detail_2.html", "word_number", ""),
    ("/article/HJvX1W2HEAYnGnwAx9Z1y2.htm", "article_token", ""),
    ("/web/news/401/100041.html", "number", ""),
    ("/info/egovinfo/1001/2019-0226061.htm", "number_dashed", ""),
    ("/zcwj/Detail-1F1FE81E2B541528.html", "word_hex", ""),
    ("/zwgk/325901/index.html", "number_index", ""),
    ("/web/zwgk/783746381346128/index.shtml", "long_index", "eportal"),
    ("/resources/site/1/html/zwgk/zcwj/tz.html", "rt_static", "rt"),
    ("/show.asp?newsid=17", "word_query", ""),
]

COLUMNS = [
    ("/zwgk/zfxxgkml/szfwj/", "folder", ""),
    ("/zwgk/zcwj/index_3.html", "index", ""),
    ("/col/col84242/index.html?uid=1&pageNum=2", "jcms_column", "jcms"),
    ("/module/web/jpage/dataproxy.jsp?columnid=1&unitid=2", "jcms_api", "jcms"),
    ("/tgqrmzf/zcwj/pc/list.html", "pclist", "pclist"),
    ("/gkmlpt/policy#1076", "gkmlpt_list", "gkmlpt"),
    ("/public/column/6636844?type=4&catId=7035689&action=list", "longxun_column", "longxun"),
    ("/site/tpl/4931?activeId=6784771", "longxun_column", "longxun"),
    ("/xxgk-list-xzgfxwj.html", "finecms_list", "finecms"),
    ("/Node-91374_2.html", "ankang_node", "ankang"),
    ("/news_list.rt?channlId=5627", "rt_list", "rt"),
    ("/resources/site/154/html/yjzc/gfxwj/index.html", "rt_static_column", "rt"),
    ("/zhgl/index_2.jhtml", "jeecms_page", "jeecms"),
    ("/xxgk/List_wj.aspx?lmid=52", "aspx_page", "aspx"),
    (f"/columns/{UUID}/index.html", "hebei_column", "hebei"),
    ("/n5/n25/index_192_3.html", "n_column", "n_content"),
    (f"/common/search/{HEX}?page=1&_pageSize=15", "ucap_search", "ucap"),
    ("/zfxxgk/c100280/xxgk_list.shtml", "ucap_column", "ucap"),
    ("/igs/front/search/list.html?index=file2-index-alias", "trs_search", "trs"),
    ("/info/iList.jsp?tm_id=126", "ilist", "ilist"),
    ("/channel/list/8.html", "list_number", ""),
    ("/channels/3125.html", "list_number", ""),
    ("/zfxxgk/zcwj/hzgfxwj/1.html", "snowflake_page", "xa_publish"),
    ("/staticmores/003/003-1.shtml", "dashed_page", ""),
    ("/zfxxgk/zcwj.htm", "named_page", ""),
    ("/index.php?m=content&c=index&a=lists&catid=271", "php_list", ""),
]


@pytest.mark.parametrize(("path", "dialect", "day", "precision", "platform"), DATED)
def test_details_with_a_date(path: str, dialect: str, day: str, precision: str, platform: str) -> None:
    facts = read_address(HOST + path)
    assert (facts.kind, facts.dialect) == ("detail", dialect)
    assert (str(facts.date), facts.precision) == (day, precision)
    assert facts.platforms[:1] == ((platform,) if platform else ())
    assert re.sub(r"\D", "", facts.raw_date)[:4] == day[:4]


@pytest.mark.parametrize(("path", "dialect", "platform"), UNDATED)
def test_details_without_a_date(path: str, dialect: str, platform: str) -> None:
    facts = read_address(HOST + path)
    assert (facts.kind, facts.dialect) == ("detail", dialect)
    assert facts.platforms[:1] == ((platform,) if platform else ())


@pytest.mark.parametrize(("path", "dialect", "platform"), COLUMNS)
def test_columns(path: str, dialect: str, platform: str) -> None:
    facts = read_address(HOST + path)
    assert (facts.kind, facts.dialect, facts.date) == ("list", dialect, None)
    assert facts.platforms[:1] == ((platform,) if platform else ())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "home"),
        ("/", "home"),
        ("/zc/202401/P020240105532100.pdf", "file"),
        ("/module/download/downfile.jsp?filename=1.pdf", "file"),
        ("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2", "file"),
        ("/attachment/0/512/512345/3643628", "file"),
        ("/zwgk/515zwgkr", "unknown"),
        ("/visit/link.do?url=http://www.example.gov.cn/zc/t20240105_1.html", "unknown"),
    ],
)
def test_other_kinds(path: str, kind: str) -> None:
    assert read_address(HOST + path).kind == kind


def test_a_file_carries_the_date_of_its_folder() -> None:
    assert read_address(HOST + "/zc/202401/P0202401055321.pdf").date == date(2024, 1, 1)


@pytest.mark.parametrize(
    "path", ["/t20241399_1.html", "/art/2023/13/40/art_1_22222.html", "/t18990101_1.html"]
)
def test_impossible_days_are_no_dates(path: str) -> None:
    facts = read_address(HOST + path)
    assert (facts.kind, facts.date, facts.precision) == ("detail", None, None)


def test_a_snowflake_is_no_date() -> None:
    assert read_address(HOST + "/zc/2012040512345678901.html").date is not None  # 12:34:56
    assert read_address(HOST + "/zc/2012040599995678901.html").date is None


def test_a_year_alone_does_not_stand_for_a_day() -> None:
    assert address_date(f"{HOST}/art/2020/art_{HEX}.html") is None


def test_names_of_dialects_are_their_own() -> None:
    names = [dialect.name for dialect in DIALECTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", [path for path, *_ in DATED + UNDATED + COLUMNS])
def test_the_filters_of_dialects_only_save_time(path: str) -> None:
    """The first pattern of the whole table that fits is the one that is found by first letter and literal."""
    whole = path.partition("#")[0].lower()
    fitting = [
        dialect.name
        for dialect in DIALECTS
        if re.search(dialect.pattern, whole if r"\?" in dialect.pattern else whole.partition("?")[0])
    ]
    assert read_address(HOST + path).dialect in (*fitting[:1], "named_page", "dated_folder")


ADDRESSES = st.one_of(
    st.text(max_size=200),
    st.from_regex(r"\Ahttps?://[a-z]{1,8}(/[a-zA-Z0-9_.;-]{0,12}){0,6}(\?[a-z]=[0-9%&]{0,9})?(#.{0,5})?\Z"),
)


@given(ADDRESSES)
def test_never_raises_and_says_the_same_of_every_spelling(url: str) -> None:
    facts = read_address(url)
    assert (facts.date is None) == (facts.precision is None)
    assert facts.kind in ("detail", "list", "file", "home", "unknown")


@given(st.sampled_from([path for path, *_ in DATED + UNDATED + COLUMNS if "/index." not in path]))
def test_the_key_of_an_address_is_of_the_same_dialect(path: str) -> None:
    facts, keyed = read_address(HOST + path), read_address("http://" + address_key(HOST + path))
    assert facts.kind == keyed.kind
    assert facts.date == keyed.date


def test_long_addresses_are_not_read() -> None:
    assert read_address(HOST + "/a" * 5_000 + "/t20240101_1.html").kind == "unknown"


def test_details_of_223_hosts(shared: Path) -> None:
    with gzip.open(shared / "pages" / "urls_2020.txt.gz", "rt", encoding="utf-8") as lines:
        urls = [url for line in lines if not re.search(r"/index[^/]*$", url := line.strip())]
    known = sum(read_address(url).kind == "detail" for url in urls)
    assert known / len(urls) >= 0.995


def test_columns_are_not_taken_for_details(shared: Path) -> None:
    with (shared / "pages" / "policy_columns.tsv").open(encoding="utf-8") as lines:
        urls = {row["policy_column"] for row in csv.DictReader(lines, delimiter="\t")} - {""}
    taken = sum(read_address(url).kind == "detail" for url in urls)
    assert taken / len(urls) <= 0.01


@pytest.mark.parametrize("piece", ["art", "info", "1-", "a-", "/1", "/list", "?id=", "&id", "show?", "-&id="])
def test_an_address_made_to_stall_is_read_in_time(piece: str) -> None:
    start = time.process_time()
    read_address("http://h/" + piece * 300 + "?" + piece * 200)
    assert time.process_time() - start < 0.1
