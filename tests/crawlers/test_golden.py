"""Golden files of every site that must have some: the shipped ones, and two of the demo country as an example."""

import shutil
from pathlib import Path

import pytest

from crawlers.golden import GoldenError, compare_golden, golden_folder, needs_golden
from crawlers.site import load_sites
from pipelines.config import SHIPPED_SITES

EXAMPLES = Path(__file__).resolve().parent.parent / "golden_sites"


def complaints(folder: Path) -> list[str]:
    """What is wrong with the golden files below a folder of site files, a line each (Chinese)."""
    lines: list[str] = []
    for site in load_sites(folder).values():
        golden = golden_folder(next(folder.rglob(f"{site.id}.toml")))
        if not golden.exists():
            if needs_golden(site):
                lines.append(
                    f"{site.id}：缺少样本 {golden.name}，用 zhengce site check {site.id} --record 存样本"
                )
            continue
        try:
            lines += [f"{site.id}：{line}" for line in compare_golden(site, golden)]
        except GoldenError as error:
            lines.append(f"{site.id}：{error}")
    return lines


@pytest.mark.parametrize("folder", [SHIPPED_SITES, EXAMPLES], ids=["shipped", "examples"])
def test_every_site_reads_its_golden_pages_as_recorded(folder: Path) -> None:
    found = complaints(folder)
    assert not found, "\n" + "\n".join([*found, "有意的改动请用 zhengce site golden --update 记下"])


def test_the_examples_are_a_static_list_and_an_interface() -> None:
    sites = load_sites(EXAMPLES)
    assert {site.platform for site in sites.values()} == {"trs", "ucap"}
    assert all(
        needs_golden(site) and golden_folder(EXAMPLES / f"{site.id}.toml").is_dir() for site in sites.values()
    )


def test_what_is_missing_is_found(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "sites")
    shutil.rmtree(tmp_path / "sites" / "yunchuan.golden")
    (tmp_path / "sites" / "yanshi-kj.golden" / "list-1.gz").unlink()
    lines = complaints(tmp_path / "sites")
    assert len(lines) == 2 and "缺少" in lines[0] and "list-1.gz" in lines[0]
    assert lines[1].startswith("yunchuan：缺少样本")
