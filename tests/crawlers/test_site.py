"""Site files: what a good one gives, and one clear error for each kind of mistake."""

from datetime import date
from pathlib import Path

import pytest

from crawlers.site import SiteFileError, load_site, load_sites, sites_for_host

GOOD = """
name = "演示市人民政府"
level = "municipal"
region = "990100"
platform = "trs"
base = "https://www.yanshi.gov.cn/"
observed = "2026-04, list markup seen in public code"

[[channel]]
name = "政策文件"
type = "policy"
list = "/zwgk/zcwj/"
"""


def write(folder: Path, text: str, name: str = "yanshi.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file(tmp_path: Path) -> None:
    text = GOOD.replace("observed = ", 'hosts = ["zwgk.yanshi.gov.cn"]\nobserved = ')
    text += '\n[channel.selectors]\nitem = "ul.a li"\nremove = [".b", ".c"]\n'
    text += '\n[[channel]]\nname = "市长信箱"\ntype = "letter"\nlist = "https://zwgk.yanshi.gov.cn/xx/"\n'
    text += '\n[fetch]\ndelay = 5\n\n[selectors]\nbody = "#zoom"\n'
    site = load_site(write(tmp_path, text))
    assert (site.id, site.fetch.delay, site.fetch.concurrency) == ("yanshi", 5.0, 1)
    assert site.hosts == {"www.yanshi.gov.cn", "zwgk.yanshi.gov.cn"}
    assert [channel.list for channel in site.channels] == [
        "https://www.yanshi.gov.cn/zwgk/zcwj/",
        "https://zwgk.yanshi.gov.cn/xx/",
    ]
    assert site.channels[0].selectors == {"body": ("#zoom",), "item": ("ul.a li",), "remove": (".b", ".c")}
    assert [channel.name for channel in site.active] == ["政策文件"]


def test_a_whole_address_of_the_first_list_tells_the_base(tmp_path: Path) -> None:
    text = GOOD.replace("base =", "# base =").replace('"/zwgk/', '"https://zwgk.yanshi.gov.cn:81/zwgk/')
    text += '\n[[channel]]\nname = "公报"\ntype = "gazette"\nlist = "/gb/"\n'
    site = load_site(write(tmp_path, text))
    assert (site.base, site.hosts) == ("https://zwgk.yanshi.gov.cn:81/", {"zwgk.yanshi.gov.cn"})
    assert site.channels[1].list == "https://zwgk.yanshi.gov.cn:81/gb/"
    for address in ("http://10.0.0.1/a/", "ftp://a.gov.cn/", "http://[bad/"):
        with pytest.raises(SiteFileError, match="base："):
            load_site(
                write(tmp_path, text.replace("https://zwgk.yanshi.gov.cn:81/zwgk/zcwj/", address), "b.toml")
            )


def test_private_channels_are_on_only_by_name(tmp_path: Path) -> None:
    text = GOOD.replace('"policy"', '"disclosure_request"')
    with pytest.raises(SiteFileError, match="channel：没有启用的栏目"):
        load_site(write(tmp_path, text))
    assert load_site(write(tmp_path, text + "enabled = true\n")).active


def test_confirmed_is_a_day(tmp_path: Path) -> None:
    text = GOOD.replace('observed = "2026-04, list markup seen in public code"', "confirmed = 2026-12-01")
    assert load_site(write(tmp_path, text)).confirmed == date(2026, 12, 1)


MISTAKES = [
    ('name = "演示市人民政府"', 'name = "演示', "", "不是有效的 TOML"),
    ("name =", "nme =", "nme", "是否想写 name？可用的键：name、level"),
    ("name =", "# name =", "name", "缺少这个键"),
    ('name = "演示市人民政府"', "name = 3", "name", "非空文字"),
    ("level =", "# level =", "level", "缺少这个键"),
    ('"municipal"', '"municpal"', "level", "是否想写 municipal？可用的值：national"),
    ('"990100"', "990100", "region", '应写成文字，加引号，例如 region = "990100"'),
    ('"990100"', "true", "region", "非空文字"),
    ("region =", "# region =", "region", "缺少这个键"),
    ('"trs"', '"trss"', "platform", "是否想写 trs？可用的值："),
    ('"https://www.yanshi.gov.cn/"', '"www.yanshi.gov.cn"', "base", "http://"),
    ('"https://www.yanshi.gov.cn/"', '"ftp://www.yanshi.gov.cn/"', "base", "http://"),
    ('"https://www.yanshi.gov.cn/"', '"https://[bad/"', "base", "http://"),
    ("base =", "# base =", "base", "缺少这个键"),
    ("www.yanshi.gov.cn/", "www.yanshi.gov.cn:65536/", "base", "端口应在 1 到 65535 之间"),
    ("www.yanshi.gov.cn/", "www.yanshi.gov.cn:0/", "base", "端口应在 1 到 65535 之间"),
    ("www.yanshi.gov.cn/", "10.1.2.3/", "base", "10.1.2.3 不是公网地址"),
    ("www.yanshi.gov.cn/", "127.0.0.1:8080/", "base", "不是公网地址"),
    ("www.yanshi.gov.cn/", "300.1.2.3/", "base", "不是公网地址"),
    ("observed =", 'hosts = ["192.168.0.1"]\nobserved =', "hosts", "192.168.0.1 不是公网地址"),
    ("observed =", 'hosts = "a.gov.cn"\nobserved =', "hosts", "主机名列表"),
    ("observed =", 'hosts = ["https://a.gov.cn/"]\nobserved =', "hosts", "主机名列表"),
    ("observed =", "# observed =", "observed", "必须且只能写一个"),
    ("observed =", "confirmed = 2026-12-01\nobserved =", "observed", "必须且只能写一个"),
    ('"2026-04, list markup seen in public code"', '""', "observed", "非空文字"),
    ('observed = "2026-04, list markup seen in public code"', 'confirmed = "12-01"', "confirmed", "应为日期"),
    ('observed = "2026-04, list markup seen in public code"', "confirmed = 2026-13-01", "", "TOML"),
    (
        'observed = "2026-04, list markup seen in public code"',
        "confirmed = 2206-12-01",
        "confirmed",
        "2206 年",
    ),
    ("level =", 'name = "又一个"\nlevel =', "", "第 3 行：同一个键或表写了两次；只留其中一处"),
    ("[[channel]]", "[fetch]\n[fetch]\n[[channel]]", "", "第 10 行：同一个键或表写了两次"),
    (
        "[[channel]]",
        'channel = [{ name = "一", type = "policy", list = "/a/" }]\n[[channel]]',
        "",
        "channel = [...] 不能与 [[channel]] 并用，请把那一行也改写成 [[channel]]",
    ),
    ('"policy"', '"polcy"', "channel[1].type", "是否想写 policy？"),
    ("type =", "# type =", "channel[1].type", "缺少这个键"),
    ("list =", "# list =", "channel[1].list", "缺少这个键"),
    ('"/zwgk/zcwj/"', '"https://other.gov.cn/zwgk/"', "channel[1].list", "写入 hosts"),
    ('"/zwgk/zcwj/"', '"http://[bad/"', "channel[1].list", "写入 hosts"),
    ("list =", "lists =", "channel[1].lists", "是否想写 list？"),
    ("list =", "enabled = 1\nlist =", "channel[1].enabled", "true 或 false"),
    ("list =", 'api.channel_id = "1"\nlist =', "channel[1].api.channel_id", "没有这个键"),
    ("list =", 'api.paging = "/list?page=1"\nlist =', "channel[1].api.paging", "应含 {n}"),
    ("list =", 'api.paging = "//a.gov.cn/{n}"\nlist =', "channel[1].api.paging", "写入 hosts"),
    ("list =", "api.paging = true\nlist =", "channel[1].api.paging", "文字或整数"),
    ("list =", "enabled = false\nlist =", "channel", "没有启用的栏目"),
    ("list =", 'selectors.itm = "li"\nlist =', "channel[1].selectors.itm", "是否想写 item？"),
    ("list =", 'selectors.item = "li["\nlist =', "channel[1].selectors.item", "无效"),
    ("list =", "selectors.item = 3\nlist =", "channel[1].selectors.item", "CSS 选择器"),
    ("[[channel]]", "[fetch]\ndelay = 0\n[[channel]]", "fetch.delay", "只有 .test 主机"),
    ("[[channel]]", "[fetch]\ndelay = -1\n[[channel]]", "fetch.delay", "0 到 600"),
    ("[[channel]]", '[fetch]\ndelay = "2"\n[[channel]]', "fetch.delay", "0 到 600"),
    ("[[channel]]", "[fetch]\ndealy = 2\n[[channel]]", "fetch.dealy", "是否想写 delay？"),
    ("[[channel]]", "[fetch]\nconcurrency = 1.5\n[[channel]]", "fetch.concurrency", "整数"),
    ("[[channel]]", '[fetch]\nreferer = "/a"\n[[channel]]', "fetch.referer", "完整地址"),
    ("[[channel]]", "[expect]\nmin_items = -1\n[[channel]]", "expect.min_items", "整数"),
    ("[[channel]]", "[channel]", "channel", "至少需要一个"),
]


@pytest.mark.parametrize(("old", "new", "key", "message"), MISTAKES)
def test_each_mistake_is_one_clear_line(tmp_path: Path, old: str, new: str, key: str, message: str) -> None:
    assert old in GOOD
    write(tmp_path, GOOD.replace(old, new, 1), "a/yanshi.toml")
    with pytest.raises(SiteFileError) as caught:
        load_sites(tmp_path)
    wrong = [
        mistake for mistake in caught.value.mistakes if mistake.key == key and message in mistake.message
    ]
    assert len(wrong) == 1, str(caught.value)
    assert str(wrong[0]).startswith("a/yanshi.toml：") and "\n" not in str(wrong[0])
    # A wrong spelling of a required key is also a missing key; nothing else may be reported twice.
    assert len(caught.value.mistakes) <= 2, str(caught.value)


def test_the_paging_of_an_interface(tmp_path: Path) -> None:
    text = f'{GOOD}[channel.api]\npaging = "/api/list?page={{n}}"\n'
    assert load_site(write(tmp_path, text)).channels[0].api == {"paging": "/api/list?page={n}"}


@pytest.mark.parametrize(
    ("level", "region", "message"),
    [
        ("national", "610000", "国家级站点不写 region"),
        ("provincial", "610200", "610200 与 level = 'provincial' 不符：省级代码以 0000 结尾"),
        ("municipal", "610000", "610000 与 level = 'municipal' 不符：市级代码以 00 结尾而不以 0000 结尾"),
        ("municipal", "610202", "610202 与 level = 'municipal' 不符：市级代码以 00 结尾而不以 0000 结尾"),
        (
            "municipal",
            "610200001",
            "610200001 与 level = 'municipal' 不符：市级代码以 00 结尾而不以 0000 结尾",
        ),
        ("county", "610200", "610200 与 level = 'county' 不符：县级代码为 6 位，不以 00 结尾"),
        ("township", "610202", "610202 与 level = 'township' 不符：乡镇代码为 9 或 12 位"),
    ],
)
def test_regions_that_do_not_fit_their_level(tmp_path: Path, level: str, region: str, message: str) -> None:
    text = GOOD.replace('"municipal"', f'"{level}"').replace('"990100"', f'"{region}"')
    with pytest.raises(SiteFileError) as caught:
        load_site(write(tmp_path, text))
    assert str(caught.value) == f"yanshi.toml：region：{message}"


@pytest.mark.parametrize(
    ("level", "region"),
    [
        ("national", "990000"),  # a fictional country has codes of its own
        ("provincial", "990100"),
        ("provincial", "610000"),
        ("municipal", "610200"),
        ("municipal", "429006"),  # 天门, governed by the province
        ("county", "429006"),
        ("county", "110101"),  # a district of a 直辖市
        ("township", "610202001"),
        ("township", "610202001001"),
    ],
)
def test_regions_that_fit_their_level(tmp_path: Path, level: str, region: str) -> None:
    text = GOOD.replace('"municipal"', f'"{level}"').replace('"990100"', f'"{region}"')
    assert load_site(write(tmp_path, text)).region == region


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), "文件以 BOM 开头；请另存为不带 BOM 的 UTF-8"),
        (GOOD.encode("utf-16"), "文件是 UTF-16 编码；请另存为不带 BOM 的 UTF-8"),
        (GOOD.encode("gbk"), "不是 UTF-8 编码（第 2 行起；可能是 GBK）；请另存为 UTF-8"),
    ],
)
def test_a_file_in_another_encoding(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.toml").write_bytes(data)
    with pytest.raises(SiteFileError) as caught:
        load_sites(tmp_path)
    assert str(caught.value) == f"a.toml：{message}"


def test_a_folder_named_like_a_site_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.toml/b.toml")
    with pytest.raises(SiteFileError) as caught:
        load_sites(tmp_path)
    assert str(caught.value) == "a.toml：这是文件夹，不是站点文件；文件夹名不要以 .toml 结尾"


def test_two_channels_of_one_list(tmp_path: Path) -> None:
    second = '[[channel]]\nname = "又一栏"\ntype = "policy"\nlist = "https://www.yanshi.gov.cn/zwgk/zcwj/"\n'
    with pytest.raises(SiteFileError) as caught:
        load_site(write(tmp_path, GOOD + second))
    assert str(caught.value) == "yanshi.toml：channel[2].list：与 channel[1] 的地址和选择器相同"
    apart = load_site(write(tmp_path, GOOD + second + 'selectors.item = "ul.b li"\n'))
    assert len(apart.active) == 2


def test_two_files_of_one_site(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.toml")
    write(tmp_path, GOOD.replace("演示市", "演示县"), "b.toml")
    with pytest.raises(SiteFileError) as caught:
        load_sites(tmp_path)
    assert str(caught.value) == "b.toml：base：与 a.toml 是同一个站点：base 与全部栏目的地址都相同"
    write(tmp_path, GOOD.replace("/zwgk/zcwj/", "/gb/"), "b.toml")
    assert set(load_sites(tmp_path)) == {"a", "b"}


def test_no_channel_at_all_and_two_of_one_name(tmp_path: Path) -> None:
    write(tmp_path, GOOD.split("[[channel]]")[0], "a.toml")
    write(tmp_path, GOOD + "[[channel]]" + GOOD.split("[[channel]]")[1], "b.toml")
    with pytest.raises(SiteFileError) as caught:
        load_sites(tmp_path)
    assert str(caught.value).splitlines() == [
        "a.toml：channel：至少需要一个 [[channel]]",
        "b.toml：channel[2].name：栏目名 '政策文件' 重复",
    ]


def test_all_mistakes_of_all_files_come_together(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace('"trs"', '"x"').replace('"policy"', '"y"'), "a.toml")
    write(tmp_path, GOOD, "b/c.toml")
    write(tmp_path, GOOD, "d/c.toml")
    write(tmp_path, GOOD, "d/坏.toml")
    with pytest.raises(SiteFileError) as caught:
        load_sites(tmp_path)
    assert [mistake.file for mistake in caught.value.mistakes] == [
        "a.toml",
        "a.toml",
        "d/c.toml",
        "d/坏.toml",
    ]


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SiteFileError, match="不存在"):
        load_sites(tmp_path / "none")


def test_sites_of_a_host(tmp_path: Path) -> None:
    write(
        tmp_path,
        GOOD.replace("www.", "zwgk.").replace("level", 'hosts = ["www.yanshi.gov.cn"]\nlevel'),
        "a.toml",
    )
    write(tmp_path, GOOD, "b.toml")
    sites = load_sites(tmp_path)
    assert [site.id for site in sites_for_host(sites, "www.yanshi.gov.cn")] == ["b", "a"]
    assert sites_for_host(sites, "nowhere.gov.cn") == []
