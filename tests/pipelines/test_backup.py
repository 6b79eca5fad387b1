"""Backup and restore: everything comes back, and nothing damaged is ever put in place."""

import os
import sqlite3
import tarfile
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from pipelines import schema as t
from pipelines.archive import ArchiveReader, ArchiveWriter, verify_archive
from pipelines.backup import BackupError, check_backup, restore_backup, write_backup
from pipelines.catalogue import Catalogue
from pipelines.config import Config, load_config
from pipelines.disk import DiskFull
from pipelines.items import ArchiveRef
from pipelines.sqlite_backup import check_sqlite

AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
URL = "http://yanshi.test:8147/zc/t1.html"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    data = tmp_path / "data"
    sites = data / "sites" / "yanshi"
    sites.mkdir(parents=True)
    (sites / "yanshi_gov.toml").write_text('name = "演示"', encoding="utf-8")
    (data / "zhengce.toml").write_text('contact = "yanshi@example.org"', encoding="utf-8")
    made = load_config({"data": str(data), "sites": str(data / "sites")}, {})
    catalogue = Catalogue.open(made.catalogue_url)
    with ArchiveWriter(made.archive_folder, lambda: AT) as writer:
        for number in range(20):
            store(
                catalogue, writer.write_response(URL, 200, [], b"%d " % number + os.urandom(2000), AT), number
            )
    catalogue.close()
    return made


def store(catalogue: Catalogue, ref: ArchiveRef, number: int) -> None:
    with catalogue.write() as connection:
        values = {"key": f"k{number}", "page_id": f"{number:016x}", "url": URL}
        page = {"id": f"{number:016x}", "url": URL, "site": "yanshi", "channel": "c", "state": "fetched"}
        page |= {"first_seen": AT, "anchor": date(2026, 3, 1), "row": b"{}", "hints": b"{}", "fetched_at": AT}
        page |= {"archive_file": ref.file, "archive_offset": ref.offset, "archive_length": ref.length}
        connection.execute(insert(t.page).values(**page))
        connection.execute(insert(t.address).values(**values))


def refs(data: Path) -> list[ArchiveRef]:
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    with catalogue.read() as connection:
        c = t.page.c
        query = select(c.archive_file, c.archive_offset, c.archive_length).order_by(c.id)
        found = [ArchiveRef(*row) for row in connection.execute(query)]
    catalogue.close()
    return found


def test_everything_comes_back(config: Config, tmp_path: Path) -> None:
    made = write_backup(config, tmp_path / "b.tar", lambda: AT)
    assert [file.name for file in made.files] == [
        "catalogue.sqlite",
        f"archive/{refs(config.data)[0].file}",
        "zhengce.toml",
        "sites/yanshi/yanshi_gov.toml",
    ]
    assert check_backup(tmp_path / "b.tar") == made
    data = tmp_path / "elsewhere" / "data"
    restore_backup(tmp_path / "b.tar", data)
    assert refs(data) == refs(config.data)
    reader = ArchiveReader(data / "archive")
    assert [reader.read(ref).body.split(b" ")[0] for ref in refs(data)] == [b"%d" % n for n in range(20)]
    assert (data / "zhengce.toml").read_text(encoding="utf-8") == 'contact = "yanshi@example.org"'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data", "elsewhere"]


def test_a_backup_while_others_write_is_whole(config: Config, tmp_path: Path) -> None:
    stop = threading.Event()

    def crawl() -> None:
        catalogue = Catalogue.open(config.catalogue_url)
        with ArchiveWriter(config.archive_folder, lambda: AT) as writer:
            number = 100
            while not stop.is_set():
                store(catalogue, writer.write_response(URL, 200, [], os.urandom(3000), AT), number)
                number += 1
        catalogue.close()

    thread = threading.Thread(target=crawl)
    thread.start()
    try:
        for number in range(4):
            write_backup(config, tmp_path / f"b{number}.tar", lambda: AT)
    finally:
        stop.set()
        thread.join()
    counts = []
    for number in range(4):
        data = tmp_path / f"data{number}"
        restore_backup(tmp_path / f"b{number}.tar", data)
        reader = ArchiveReader(data / "archive")
        for ref in refs(data):
            reader.read(ref)
        reader.close()
        counts.append(len(refs(data)))
        assert all(check.state in {"ok", "cut"} for check in verify_archive(data / "archive"))
    assert counts == sorted(counts)
    assert counts[-1] > 20


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_flipped_bit_is_found_and_nothing_is_written(config: Config, tmp_path: Path, share: float) -> None:
    file = tmp_path / "b.tar"
    write_backup(config, file, lambda: AT)
    with tarfile.open(file) as tar:
        members = [m for m in tar if m.size > 1000]
    data = bytearray(file.read_bytes())
    member = members[0] if share < 0.5 else members[1]
    data[member.offset_data + int(member.size * share)] ^= 0x01
    file.write_bytes(data)
    with pytest.raises(BackupError, match="校验和不符"):
        restore_backup(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.98])
def test_a_cut_backup_is_refused(config: Config, tmp_path: Path, share: float) -> None:
    file = tmp_path / "b.tar"
    made = write_backup(config, file, lambda: AT)
    os.truncate(file, int(made.size * share))
    with pytest.raises(BackupError):
        restore_backup(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_members_that_would_land_elsewhere_are_refused(config: Config, tmp_path: Path) -> None:
    for name in ("../evil", "/tmp/evil", "archive/../../evil", "other/evil"):
        file = tmp_path / "b.tar"
        with tarfile.open(file, "w") as tar:
            tar.addfile(tarfile.TarInfo(name))
        with pytest.raises(BackupError, match="不该出现"):
            restore_backup(file, tmp_path / "new")
    with tarfile.open(file, "w") as tar:
        link = tarfile.TarInfo("archive/x.warc.gz")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(BackupError, match="不该出现"):
        restore_backup(file, tmp_path / "new")


def test_nothing_is_overwritten(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    write_backup(config, file, lambda: AT)
    with pytest.raises(BackupError, match="文件已存在"):
        write_backup(config, file, lambda: AT)
    with pytest.raises(BackupError, match="目录不是空的"):
        restore_backup(file, config.data)
    (tmp_path / "empty").mkdir()
    restore_backup(file, tmp_path / "empty")
    assert (tmp_path / "empty" / "catalogue.sqlite").exists()


def test_a_damaged_catalogue_is_not_backed_up(config: Config, tmp_path: Path) -> None:
    path = config.data / "catalogue.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[8192:16384] = os.urandom(8192)
    path.write_bytes(data)
    assert check_sqlite(path) is not None
    with pytest.raises(BackupError, match="目录库"):
        write_backup(config, tmp_path / "b.tar", lambda: AT)
    assert not (tmp_path / "b.tar").exists()
    assert not list(tmp_path.glob(".*"))


def test_other_databases_have_their_own_tools(config: Config, tmp_path: Path) -> None:
    other = load_config({"data": str(config.data), "catalogue": "postgresql://u:secret@db/x"}, {})
    with pytest.raises(BackupError, match="备份工具") as caught:
        write_backup(other, tmp_path / "b.tar", lambda: AT)
    assert "secret" not in str(caught.value)


def test_no_room_for_the_backup(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.backup.MIB", 1 << 56)
    with pytest.raises(DiskFull):
        write_backup(config, tmp_path / "b.tar", lambda: AT)
    assert not (tmp_path / "b.tar").exists()
