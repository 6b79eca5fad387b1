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


def test_private_channels_are_on_only_by_name(tmp_path: Path) -> None:
    text = GOOD.replace('"policy"', '"disclosure_request"')
    assert not load_site(write(tmp_path, text)).active
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
    ('"990100"', "990100", "region", "非空文字"),
    ('"990100"', '"9901"', "region", "GB/T 2260"),
    ("region =", "# region =", "region", "缺少这个键"),
    ('"trs"', '"trss"', "platform", "是否想写 trs？可用的值：generic"),
    ('"https://www.yanshi.gov.cn/"', '"www.yanshi.gov.cn"', "base", "http://"),
    ('"https://www.yanshi.gov.cn/"', '"ftp://www.yanshi.gov.cn/"', "base", "http://"),
    ('"https://www.yanshi.gov.cn/"', '"https://[bad/"', "base", "http://"),
    ("base =", "# base =", "base", "缺少这个键"),
    ("observed =", 'hosts = "a.gov.cn"\nobserved =', "hosts", "主机名列表"),
    ("observed =", 'hosts = ["https://a.gov.cn/"]\nobserved =', "hosts", "主机名列表"),
    ("observed =", "# observed =", "observed", "必须且只能写一个"),
    ("observed =", "confirmed = 2026-12-01\nobserved =", "observed", "必须且只能写一个"),
    ('"2026-04, list markup seen in public code"', '""', "observed", "非空文字"),
    ('observed = "2026-04, list markup seen in public code"', 'confirmed = "12-01"', "confirmed", "应为日期"),
    ('observed = "2026-04, list markup seen in public code"', "confirmed = 2026-13-01", "", "TOML"),
    ('"policy"', '"polcy"', "channel[1].type", "是否想写 policy？"),
    ("type =", "# type =", "channel[1].type", "缺少这个键"),
    ("list =", "# list =", "channel[1].list", "缺少这个键"),
    ('"/zwgk/zcwj/"', '"https://other.gov.cn/zwgk/"', "channel[1].list", "写入 hosts"),
    ('"/zwgk/zcwj/"', '"http://[bad/"', "channel[1].list", "写入 hosts"),
    ("list =", "lists =", "channel[1].lists", "是否想写 list？"),
    ("list =", "enabled = 1\nlist =", "channel[1].enabled", "true 或 false"),
    ("list =", 'api.channel_id = "1"\nlist =', "channel[1].api.channel_id", "没有这个键"),
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
