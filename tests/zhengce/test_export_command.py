"""`zhengce export` as a person or a script calls it, and the full dump."""

import csv
import fcntl
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from made_policies import NOW, hide, make_policy, store

from pipelines.catalogue import Catalogue
from pipelines.clock import clock_at
from pipelines.disk import DiskFull
from portal.exports.dump import Dump, DumpError, DumpPlan, load_manifest, write_dump
from portal.exports.files import write_pieces
from zhengce.cli import cli

pytestmark = pytest.mark.slow

POLICIES = [make_policy(n) for n in range(40)]
HIDDEN = POLICIES[5]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with forty policies, one of them hidden, and an index."""
    folder = tmp_path_factory.mktemp("data")
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    store(catalogue, POLICIES)
    hide(catalogue, HIDDEN.id, "含个人信息")
    catalogue.close()
    assert run(folder, "index").exit_code == 0
    return folder


@pytest.fixture
def catalogue(data: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    yield opened
    opened.close()


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(data), *arguments])


def found(data: Path, *arguments: str) -> set[str]:
    answer = json.loads(run(data, "search", *arguments, "--limit", "200", "--json").stdout)
    return {item["id"] for item in answer["items"]}


def test_a_query_becomes_a_file(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "养老.csv"
    asked = ("养老", "--level", "county", "--level", "national")
    result = run(data, "export", *asked, "--output", str(target), "--json")
    assert result.exit_code == 0
    lines = list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig"), newline="")))
    assert {line["id"] for line in lines} == found(data, *asked)
    assert json.loads(result.stdout) == {
        "file": str(target),
        "format": "csv",
        "documents": len(lines),
        "size": target.stat().st_size,
    }
    assert 0 < len(lines) < 39
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "xlsx"])
def test_all_of_it_in_every_format(data: Path, tmp_path: Path, kind: str) -> None:
    for arguments in (("--all",), ()):
        target = tmp_path / "file"
        result = run(
            data, "export", *arguments, "--format", kind, "--output", str(target), "--no-text", "--json"
        )
        assert json.loads(result.stdout)["documents"] == 39
        if kind == "jsonl":
            records = [json.loads(line) for line in target.read_bytes().splitlines()]
            assert {one["id"] for one in records} == {p.id for p in POLICIES} - {HIDDEN.id}
            assert {one["text"] for one in records} == {""}
        assert HIDDEN.id.encode() not in target.read_bytes()


def test_standard_output_takes_a_file_too(data: Path) -> None:
    command = [sys.executable, "-m", "zhengce", "--data", str(data), "export", "养老", "--format", "jsonl"]
    done = subprocess.run([*command, "--output", "-"], capture_output=True, check=True)
    assert {json.loads(line)["id"] for line in done.stdout.splitlines()} == found(data, "养老")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("养老",), 2, "--output"),
        (("养老", "--output", "x.txt"), 2, "--format"),
        (("养老", "--output", "x", "--format", "xml"), 2, "xml"),
        (("养老", "--all", "--output", "x.csv"), 2, "--all"),
        (("--all", "--level", "county", "--output", "x.csv"), 2, "--all"),
        (("--dump", "x"), 2, "--all"),
        (("--all", "--dump", "x", "--output", "y.csv"), 2, "--dump"),
        (("--all", "--output", "y.csv", "--keep", "3"), 2, "--dump"),
        (("--from", "gestern", "--output", "x.csv"), 2, "gestern"),
        (("养老", "--outputs", "x.csv"), 2, "--output"),
        (("养老", "--output", "/no/such/folder/x.csv"), 3, "/no/such/folder"),
    ],
)
def test_a_wrong_line_is_said_in_one(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(data, "export", *arguments)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_breaks_off_leaves_the_old_one(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError("演示")

    target = tmp_path / "x.csv"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError):
        write_pieces(target, broken())
    assert (target.read_bytes(), list(tmp_path.iterdir())) == (b"old", [target])
    assert write_pieces(target, [b"new", b"er"]) == 5
    assert target.read_bytes() == b"newer"


def plan(folder: Path, day: int = 3, keep: int = 7, spare: int = 1) -> DumpPlan:
    regions = {"990000": "演示省"}
    return DumpPlan(folder, date(2026, 3, day), clock_at(NOW), keep, regions, spare)


def no_look(_: int) -> None:
    """Nothing ends this dump."""


def check(folder: Path, expected: list[str]) -> None:
    """Everything in a folder is named, whole and as it is said to be."""
    manifest = load_manifest(folder)
    assert [one.name for one in manifest.dumps] == expected
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    named = {file.name: file for one in manifest.dumps for file in one.files}
    assert set(sums) == set(named)
    lying = {path.name for path in folder.glob("[!.]*")} | {path.name for path in folder.glob(".*.part*")}
    assert lying == {"SHA256SUMS", "manifest.json", *named}
    for name, file in named.items():
        digest, size = digest_of(folder / name), (folder / name).stat().st_size
        assert (digest, digest, size) == (file.sha256, sums[name], file.size)


def test_a_dump_holds_all_that_is_shown(data: Path, tmp_path: Path) -> None:
    result = run(data, "export", "--all", "--dump", str(tmp_path / "dumps"), "--json")
    assert result.exit_code == 0
    dump = json.loads(result.stdout)
    assert (dump["documents"], dump["change_seq"]) == (39, 41)
    folder = tmp_path / "dumps"
    check(folder, [dump["name"]])
    packed, typed = (folder / file["name"] for file in dump["files"])
    lines = pa.CompressedInputStream(pa.OSFile(str(packed)), "zstd").read().splitlines()
    shown = sorted({p.id for p in POLICIES} - {HIDDEN.id})
    assert [json.loads(line)["id"] for line in lines] == shown
    assert json.loads(lines[0]) == json.loads(run(data, "show", shown[0], "--json").stdout)
    table = pq.read_table(typed)
    assert table.column("id").to_pylist() == shown
    assert table.column_names == list(load_manifest(folder).columns)
    assert (
        subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, check=False).returncode == 0
    )


def test_the_last_few_dumps_are_kept(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("of somebody else")
    for day in (1, 2, 3, 4, 4):
        write_dump(catalogue, plan(tmp_path, day, keep=3), no_look)
    (tmp_path / "notes.txt").unlink()
    check(tmp_path, ["zhengce-20260304", "zhengce-20260303", "zhengce-20260302"])
    write_dump(catalogue, plan(tmp_path, 5, keep=1), no_look)
    check(tmp_path, ["zhengce-20260305"])


@pytest.mark.parametrize("day", [3, 4])
def test_a_dump_that_fails_leaves_those_before(catalogue: Catalogue, tmp_path: Path, day: int) -> None:
    def stopped(documents: int) -> None:
        raise DumpError(f"停在 {documents} 件")

    before = write_dump(catalogue, plan(tmp_path, 3), no_look)
    with pytest.raises(DumpError, match="停在 39 件"):
        write_dump(catalogue, plan(tmp_path, day), stopped)
    check(tmp_path, [before.name])
    with pytest.raises(DiskFull):
        write_dump(catalogue, plan(tmp_path, day, spare=1 << 60), no_look)
    check(tmp_path, [before.name])


class Killed(BaseException):
    """Nothing after it is done, as after a kill."""


def test_a_dump_killed_anywhere_names_nothing_that_is_not_whole(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = 0

    def until_killed(change: Callable[..., None]) -> Callable[..., None]:
        def counted(*arguments: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            change(*arguments)

        return counted

    for name in ("replace", "unlink"):
        monkeypatch.setattr(os, name, until_killed(getattr(os, name)))
    for step in range(1000):
        left, folder = 1000, tmp_path / str(step)
        write_dump(catalogue, plan(folder, 2), no_look)
        write_dump(catalogue, plan(folder, 3), no_look)
        left = step
        with suppress(Killed):
            write_dump(catalogue, plan(folder, 3, keep=1), no_look)
            break
        for file in (file for one in load_manifest(folder).dumps for file in one.files):
            assert digest_of(folder / file.name) == file.sha256
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            assert digest_of(folder / line.split("  ")[1]) == line.split("  ")[0]
        left = 1000
        write_dump(catalogue, plan(folder, 4, keep=2), no_look)
        check(folder, [one.name for one in load_manifest(folder).dumps])
    assert 6 < step < 100


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_one_dump_at_a_time(catalogue: Catalogue, tmp_path: Path) -> None:
    with (tmp_path / ".zhengce-dump.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DumpError, match="另一个全量导出"):
            write_dump(catalogue, plan(tmp_path), no_look)
    assert isinstance(write_dump(catalogue, plan(tmp_path), no_look), Dump)


@pytest.mark.parametrize("content", ["{", '{"format":2,"program":"x","columns":[],"dumps":[]}'])
def test_a_strange_manifest_is_left_alone(catalogue: Catalogue, tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    (tmp_path / "zhengce-20200101.parquet").write_text("precious")
    with pytest.raises(DumpError, match=r"manifest\.json"):
        write_dump(catalogue, plan(tmp_path), no_look)
    assert (tmp_path / "zhengce-20200101.parquet").exists()
    assert (tmp_path / "manifest.json").read_text() == content
