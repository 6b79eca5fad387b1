"""The dump that a night writes at its end, and what a night says of one that fails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from made_policies import NOW, make_policy, store

from demo.web import running
from demo.world import World, write_site_files
from normalizers.failures import Failure
from pipelines.catalogue import Catalogue
from pipelines.clock import clock_at
from pipelines.config import Config, load_config
from portal.exports.dump import load_manifest
from zhengce.demo_command import demo_config, demo_options, write_tables
from zhengce.night_dump import NightDump
from zhengce.nightly import run_night

NIGHT = date(2026, 3, 2)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[tuple[Config, Catalogue]]:
    config = load_config({"data": str(tmp_path / "data")}, {}, None)
    catalogue = Catalogue.open(config.catalogue_url)
    store(catalogue, [make_policy(n) for n in range(5)])
    yield replace(config, dump=tmp_path / "dump", min_free=1), catalogue
    catalogue.close()


def dumped(config: Config, catalogue: Catalogue, reason: str = "") -> NightDump:
    dump = NightDump(config, catalogue, NIGHT, clock_at(NOW))
    dump.run(lambda: reason)
    return dump


def test_a_night_writes_what_is_wanted(installation: tuple[Config, Catalogue]) -> None:
    config, catalogue = installation
    done = dumped(config, catalogue)
    assert (done.complaint, done.told.startswith("全量导出 5 件")) == ("", True)
    assert config.dump
    assert [one.name for one in load_manifest(config.dump).dumps] == ["zhengce-20260302"]
    unwanted = dumped(replace(config, dump=None), catalogue)
    assert (unwanted.complaint, unwanted.told) == ("", "")


def test_what_goes_wrong_has_a_name(installation: tuple[Config, Catalogue], tmp_path: Path) -> None:
    config, catalogue = installation
    (tmp_path / "file").write_text("no folder")
    for wrong in (replace(config, dump=tmp_path / "file"), replace(config, min_free=1 << 60)):
        failed = dumped(wrong, catalogue)
        assert failed.complaint.startswith(f"{Failure.DUMP_FAILED}：")
        assert not failed.told
    stopped = dumped(config, catalogue, "收到 SIGTERM")
    assert "收到 SIGTERM" in stopped.complaint
    assert config.dump
    assert load_manifest(config.dump).dumps == ()


@pytest.mark.slow
def test_a_night_ends_with_its_dump_and_outlives_a_failed_one(tmp_path: Path) -> None:
    world = World(60)
    with running(world) as server:
        write_site_files(tmp_path / "sites", server.port, world.sites)
        config = demo_config(load_config({"data": str(tmp_path)}, {}, None))
        assert config.dump is None, "the demo country is in no dump of the installation"
        config = replace(config, sites=tmp_path / "sites", min_free=1, dump=tmp_path / "dump", processes=1)
        write_tables(config)
        outcome = run_night(config, demo_options(0), lambda progress: None)
        (dump,) = load_manifest(tmp_path / "dump").dumps
        assert (outcome.exit_code, dump.documents) == (0, outcome.report.totals["new"])
        assert f"全量导出 {dump.documents} 件" in outcome.message
        blocked = replace(config, dump=tmp_path / "dump" / "manifest.json")
        outcome = run_night(blocked, demo_options(1), lambda progress: None)
    assert (outcome.exit_code, Failure.DUMP_FAILED in outcome.message) == (1, True)
    assert load_manifest(tmp_path / "dump").dumps == (dump,)
