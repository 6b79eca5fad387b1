"""What was not understood is counted over the whole catalogue, with a page for each."""

import json
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from normalizers.policy import Block
from pipelines import unknowns
from pipelines.catalogue import Catalogue
from pipelines.unknowns import count_unknowns
from tests.made_policies import make_policy, page_id, store
from zhengce.cli import cli

pytestmark = pytest.mark.slow

BODY = {"blocks": (Block("paragraph", "正文。"),), "content_type": "policy"}


def address(n: int) -> str:
    return f"http://demo{n % 5}.test:8147/art/{n}.html"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(data), "unknowns", *arguments], catch_exceptions=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    warnings = {
        0: ("issuer_unknown: 演示市某某局", "label_unconsumed: 承办部门"),
        1: ("issuer_unknown: 演示市某某局",),
        2: ("issuer_unknown: 演示: 带冒号的局", "date_conflict: 成文日期 2023-01-01"),
        3: ("date_unreadable: 成文日期 二月末",),
    }
    policies = [make_policy(n, warnings=warnings.get(n, ()), **BODY) for n in range(6)]
    policies[4] = make_policy(4, **(BODY | {"doc_type": None, "issuers": ()}))
    policies[5] = make_policy(5, content_type="notice", doc_type=None)
    store(catalogue, policies)
    store(catalogue, [make_policy(6, warnings=("issuer_unknown: 已撤下的局",), **BODY)], withdrawn=True)
    store(catalogue, [make_policy(7, warnings=("issuer_unknown: 已隐藏的局",), **BODY)], hidden="演示")
    catalogue.close()
    return tmp_path


def test_unknown_values_are_shown_by_count_with_a_page(data: Path) -> None:
    shown = run(data)
    assert shown.exit_code == 0
    assert "在架的政策 6 条，其中政策文件 5 条" in shown.output
    assert "机关名录里没有的发文机关（issuer_unknown）：3 处，2 种" in shown.output
    first = min(address(0), address(1), key=lambda url: page_id(0 if url == address(0) else 1))
    lines = shown.output.splitlines()
    assert f"       2  演示市某某局  {first}" in lines
    assert f"       1  演示: 带冒号的局  {address(2)}" in lines
    assert f"       1  承办部门  {address(0)}" in lines
    assert "date_conflict" not in shown.output
    assert "已撤下的局" not in shown.output
    assert "已隐藏的局" not in shown.output
    assert f"       1  文种（20.0%）  {address(4)}" in lines
    assert f"       1  发文机关（20.0%）  {address(4)}" in lines


def test_one_kind_and_few_values_can_be_asked_for(data: Path) -> None:
    shown = run(data, "--kind", "issuer_unknown", "--top", "1").output
    assert "演示市某某局" in shown
    assert "带冒号的局" not in shown
    assert "label_unconsumed" not in shown
    assert "政策文件中缺少" not in shown


def test_json_has_everything(data: Path) -> None:
    told = json.loads(run(data, "--json", "--top", "1").output)
    assert (told["policies"], told["documents"], told["rest"]) == (6, 5, {})
    assert [(u["kind"], u["value"], u["count"]) for u in told["unknowns"]] == [
        ("issuer_unknown", "演示市某某局", 2),
        ("issuer_unknown", "演示: 带冒号的局", 1),
        ("label_unconsumed", "承办部门", 1),
        ("date_unreadable", "成文日期 二月末", 1),
    ]
    assert {"field": "doc_type", "count": 1, "sample": address(4)} in told["missing"]


def test_without_data_it_says_so(tmp_path: Path) -> None:
    shown = run(tmp_path / "none")
    assert shown.exit_code == 3
    assert "zhengce nightly" in shown.output
    assert not (tmp_path / "none").exists()


def test_values_past_the_limit_are_only_counted(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unknowns, "MAX_VALUES", 1)
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    with catalogue.read() as connection:
        found = count_unknowns(connection)
    catalogue.close()
    kept = found.values["issuer_unknown"]
    assert len(kept) == 1
    assert sum(seen.count for seen in kept.values()) + found.rest["issuer_unknown"] == 3


def test_policies_do_not_gather_in_memory(tmp_path: Path) -> None:
    """2,000 records of 20 KB are read in a few megabytes."""
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    long = "演" * 6_000
    store(catalogue, [make_policy(n, text=long, **BODY) for n in range(2_000)])
    with catalogue.read() as connection:
        tracemalloc.start()
        found = count_unknowns(connection)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    catalogue.close()
    assert found.policies == 2_000
    assert peak < 20_000_000
