"""Tables of real names of bodies and of real number prefixes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.authorities import authority_file, by_prefix, known_at_start, lookup, read_body, read_prefix
from normalizers.regions import NOWHERE, Near, read_region, read_table, region_names
from normalizers.signature import split_names

SHAANXI, XIAN, YANTA = Near("provincial", "610000"), Near("municipal", "610100"), Near("county", "610113")
NATION = Near("national", "")


@pytest.mark.parametrize(
    ("printed", "near", "name"),
    [
        ("国办", NOWHERE, "国务院办公厅"),
        ("国家发改委", NOWHERE, "国家发展和改革委员会"),
        ("发展改革委", NATION, "国家发展和改革委员会"),
        ("中华人民共和国国家发展和改革委员会", NOWHERE, "国家发展和改革委员会"),
        ("交 通 运 输 部", NOWHERE, "交通运输部"),
        ("住房城乡建设部", YANTA, "住房和城乡建设部"),
        ("市场监管总局办公厅", NOWHERE, "国家市场监督管理总局办公厅"),
        ("卫生健康委基层司", NOWHERE, "国家卫生健康委员会基层司"),
        ("中央网信办", NOWHERE, "国家互联网信息办公室"),
        ("环境保护部", NOWHERE, "环境保护部"),
        ("国家质检总局", NOWHERE, "国家质量监督检验检疫总局"),
        ("陕西省人民政府办公厅", NOWHERE, "陕西省人民政府办公厅"),
        ("省政府办公厅", SHAANXI, "陕西省人民政府办公厅"),
        ("省政府办公厅", XIAN, "陕西省人民政府办公厅"),
        ("省科技厅", YANTA, "陕西省科学技术厅"),
        ("市发改委", XIAN, "西安市发展和改革委员会"),
        ("市发改委", YANTA, "西安市发展和改革委员会"),
        ("发改委", XIAN, "西安市发展和改革委员会"),
        ("能源局", SHAANXI, "陕西省能源局"),
        ("能源局", NATION, "国家能源局"),
        ("国资委", SHAANXI, "陕西省国有资产监督管理委员会"),
        ("区教育局", YANTA, "西安市雁塔区教育局"),
        ("雁塔区教育局", NOWHERE, "西安市雁塔区教育局"),
        ("陕西省西安市雁塔区人民政府", NOWHERE, "西安市雁塔区人民政府"),
        ("平阳县应急管理局", NOWHERE, "平阳县应急管理局"),
        ("仙居县人民政府办公室", NOWHERE, "仙居县人民政府办公室"),
        ("县政府办", Near("county", "522725"), "瓮安县人民政府办公室"),
        ("武汉市工商局", NOWHERE, "武汉市工商行政管理局"),
        ("中共陕西省委办公厅", NOWHERE, "中共陕西省委员会办公厅"),
        ("中共西安市委", NOWHERE, "中共西安市委员会"),
        ("中国人民政治协商会议西安市委员会", NOWHERE, "政协西安市委员会"),
        ("陕西省人大常委会", NOWHERE, "陕西省人民代表大会常务委员会"),
        ("平阳县安委会", NOWHERE, "平阳县安全生产委员会"),
        ("区司法局（行政复议局）", Near("county", "330803"), "衢州市衢江区司法局"),
        ("省商务厅等17部门", SHAANXI, "陕西省商务厅"),
        ("国家统计局江西调查总队", NOWHERE, "国家统计局江西调查总队"),
        ("惠州仲恺高新技术产业开发区管委会", NOWHERE, "惠州市仲恺高新技术产业开发区管理委员会"),
    ],
)  # fmt: skip
def test_names_are_made_whole(printed: str, near: Near, name: str) -> None:
    body = lookup(printed, near)
    assert body is not None
    assert body.name == name


@pytest.mark.parametrize(
    ("printed", "near"),
    [
        ("发改委", NOWHERE),  # of the nation or of any place
        ("省政府办公厅", NOWHERE),
        ("市政府", NATION),
        ("鼓楼区教育局", NOWHERE),  # four districts have this name
        ("办公室", YANTA),
        ("演示科技有限公司", XIAN),
        ("昆山市建设工程招标投标管理办公室", NOWHERE),
        ("", NOWHERE),
    ],
)
def test_what_is_not_known_stays_unknown(printed: str, near: Near) -> None:
    assert lookup(printed, near) is None


@pytest.mark.parametrize(
    ("printed", "near", "level", "region"),
    [
        ("国务院", XIAN, "national", ""),
        ("省财政厅", XIAN, "provincial", "610000"),
        ("省林业局", NOWHERE, "provincial", ""),
        ("重庆市人民政府", NOWHERE, "provincial", "500000"),
        ("国家税务总局陕西省税务局", NOWHERE, "provincial", "610000"),
        ("国家统计局宜春调查队", NOWHERE, "municipal", "360900"),
        ("中国人民银行西安分行", NOWHERE, "municipal", "610100"),
        ("陕西证监局", NOWHERE, "provincial", "610000"),
        ("户县人民政府", NOWHERE, "county", "610118"),  # a district since 2016
        ("襄樊市人民政府", NOWHERE, "municipal", "420600"),
        ("杨凌示范区管委会", NOWHERE, "municipal", "610403"),
        ("佛山高新技术产业开发区管理委员会", NOWHERE, "county", "440600"),
        ("五良太乡", Near("county", "150124"), "township", "150124"),
        ("鼓楼区教育局", Near("municipal", "320100"), "county", "320106"),
        ("昆山市建设工程招标投标管理办公室", NOWHERE, "county", "320583"),
        ("区党委办公厅", Near("provincial", "450000"), "provincial", "450000"),
    ],
)
def test_level_and_region_of_bodies(printed: str, near: Near, level: str, region: str) -> None:
    reading = read_body(printed, near)
    assert reading is not None
    assert (reading.level, reading.region) == (level, region)


@pytest.mark.parametrize(
    ("prefix", "near", "year", "name"),
    [
        ("国办发", NOWHERE, 2023, "国务院办公厅"),
        ("国令", NOWHERE, None, "国务院"),
        ("中华人民共和国国务院令", NOWHERE, None, "国务院"),
        ("国家市场监督管理总局令", NOWHERE, None, "国家市场监督管理总局"),
        ("陕政办发", NOWHERE, 2023, "陕西省人民政府办公厅"),
        ("赣府厅发", NOWHERE, 2020, "江西省人民政府办公厅"),
        ("渝府令", NOWHERE, 2020, "重庆市人民政府"),
        ("沪府规", NOWHERE, 2020, "上海市人民政府"),
        ("发改能源规", NOWHERE, 2021, "国家发展和改革委员会"),
        ("财税", NOWHERE, 2020, "财政部"),
        ("商办流通函", NOWHERE, 2025, "商务部办公厅"),
        ("环发", NOWHERE, 2005, "国家环境保护总局"),
        ("环发", NOWHERE, 2012, "环境保护部"),
        ("环规财", NOWHERE, 2020, "生态环境部"),
        ("粤科函资字", NOWHERE, 2020, "广东省科学技术厅"),
        ("浙发改公管", NOWHERE, 2021, "浙江省发展和改革委员会"),
        ("沪教委高", NOWHERE, 2015, "上海市教育委员会"),
        ("穗卫函", NOWHERE, 2023, "广州市卫生健康委员会"),
        ("宁政发", Near("provincial", "640000"), 2020, "宁夏回族自治区人民政府"),
        ("宁政发", Near("municipal", "320100"), 2020, "南京市人民政府"),
        ("市政办发", XIAN, 2020, "西安市人民政府办公厅"),
        ("安政发", Near("municipal", "610900"), 2020, "安康市人民政府"),
        ("吉府发", Near("municipal", "360800"), 2020, "吉安市人民政府"),
        ("苏政发", Near("municipal", "320100"), 2020, "江苏省人民政府"),
    ],
)
def test_prefixes_lead_to_bodies(prefix: str, near: Near, year: int | None, name: str) -> None:
    body = by_prefix(prefix, near, year)
    assert body is not None
    assert body.name == name


@pytest.mark.parametrize("prefix", ["宁政发", "安政发", "建政发", "市政办发", "大政发", "演政办发", "令", ""])
def test_prefixes_of_several_bodies_lead_nowhere_alone(prefix: str) -> None:
    assert by_prefix(prefix) is None


def test_a_district_is_known_from_its_citys_site() -> None:
    reading = read_prefix("徐府发", Near("provincial", "310000"))
    assert reading is not None
    assert (reading.level, reading.region) == ("county", "310104")


def test_the_head_of_a_title() -> None:
    assert known_at_start("国家金融监督管理总局行政处罚信息公开表") == "国家金融监督管理总局"
    assert known_at_start("西安市人民政府办公厅政府信息公开年度报告") == "西安市人民政府办公厅"
    assert known_at_start("演示工作年度报告") == ""


def test_regions_beyond_the_official_table() -> None:
    near = Near("county", "990111", {"990000": "演示国", "990100": "云川省", "990111": "演练县"})
    for printed, level, region in (
        ("演示国财政部", "national", "990000"),
        ("云川省财政厅", "provincial", "990100"),
        ("演练县教育局", "county", "990111"),
    ):
        reading = read_body(printed, near)
        assert reading is not None
        assert (reading.level, reading.region) == (level, region)


@pytest.mark.parametrize(
    ("printed", "year", "name"),
    [
        ("国土资源部", 2015, "国土资源部"),
        ("国土资源部", 2024, "国土资源部"),
        ("自然资源部", 2015, "自然资源部"),
        ("广电总局", 2010, "国家广播电影电视总局"),
        ("广电总局", 2020, "国家广播电视总局"),
        ("广电总局", None, "国家广播电视总局"),
        ("国家计委", 1985, "国家计划委员会"),
        ("国家计委", 2001, "国家发展计划委员会"),
        ("国家工商行政管理局", 1995, "国家工商行政管理局"),
        ("工商总局", 2010, "国家工商行政管理总局"),
        ("林业部", 1990, "林业部"),
        ("中国铁路总公司", 2015, "中国铁路总公司"),
    ],
)
def test_names_and_the_years_of_their_bodies(printed: str, year: int | None, name: str) -> None:
    body = lookup(printed, year=year)
    assert body is not None and body.name == name


def test_every_row_is_sound() -> None:
    tables = authority_file()
    levels = {"national", "provincial", "municipal"}
    for body in tables.by_id.values():
        assert body.level in levels
        assert bool(body.region) == (body.level != "national")
        assert not body.region or body.region in region_names()
        assert not body.successor or body.successor in tables.by_id
        assert body.source
        assert body.valid_from is None or body.valid_to is None or body.valid_from <= body.valid_to
    assert len([b for b in tables.by_id.values() if b.id.endswith("0000-gov")]) == 31
    for row in (*read_table("departments.csv"), *read_table("divisions.csv")):
        assert row["source"]
    for row in read_table("divisions.csv"):
        assert row["region"] in region_names()


def test_every_listed_name_reads_as_itself() -> None:
    for body in authority_file().by_id.values():
        assert lookup(body.name) == body


@given(st.text(alphabet="省市区县政府办公厅委员会发改国家中共局部（）陕西安雁塔教育0a ", max_size=30), st.sampled_from(
    [NOWHERE, NATION, SHAANXI, XIAN, YANTA]
))  # fmt: skip
def test_any_text_is_read_or_unknown(text: str, near: Near) -> None:
    if body := lookup(text, near):
        again = lookup(body.name, near)
        assert again is None or again.name == body.name
    read_prefix(text, near)
    read_region(text, near)


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("中共中央 国务院", ("中共中央", "国务院")),
        ("中共中央国务院", ("中共中央", "国务院")),
        ("中共中央办公厅国务院办公厅", ("中共中央办公厅", "国务院办公厅")),
        ("财政部税务总局民政部", ("财政部", "税务总局", "民政部")),
        ("商务部办公厅", ("商务部办公厅",)),
        ("国家税务总局", ("国家税务总局",)),
        ("交 通 运 输 部", ("交通运输部",)),
        ("市政府办公室（市外办、市金融办）", ("市政府办公室（市外办、市金融办）",)),
        ("国家 互联网信息办公室", ("国家互联网信息办公室",)),
    ],
)
def test_names_printed_together_are_parted(printed: str, names: tuple[str, ...]) -> None:
    assert split_names(printed) == names
