"""Every platform reads the demo country's drawing of its family, which knows nothing of the platform."""

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from made_sites import Client, client_of, local

from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import Platform
from crawlers.platforms.list_requests import ListRequest
from crawlers.platforms.recognition import SeenPage
from crawlers.site import Channel, Site, load_site
from crawlers.walk import Walk
from demo.pages import Page, plain
from demo.world import World, site_file
from normalizers.normalize import PageInput, normalize_policy
from normalizers.page import ListRow
from normalizers.policy import Policy, SiteContext
from pipelines.items import ChannelState, FirstPage, Verdict

pytestmark = pytest.mark.slow

FAMILIES = (
    "ankang", "aspx", "cac", "ds_json", "eportal", "epoint", "finecms", "gkmlpt", "gov_cn", "hebei", "ilist", "index_pc",
    "jcms-jpaas", "jcms-xxgk", "jeecms", "longxun", "n_content", "nfcms", "nfra", "pclist", "rt", "shanghai", "szinf",
    "truecms", "vsb", "xa_publish",
)  # fmt: skip
KINDS = ("portal", "department")
# Their details are drawn as those of another family, or as no family's: the list tells them apart.
KNOWN_BY_LIST = ("aspx", "gov_cn", "szinf", "truecms")
FRESH = ChannelState(complete=False, backfill_page=0, deep_due=False, deep_page=0, first=FirstPage(), known=0)
PAGES_A_COLUMN = 3


@cache
def world() -> World:
    return World(documents=900, seed=5)


def platform_of(client: Client, folder: Path) -> tuple[Site, Platform]:
    """The platform with the site file that the demo writes."""
    path = folder / f"{client.view.site.id}.toml"
    path.write_text(site_file(client.view.site, 80), encoding="utf-8")
    site = load_site(path)
    return site, PLATFORMS[site.platform](site)


def ask(client: Client, request: ListRequest) -> bytes:
    """The answer to a request as the spider sends it."""
    form = dict(request.form) or None
    data = json.loads(request.json) if request.json else None
    reply = client.reply(local(request.url), form, data)
    assert reply is not None and reply.status == 200, request
    return reply.body


def walk_all(client: Client, platform: Platform, channel: Channel) -> tuple[list[ListRow], dict[str, str]]:
    """The rows of a first pass over a channel in order, and where their contents are asked."""
    walk, rows, contents = Walk(channel.name, FRESH), list[ListRow](), dict[str, str]()
    request: ListRequest | None = walk.begin(platform.list_requests(channel))
    number = 1
    while request is not None:
        page = platform.parse_list(ask(client, request), request.url, channel)
        if (source := walk.hop(page, request)) is not None:
            request = source
            continue
        rows += page.rows
        contents |= page.contents
        request = walk.take(page, number, page.rows, [Verdict.NEW] * len(page.rows))
        number += 1
    assert walk.failure is None
    return rows, contents


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_first_pass_finds_every_row(family: str, kind: str, tmp_path: Path) -> None:
    client = client_of(world(), family, kind)
    site, platform = platform_of(client, tmp_path)
    dialect = client.shelf.dialect
    for place, channel in enumerate(site.channels):
        rows, contents = walk_all(client, platform, channel)
        pages = client.shelf.columns[place]
        found = list(dict.fromkeys(local(row.url) for row in rows))
        assert found == [client.shelf.path(page) for page in pages]
        by_path = {client.shelf.path(page): page for page in pages}
        for row in rows:
            page = by_path[local(row.url)]
            assert (
                row.date == page.published.isoformat()
                if isinstance(row.date, str)
                else row.date == page.published
            )
            cut = row.title.rstrip("….")
            assert row.title == page.title or page.title.startswith(cut)
            if place_of := dialect.content_path(client.view.site, page):
                assert local(contents[row.url]) == place_of


def read(client: Client, platform: Platform, channel: Channel, page: Page) -> tuple[Policy, set[str]]:
    """What the platform and the normalizers make of a page, and the addresses of its annexes."""
    dialect, view = client.shelf.dialect, client.view
    place = dialect.content_path(view.site, page) or client.shelf.path(page)
    reply = client.reply(place)
    assert reply is not None
    url = f"http://{view.site.id}.test:80{client.shelf.path(page)}"
    detail = platform.parse_detail(reply.body, url, platform.detail_hints(channel, {}))
    site = platform.site
    context = SiteContext(
        site.id, site.name, (channel.name,), channel.type, site.level, site.region, date(2026, 3, 5)
    )
    policy = normalize_policy(PageInput("x", url, reply.body, None, detail.hints), context)
    return policy, {local(link.url) for link in detail.attachments}


def bare(text: str | None) -> str:
    return re.sub(r"\s+", "", text or "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_details_are_read(family: str, kind: str, tmp_path: Path) -> None:
    client = client_of(world(), family, kind)
    site, platform = platform_of(client, tmp_path)
    dialect = client.shelf.dialect
    for place, channel in enumerate(site.channels):
        with_files = [page for page in client.shelf.columns[place] if page.attachments][:2]
        for page in client.shelf.columns[place][:PAGES_A_COLUMN] + with_files:
            policy, files = read(client, platform, channel, page)
            body = bare(plain(client.view.body(page)))
            assert bare(policy.title) == bare(page.title)
            assert policy.published_date == page.published
            assert bare(policy.text)[:15] == body[:15]
            assert bare(policy.text)[-15:] == body[-15:]
            assert files == {
                dialect.attachment_path(client.view.site, page, number)
                for number in range(len(page.attachments))
            }
            if page.content_type != "interpretation":
                assert (policy.doc_number or "", policy.index_number) == (page.number, page.index_number)
                assert policy.written_date == page.written


def best(url: str, text: str) -> str:
    """The platform that is surest of a page."""
    return max(
        (kind.recognises(SeenPage(url, text)) for kind in PLATFORMS.values()), key=lambda r: r.confidence
    ).platform


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_pages_are_recognised(family: str, kind: str, tmp_path: Path) -> None:
    client = client_of(world(), family, kind)
    site, platform = platform_of(client, tmp_path)
    url = urlsplit(site.channels[0].list)._replace(fragment="").geturl()
    reply = client.reply(local(url)) or client.reply(local(url), {})
    assert reply is not None
    assert best(url, reply.body.decode("gb18030" if b"gb2312" in reply.body else "utf-8")) == platform.name
    if family not in KNOWN_BY_LIST:
        page = client.shelf.columns[0][0]
        detail = client.shelf.dialect.detail(client.view, page)
        assert best(f"http://{site.id}.test:80{client.shelf.path(page)}", detail) == platform.name
