"""The commands of zhengce over Elasticsearch, configured as an operator would."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_policies import make_policy, store
from made_servers import Gate

from index.engine import SearchRequest
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind
from pipelines.config import Config, IndexServer, load_config
from zhengce.cli import cli
from zhengce.engines import open_index
from zhengce.night_index import NightIndex

pytestmark = pytest.mark.slow

Run = Callable[..., Result]


@pytest.fixture
def environ(index_server: IndexServer, tmp_path: Path) -> dict[str, str]:
    """The settings of an installation with a server, as environment variables."""
    return {
        "ZHENGCE_DATA": str(tmp_path),
        "ZHENGCE_INDEX": index_server.addresses[0],
        "ZHENGCE_INDEX_NAME": index_server.name,
        "ZHENGCE_INDEX_CA": str(index_server.ca),
        "ZHENGCE_INDEX_SECRET": index_server.secret,
    }


@pytest.fixture
def run(environ: dict[str, str]) -> Run:
    return lambda *arguments, **more: CliRunner().invoke(cli, arguments, env=environ | more)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    opened = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    store(opened, [make_policy(n) for n in range(40)])
    return opened


def test_index_search_verify_rebuild_and_doctor(
    run: Run, catalogue: Catalogue, index_server: IndexServer
) -> None:
    assert "尚未建立" in run("doctor").stdout
    assert json.loads(run("index", "--json").stdout)["added"] == 40
    assert "没有" not in run("index", "--verify").stdout
    answer = json.loads(run("search", "养老", "--json").stdout)
    assert answer["total"] == sum(
        "养老" in (make_policy(n).title or "") + make_policy(n).text for n in range(40)
    )
    assert "按要求重建" in run("index", "--rebuild").stderr
    assert run("index", "--verify").stdout == "索引与目录库一致\n"
    assert index_server.addresses[0] in run("doctor").stdout
    assert json.loads(run("status", "--json").stdout)["index_seq"] == 40


def test_what_is_wrong_is_said_in_one_line(run: Run, catalogue: Catalogue) -> None:
    refused = run("index", ZHENGCE_INDEX_SECRET="writer:wrong")
    assert (refused.exit_code, refused.stderr.count("\n")) == (3, 1)
    assert "ZHENGCE_INDEX_SECRET" in refused.stderr
    assert "index_ca" in run("search", "养老", ZHENGCE_INDEX_CA=__file__).stderr


def test_a_refused_document_is_reported(run: Run, catalogue: Catalogue) -> None:
    store(catalogue, [make_policy(77, index_number="长" * 20_000)])
    done = run("index")
    assert done.exit_code == 1
    assert f"检索服务器拒收 {make_policy(77).id}" in done.stderr
    assert run("index").exit_code == 1  # offered again, refused again
    told = next(line for line in run("doctor").stdout.splitlines() if "拒收" in line)
    assert "拒收 1 件" in told
    assert make_policy(77).id in told
    listed = run("index", "--verify")
    assert (listed.exit_code, listed.stdout.splitlines()[0]) == (1, f"索引缺少 {make_policy(77).id}")


def test_a_night_goes_on_without_the_server(environ: dict[str, str], catalogue: Catalogue) -> None:
    server = load_config({}, environ).index_server
    assert server
    gate = Gate(server.addresses[0])
    config = replace(
        load_config({}, environ), index_server=replace(server, addresses=(gate.url,), patience=1)
    )
    with NightIndex(config, catalogue) as index:
        store(catalogue, [make_policy(50)])
        index.step()
        gate.close()
        store(catalogue, [make_policy(n) for n in range(51, 60)])
        index.finish()
        index.step()
    assert index.down.startswith("索引没有更新：检索服务器没有回答")
    assert index.complaints == (index.down,)
    gate.open()
    with NightIndex(config, catalogue) as index:
        index.finish()
    assert (index.complaints, total(config)) == ((), 50)
    gate.close()


def test_a_night_offers_refused_documents_again_and_names_them(
    environ: dict[str, str], catalogue: Catalogue
) -> None:
    refused = [make_policy(n, index_number="长" * 20_000) for n in range(60, 67)]
    store(catalogue, refused)
    config = load_config({}, environ)
    for _ in range(2):
        with NightIndex(config, catalogue) as index:
            index.step()
            index.finish()
        (told,) = index.complaints
        assert told.startswith(f"检索服务器拒收 7 件：{min(one.id for one in refused)}、")
        assert "等；第一件的原因：" in told
    store(catalogue, [make_policy(n) for n in range(60, 67)], ChangeKind.CHANGED)
    with NightIndex(config, catalogue) as index:
        index.finish()
    assert (index.complaints, total(config)) == ((), 47)


def total(config: Config) -> int:
    return open_index(config).reader().search(SearchRequest()).total
