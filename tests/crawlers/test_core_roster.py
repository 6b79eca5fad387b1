"""Which sites a night takes: the core roster by default, any other set when asked."""

from dataclasses import replace
from pathlib import Path

import pytest

from crawlers.permission import CrawlRefused, permitted_sites
from crawlers.roster import NAME
from crawlers.site import SiteFileError
from pipelines.config import Config, load_config

SITE = """name = "演示站（虚构）"
level = "municipal"
region = "990110"
platform = "trs"
base = "http://{id}.test/"
observed = "2026-11, fictional"

[[channel]]
name = "政策文件"
type = "policy"
list = "/zcwj/"
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    folder = tmp_path / "sites"
    folder.mkdir()
    for name in ("alpha", "beta", "gamma"):
        (folder / f"{name}.toml").write_text(SITE.format(id=name), "utf-8")
    return replace(load_config({}, {}, None), sites=folder)


def chosen(config: Config, pattern: str | None = None, names: tuple[str, ...] = ()) -> list[str]:
    return [site.id for site in permitted_sites(config, pattern, names)]


def test_without_a_roster_a_night_takes_all(config: Config) -> None:
    assert chosen(config) == ["alpha", "beta", "gamma"]


def test_the_roster_is_the_default_and_any_other_set_can_be_asked(config: Config) -> None:
    (config.sites / NAME).write_text("# 核心\nbeta\nalpha  # 门户\n\n", "utf-8")
    assert chosen(config) == ["alpha", "beta"]
    assert chosen(config, "*") == ["alpha", "beta", "gamma"]
    assert chosen(config, "g*") == ["gamma"]
    assert chosen(config, None, ("gamma",)) == ["gamma"]
    with pytest.raises(CrawlRefused, match="没有站点符合 'x\\*'"):
        chosen(config, "x*")
    for empty in ("", " "):
        with pytest.raises(CrawlRefused, match="--sites 是空的"):
            chosen(config, empty)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("alpha\ndelta\n", "第 2 行：没有站点 delta"),
        ("alpha\nbeta\nalpha\n", "第 3 行：alpha 已在第 1 行"),
        ("# 空\n", "没有任何站点"),
    ],
)
def test_mistakes_of_a_roster_are_named(config: Config, text: str, message: str) -> None:
    (config.sites / NAME).write_text(text, "utf-8")
    with pytest.raises(SiteFileError, match=message):
        permitted_sites(config)


def test_a_roster_that_is_no_text_is_named(config: Config) -> None:
    (config.sites / NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SiteFileError, match="无法读取"):
        permitted_sites(config)
