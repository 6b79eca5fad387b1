"""Facets as the results page shows them."""

import pytest

from index.engine import FacetCount
from portal.facets import MOST_VALUES, SHOWN_VALUES, Choice, RegionTree, facet_of, named_like, size
from portal.labels import Label

NAMES = {
    "610000": "陕西省",
    "610100": "西安市",
    "610102": "新城区",
    "610200": "铜川市",
    "460000": "海南省",
    "469001": "五指山市",
    "990000": "演示省",
}
LABEL = Label({"region": NAMES})
REGIONS = [
    FacetCount(code, count)
    for code, count in {
        "610000": 9,
        "610100": 5,
        "610102": 2,
        "460000": 3,
        "469000": 3,
        "469001": 3,
        "610200": 1,
        "990000": 1,
        "moon": 1,
    }.items()
]


def shape(choices: tuple[Choice, ...]) -> list[object]:
    return [
        (one.label, one.count, shape(one.below)) if one.below else (one.label, one.count) for one in choices
    ]


def test_regions_stand_below_the_region_they_belong_to() -> None:
    assert shape(RegionTree(REGIONS, (), LABEL).told()) == [
        ("陕西省", 9, [("西安市", 5, [("新城区", 2)]), ("铜川市", 1)]),
        ("海南省", 3, [("五指山市", 3)]),  # 469000 has no name and gives its place to its parts
        ("演示省", 1),
        ("moon", 1),
    ]


def test_the_way_to_what_is_chosen_is_open() -> None:
    shaanxi, hainan, *_ = RegionTree(REGIONS, ("610100",), LABEL).told()
    assert shaanxi.open and shaanxi.below[0].open and not shaanxi.below[1].open
    assert not hainan.open


def test_a_province_alone_is_open() -> None:
    (shaanxi,) = RegionTree([one for one in REGIONS if one.value.startswith("61")], (), LABEL).told()
    assert shaanxi.open and not shaanxi.below[0].open


def test_what_is_chosen_is_shown_where_nothing_has_it() -> None:
    facet = facet_of("region", [], ("610100",), LABEL)
    assert shape(tuple(facet.choices)) == [("西安市", 0)]
    facet = facet_of(
        "issuer", [FacetCount(f"演示{n}局", 99 - n) for n in range(60)], ("演示50局", "演示处"), LABEL
    )
    assert [one.label for one in facet.choices if one.chosen] == ["演示50局", "演示处"]
    assert len(facet.choices) == SHOWN_VALUES + 2
    assert len(facet.more) == MOST_VALUES
    assert len(facet.choices) + len(facet.more) + facet.others == 61


@pytest.mark.parametrize("chosen", [(), ("120000",), ("130100",)])
def test_a_whole_country_is_told_in_part(chosen: tuple[str, ...]) -> None:
    codes = [f"{p}{c:02}{d:02}" for p in range(11, 44) for c in range(12) for d in range(12)]
    counts = [FacetCount(code, 1) for code in codes]
    label = Label({"region": {code: f"演示{code}" for code in codes}})
    facet = facet_of("region", counts, chosen, label)
    told = (*facet.choices, *facet.more)
    assert size(told) < 260
    assert size(told) + facet.others == size(RegionTree(counts, chosen, label).told()) == len(codes)
    for code in chosen:
        assert any(one.chosen for province in told for one in (province, *province.below))
        (province,) = [one for one in told if one.value[:2] == code[:2]]
        assert len(province.below) >= 11


def test_a_small_tree_is_told_whole() -> None:
    facet = facet_of("region", REGIONS, (), LABEL)
    assert shape((*facet.choices, *facet.more)) == shape(RegionTree(REGIONS, (), LABEL).told())
    assert facet.others == 0


def test_many_codes_that_nobody_knows_do_not_fill_the_page() -> None:
    counts = [FacetCount(f"x{n}", 1) for n in range(5_000)]
    facet = facet_of("region", counts, ("x4000",), LABEL)
    told = (*facet.choices, *facet.more)
    assert len(told) < 260
    assert any(one.chosen for one in told)
    assert len(told) + facet.others == 5_000


def test_years_run_backwards_in_a_row() -> None:
    facet = facet_of("year", [FacetCount("2020", 9), FacetCount("2024", 1), FacetCount("2021", 5)], (), LABEL)
    assert [one.value for one in facet.choices] == ["2024", "2021", "2020"]


def test_levels_run_from_the_nation_down() -> None:
    counts = [FacetCount(value, 9 - n) for n, value in enumerate(("county", "moon", "national", "municipal"))]
    facet = facet_of("level", counts, ("provincial",), LABEL)
    assert [one.label for one in facet.choices] == ["国家", "省级", "市级", "县级", "moon"]


@pytest.mark.parametrize("wanted", ["民政", " 民政 "])
def test_names_with_a_part_that_begins_so_come_first(wanted: str) -> None:
    bodies = (
        "演示省人民政府",
        "模拟市民政局",
        "演示县人民法院",
        "演示自治区民政厅",
        "民政部",
        "中华人民共和国民政部",
    )
    found = named_like("issuer", [FacetCount(name, 1) for name in bodies], wanted, LABEL)
    assert [one.value for one in found] == [bodies[1], *bodies[3:], bodies[0]]


@pytest.mark.parametrize("wanted", ["銅川", "铜川", "610200"])
def test_names_are_found_in_traditional_characters_and_by_code(wanted: str) -> None:
    assert [one.value for one in named_like("region", REGIONS, wanted, LABEL)] == ["610200"]


@pytest.mark.parametrize("wanted", ["ＡＩ", "ai"])
def test_names_are_found_whatever_the_width_of_letters(wanted: str) -> None:
    counts = [FacetCount("演示县AI中心", 1), FacetCount("演示县中心", 1)]
    assert [one.value for one in named_like("issuer", counts, wanted, LABEL)] == ["演示县AI中心"]
