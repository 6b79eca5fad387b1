"""The shipped sites: every file fits its platform, and reads the real pages of its site there are."""

import json
import re
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.roster import LEFT_OUT, PAGE, left_out_part, load_survey, sites_part
from crawlers.platforms import PLATFORMS
from crawlers.platforms.recognition import SeenPage
from crawlers.roster import load_roster
from crawlers.saved_lists import parse_saved_list
from crawlers.site import Site, load_sites, sites_for_host
from normalizers.addresses import address_key, host_of, page_id
from normalizers.normalize import PageInput, normalize_policy
from normalizers.policy import SiteContext
from normalizers.regions import region_names
from pipelines.config import SHIPPED_SITES

pytestmark = pytest.mark.slow

CORE = 147
# A list address that a family claims at least this surely is no other family's.
CLAIM = 0.5
# Families whose every list address tells them.
TELLING = frozenset({"cac", "finecms", "gkmlpt", "ilist", "jeecms", "nfra", "npc", "rt"})
# The shapes of list addresses of families whose columns may also look like anybody's.
SHAPES = {
    "ankang": re.compile(r"/Node-\d+\.html$|/norm/library/s$"),
    "gov_cn": re.compile(r"/zhengce/|/search-gov/data\?t=\w+$"),
    "hebei": re.compile(r"/columns/[0-9a-f]{8}-[0-9a-f-]{27}/index\.html$"),
    "jcms": re.compile(
        r"/col/col\d+/|/module/xxgk/search\.jsp\?|//www\.(?:miit|mofcom|mohurd|samr)\.gov\.cn/"
    ),
    "longxun": re.compile(r"/(?:public|content)/column/\d+|/site/tpl/\d+|/$|/index\.html$"),
    "n_content": re.compile(r"/n\d+/(?:n\d+/)*index\.html$"),
    "pclist": re.compile(r"/pc/list\.html$|/jx\w+/(?:col/)?\w+/index\.html$"),
    "vsb": re.compile(r"\.htm$"),
    "xa_publish": re.compile(r"/1\.html$|/$|/publish/wjk\.html$|/tzgg\.html$"),
}
# Shapes that only static pages of TRS, UCAP and their like never have.
NOT_STATIC = re.compile(r"/col/col\d+/|/gkmlpt/|/pc/list\.html|\.rt\b|/Node-\d+|\.jhtml|/public/column/")


@cache
def shipped() -> dict[str, Site]:
    return load_sites(SHIPPED_SITES)


def test_the_files_load_and_the_core_is_147() -> None:
    sites = shipped()
    assert len(sites) >= 300
    core = load_roster(SHIPPED_SITES, sites)
    assert core is not None and len(core) == CORE
    levels = {sites[name].level for name in core}
    assert levels == {"national", "provincial", "municipal", "county"}
    assert {sites[name].region[:2] for name in core if sites[name].level == "county"} == {"36", "61"}
    provinces = {site.region for site in map(sites.get, core) if site and site.name.endswith("人民政府")}
    assert len({code for code in provinces if code.endswith("0000")}) == 31


def test_places_and_hosts() -> None:
    names = region_names()
    folders: dict[str, set[str]] = defaultdict(set)
    files = {path.stem: path for path in SHIPPED_SITES.rglob("*.toml")}
    for site in shipped().values():
        assert all(host.endswith(".gov.cn") for host in site.hosts), site.id
        assert site.level == "national" or site.region in names, site.id
        assert re.search(r"[\u4e00-\u9fff]{3}", site.name), site.id
        folders[files[site.id].parent.name].add(site.region[:2])
    assert all(len(regions) == 1 for regions in folders.values()), folders
    assert len(folders) == 32


def test_no_file_claims_what_no_crawl_confirmed() -> None:
    for site in shipped().values():
        assert site.confirmed is None and re.match(r"20\d\d|list ", site.observed), site.id


def test_list_addresses_fit_their_platform() -> None:
    misfits = [
        f"{site.id}: {channel.list} ({site.platform})"
        for site in shipped().values()
        for channel in site.channels
        if not fits(site.platform, channel.list)
    ]
    assert not misfits, "\n".join(misfits)


def fits(platform: str, address: str) -> bool:
    """Whether no other family claims an address more surely, and it has a shape of its own family."""
    claims = {name: kind.recognises(SeenPage(address, "")).confidence for name, kind in PLATFORMS.items()}
    surest = max(claims.values())
    if surest >= CLAIM and claims[platform] < surest:
        return False
    if platform in TELLING and claims[platform] < CLAIM:
        return False
    if platform in ("trs", "ucap", "generic", "shanghai", "eportal") and NOT_STATIC.search(address):
        return False
    return platform not in SHAPES or bool(SHAPES[platform].search(address))


@pytest.mark.parametrize(
    ("platform", "address"),
    [
        ("trs", "https://www.yanshi.gov.cn/col/col123/index.html"),
        ("jcms", "https://www.yanshi.gov.cn/gkmlpt/index"),
        ("ucap", "https://www.yanshi.gov.cn/yszf/zcwj/pc/list.html"),
        ("gkmlpt", "https://www.yanshi.gov.cn/zcwj/"),
        ("vsb", "https://www.yanshi.gov.cn/zcwj/index.shtml"),
        ("generic", "https://www.yanshi.gov.cn/news_list.rt?channlId=1"),
    ],
)
def test_what_does_not_fit(platform: str, address: str) -> None:
    assert not fits(platform, address)


def test_first_requests_stay_on_the_hosts_of_the_site() -> None:
    for site in shipped().values():
        platform = PLATFORMS[site.platform](site)
        for channel in site.channels:
            request = platform.list_requests(channel)
            assert host_of(request.url) in site.hosts and request.page == 1, (site.id, channel.list)


def test_the_page_of_the_docs_is_up_to_date() -> None:
    sites, core = shipped(), load_roster(SHIPPED_SITES, shipped()) or ()
    written = PAGE.read_text("utf-8").partition(LEFT_OUT)[0]
    assert written == sites_part(sites, core), "run python -m benchmarks.roster"


def test_what_did_not_become_a_file_is_up_to_date(shared: Path) -> None:
    _, head, rest = PAGE.read_text("utf-8").partition(LEFT_OUT)
    survey = shared / "reference" / "sites.csv"
    assert head + rest == left_out_part(load_survey(survey), shipped()), "run python -m benchmarks.roster"
    assert "not judged" not in rest


def test_the_docs_name_every_platform() -> None:
    text = PAGE.with_name("site-files.md").read_text("utf-8")
    assert not [name for name in PLATFORMS if f"`{name}`" not in text]


def saved(shared: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a manifest of real pages whose site has a file."""
    rows = map(json.loads, (shared / "pages" / name).read_text("utf-8").splitlines())
    return [row for row in rows if row["url"] and sites_for_host(shipped(), host_of(row["url"]))]


def test_real_lists_read_with_their_site_files(shared: Path) -> None:
    rows = [row for row in saved(shared, "lists.jsonl") if "clone" not in row["scope"]]
    wrong = []
    for row in rows:
        data = (shared / "pages" / row["file"]).read_bytes()
        found = parse_saved_list(data, row["url"], shipped()).page.rows
        first = (found[0].title, row["first_item_date"] and str(found[0].date)) if found else None
        if (len(found), first) != (row["item_count"], (row["first_item_title"], row["first_item_date"])):
            wrong.append(f"{row['file']} {row['url']}: {len(found)} rows, {first}")
    assert len(rows) >= 20 and not wrong, "\n".join(wrong)


def test_real_details_read_with_their_site_files(shared: Path) -> None:
    rows = [row for row in saved(shared, "truth.jsonl") if row["in_visible_text"]["title"]]
    wrong = []
    for row in rows:
        data, url = (shared / "pages" / row["file"]).read_bytes(), row["url"]
        site = sites_for_host(shipped(), host_of(url))[0]
        channel, platform = site.channels[0], PLATFORMS[site.platform](site)
        hints = platform.parse_detail(data, url, platform.detail_hints(channel, {})).hints
        context = SiteContext(
            site.id, site.name, (channel.name,), "policy", site.level, site.region or None, date(2026, 11, 22)
        )
        policy = normalize_policy(PageInput(page_id(address_key(url)), url, data, None, hints), context)
        if policy.title != row["title"]:
            wrong.append(f"{row['file']} {site.id}: {policy.title}")
    assert len(rows) >= 40 and not wrong, "\n".join(wrong)
