"""The country's promises: the same world every time, and the calendar of the first nights."""

import json
import tomllib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

import demo
from demo.country import STARTERS
from demo.history import DAY_ZERO, LADDER, date_of
from demo.world import World, main, write_authorities, write_regions, write_site_files

pytestmark = pytest.mark.slow

SIZES = [60, 200, 1000]


@pytest.fixture(scope="module")
def world() -> World:
    return World(documents=400, seed=7)


def _rows(world: World, day: int) -> dict[tuple[str, int], list[tuple[str, str, date]]]:
    return {
        (site.id, number): [(world.url(p), p.title, p.published) for p in world.listed(site.id, number, day)]
        for site in world.sites
        for number in range(len(site.channels))
    }


def test_same_seed_same_world_other_seed_another() -> None:
    first, again, other = (list(World(120, seed).truth(3)) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_a_day_is_the_same_however_one_arrives_there() -> None:
    jump, walk = World(120, 5), World(120, 5)
    for day in range(10):
        walk.extend(day)
        list(walk.truth(day))
    assert list(jump.truth(9)) == list(walk.truth(9))
    assert list(jump.truth(0)) == list(walk.truth(0))  # looking back is possible


@pytest.mark.parametrize("documents", SIZES)
def test_day_zero_lists_exactly_the_documents_asked_for(documents: int) -> None:
    world = World(documents)
    columns = [(site.id, number) for site in world.sites for number in range(len(site.channels))]
    assert sum(len(world.own(site, number, 0)) for site, number in columns) == documents
    truth = list(world.truth(0))
    assert len(truth) == documents
    assert len({row["url"] for row in truth}) == documents
    assert {row["status"] for row in truth} == {"live"}


@pytest.mark.parametrize(("documents", "seed"), [(60, 1), (200, 2), (900, 1)])
def test_day_one_has_twenty_new_five_edits_two_withdrawals_on_the_ladder(documents: int, seed: int) -> None:
    world = World(documents, seed)
    before = {row["url"]: row for row in world.truth(0)}
    after = {row["url"]: row for row in world.truth(1)}
    new = [row for url, row in after.items() if url not in before]
    gone = [url for url, row in after.items() if row["status"] == "withdrawn"]
    texts = {
        world.url(page): (world.text(page, 0), world.text(page, 1))
        for page in world.pages
        if page.appears <= 0
    }
    edited = [url for url, (old, now) in texts.items() if old != now]
    assert (len(new), len(edited), len(gone)) == (20, 5, 2)
    day_one = date_of(1)
    for url in [*edited, *gone]:
        assert (day_one - date.fromisoformat(before[url]["published_date"])).days in LADDER
        assert not before[url]["pinned"]
    assert world.news(1) == {"new": [r["url"] for r in new], "edited": edited, "withdrawn": gone}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_day_one_back_dates_two_pages_that_stay_on_page_one_but_not_first(seed: int) -> None:
    world = World(2000, seed)
    world.extend(1)
    late = [page for page in world.pages if page.appears == 1 and page.published != date_of(1)]
    assert len(late) == 2
    for page in late:
        assert 2 <= (date_of(1) - page.published).days <= 5
        place = [row.id for row in world.listed(page.site, page.channel, 1)].index(page.id)
        assert 0 < place < 15


def test_edits_leave_the_list_alone(world: World) -> None:
    today, tomorrow = _rows(world, 0), _rows(world, 1)
    gone = set(world.news(1)["withdrawn"])
    new = set(world.news(1)["new"])
    for channel, rows in today.items():
        assert [row for row in rows if row[0] not in gone] == [
            row for row in tomorrow[channel] if row[0] not in new
        ]


def test_day_two_is_quiet(world: World) -> None:
    assert world.news(2) == {"new": [], "edited": [], "withdrawn": []}
    assert _rows(world, 1) == _rows(world, 2)
    assert [world.text(p, 1) for p in world.pages] == [world.text(p, 2) for p in world.pages]


def test_weekends_are_quiet_and_workdays_are_not(world: World) -> None:
    for day in range(3, 17):
        busy = bool(world.news(day)["new"])
        assert busy == (date_of(day).weekday() < 5), date_of(day)


def test_lists_are_newest_first_but_for_the_pinned_row(world: World) -> None:
    pinned = 0
    for site in world.sites:
        for number, channel in enumerate(site.channels):
            rows = world.listed(site.id, number, 1)
            if channel.pinned:
                assert world.is_pinned(rows[0])
                pinned += 1
                rows = rows[1:]
            assert not any(world.is_pinned(page) for page in rows)
            dates = [page.published for page in rows]
            assert dates == sorted(dates, reverse=True)
    assert pinned == 3


def test_the_country_has_every_kind_of_event_and_form(world: World) -> None:
    truth = list(World(1500).truth(0))
    relations = Counter(relation["type"] for row in truth for relation in row["relations"])
    assert set(relations) == {"implements", "forwards", "amends", "repeals", "interprets", "reposts"}
    assert min(relations.values()) >= 10
    urls = {row["url"] for row in truth}
    assert all(relation["target"] in urls for row in truth for relation in row["relations"])
    attached = [row for row in truth if row["attachments"]]
    assert 0.15 < len(attached) / len(truth) < 0.25
    assert {a["kind"] for row in attached for a in row["attachments"]} == {
        "pdf",
        "docx",
        "ofd",
        "xlsx",
        "doc",
    }
    assert {row["level"] for row in truth} == {"national", "provincial", "municipal", "county"}
    mean = sum(row["body_chars"] for row in truth) / len(truth)
    assert 1200 < mean < 2500
    assert any(event["event"] == "edited" for row in truth for event in row["events"])


def test_history_spans_three_years_and_has_vanished_pages(world: World) -> None:
    days = [page.published for page in world.pages if page.appears <= 0]
    assert timedelta(days=1000) < DAY_ZERO - min(days) < timedelta(days=1100)
    ghosts = [page for page in world.pages if page.withdrawn is not None and page.withdrawn <= 0]
    assert ghosts
    assert not {world.url(page) for page in ghosts} & {row["url"] for row in world.truth(1)}


def test_dates_and_numbers_make_sense(world: World) -> None:
    for row in world.truth(1):
        if row["written_date"]:
            assert row["written_date"] <= row["published_date"]
        if row["effective_date"]:
            assert row["written_date"] <= row["effective_date"]
        if row["content_type"] == "interpretation":
            assert row["doc_number"] is None and row["written_date"] is None and row["issuers"] == []
    numbers = Counter(
        row["doc_number"]
        for row in world.truth(1)
        if row["doc_number"] and not any(r["type"] == "reposts" for r in row["relations"])
    )
    assert max(numbers.values()) == 1


def test_relations_are_written_in_the_text(world: World) -> None:
    for page in world.pages:
        for relation in page.relations:
            target = world.pages[relation.target]
            assert target.published <= page.published
            if relation.type != "reposts":
                assert target.cited in world.text(page, 0) or target.title in world.text(page, 0)


def test_regions_and_bodies_fit_together(tmp_path: Path) -> None:
    codes = {code: parent for code, _, _, parent in demo.regions()}
    assert all(code.startswith("99") for code in codes)
    assert all(parent in codes or not parent for parent in codes.values())
    bodies = demo.authorities()
    assert {body.region for body in bodies} <= set(codes)
    prefixes = [prefix for body in bodies for prefix in body.prefixes]
    assert len(prefixes) == len(set(prefixes))
    names = [name for body in bodies for name in (body.name, *body.aliases)]
    assert len(names) == len(set(names))
    write_regions(tmp_path / "regions.csv")
    write_authorities(tmp_path / "bodies.csv")
    assert len((tmp_path / "regions.csv").read_text(encoding="utf-8").splitlines()) == len(codes) + 1
    assert all(
        line.count(",") == 5 for line in (tmp_path / "bodies.csv").read_text(encoding="utf-8").splitlines()
    )


def test_147_sites_of_the_commonest_families_and_odd_ones() -> None:
    assert len(demo.SITES) == len({site.id for site in demo.SITES}) == 147
    families = Counter(site.platform for site in demo.SITES)
    assert [name for name, _ in families.most_common(3)] == ["trs", "ucap", "jcms"]
    common = {
        "trs",
        "ucap",
        "jcms",
        "vsb",
        "longxun",
        "pclist",
        "xa_publish",
        "gkmlpt",
        "nfcms",
        "finecms",
        "gov_cn",
    }
    assert common <= set(families)
    assert len(set(families) - common) >= 5
    assert {site.region for site in demo.SITES} == {code for code, *_ in demo.regions()}
    assert Counter(site.level for site in demo.SITES).keys() == {
        "national",
        "provincial",
        "municipal",
        "county",
    }


def test_site_files_are_what_an_operator_would_write(tmp_path: Path) -> None:
    paths = write_site_files(tmp_path / "sites", 9001)
    names = (tmp_path / "sites" / "core.roster").read_text(encoding="utf-8").splitlines()[1:]
    assert names == [path.stem for path in paths] == [site.id for site in demo.SITES]
    for path, site in zip(paths, demo.SITES, strict=True):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        assert data["base"] == f"http://{site.id}.test:9001/"
        assert data["platform"] == site.platform
        assert [channel["name"] for channel in data["channel"]] == [channel.name for channel in site.channels]
        assert all(set(channel) == {"name", "type", "list"} for channel in data["channel"])


def test_a_large_country_fills_every_column_and_knows_what_paging_reaches() -> None:
    world = World(2500)
    assert world.sites == demo.SITES
    lost = 0
    for site in world.sites:
        for number, channel in enumerate(site.channels):
            own = {page.id for page in world.own(site.id, number, 0)}
            reached = {page.id for page in world.reachable(site.id, number, 0)}
            assert own
            assert own == reached & own or channel.limited
            lost += len(own - reached)
    assert lost == sum(not row["reachable"] for row in world.truth(0))


def test_sites_with_soft_404_go_on_listing_what_is_gone() -> None:
    world = World(1000)
    for site in (site for site in world.sites if site.soft404):
        columns = range(len(site.channels))
        listed = [page for number in columns for page in world.listed(site.id, number, 0)]
        gone = [page for page in listed if not page.is_live(0)]
        assert len(gone) == 1
        assert not any(page in world.reachable(site.id, number, 0) for page in gone for number in columns)


def test_small_worlds_have_the_sites_they_can_fill() -> None:
    assert [site.id for site in World(60).sites] == [site.id for site in demo.SITES if site.id in STARTERS]
    assert [site.id for site in World(60, sites=("moni", "shifan")).sites] == ["shifan", "moni"]


def test_the_command_writes_the_truth(tmp_path: Path) -> None:
    out = tmp_path / "truth.jsonl"
    main(["--day", "1", "--documents", "60", "--seed", "9", "--out", str(out)])
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert rows == json.loads(json.dumps(list(World(60, 9).truth(1))))


def test_a_world_needs_a_few_documents() -> None:
    with pytest.raises(ValueError, match="at least 60"):
        World(documents=10)
