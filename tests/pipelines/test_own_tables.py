"""Bodies and regions of an installation's own."""

from pathlib import Path

import pytest

from pipelines.config import ConfigError
from pipelines.own_tables import AUTHORITIES, REGIONS, load_own_tables


def test_names_aliases_and_regions(tmp_path: Path) -> None:
    bodies = "\ufeffid,name,aliases\n1,演示市财政局,演示财政局|市财政局\n\n2,演示市审计局,\n"
    (tmp_path / AUTHORITIES).write_text(bodies, encoding="utf-8")
    (tmp_path / REGIONS).write_text("code,name\n990110,演示市\n", encoding="utf-8")
    tables = load_own_tables(tmp_path)
    assert tables.issuers == {
        "演示市财政局": "演示市财政局",
        "演示财政局": "演示市财政局",
        "市财政局": "演示市财政局",
        "演示市审计局": "演示市审计局",
    }
    assert tables.regions == {"990110": "演示市"}


def test_no_files_are_no_tables(tmp_path: Path) -> None:
    tables = load_own_tables(tmp_path / "none")
    assert not tables.issuers and not tables.regions


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        (AUTHORITIES, "机关\n演示市财政局\n".encode(), "缺少 name"),
        (AUTHORITIES, "name,aliases\n,演示财政局\n".encode(), "第 2 行：name 是空的"),
        (AUTHORITIES, "name,aliases\n演示甲局,演局\n演示乙局,演局\n".encode(), "第 3 行：演局 也是 演示甲局"),
        (AUTHORITIES, "name\n演示市财政局\n".encode("gbk"), "UTF-8"),
        (AUTHORITIES, b'name\n"' + b"x" * 200_000 + b'"\n', "不是 CSV"),
        (REGIONS, "code,name\n99011,演示市\n".encode(), "第 2 行：'99011' 不是地区代码"),
        (REGIONS, b"code,name\n990110\n", "第 2 行：name 是空的"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigError) as error:
        load_own_tables(tmp_path)
    assert words in str(error.value) and name in str(error.value)
