"""Bodies and regions of an installation's own, from two tables in its data folder.

`authorities.csv` has a row for each body, with columns `name` (in full) and, if wanted, `aliases` (parted
by |); `regions.csv` has columns `code` and `name`. Further columns are not read.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from normalizers.chars import tidy
from normalizers.correction_fields import REGION
from normalizers.regions import region_names
from pipelines.config import ConfigError

AUTHORITIES = "authorities.csv"
REGIONS = "regions.csv"
# A hundred thousand bodies of 300 bytes.
MAX_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class OwnTables:
    """What every page is read with beside the shipped tables: names and aliases of bodies to full names,
    codes of regions to names."""

    issuers: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)


def load_own_tables(data: Path) -> OwnTables:
    """The tables of a data folder, empty where a file is missing; raises ConfigError naming file and line."""
    return OwnTables(_load_issuers(data / AUTHORITIES), _load_regions(data / REGIONS))


def load_region_names(data: Path) -> dict[str, str]:
    """The names of all regions by code, the installation's own among them; raises ConfigError."""
    return {**region_names(), **load_own_tables(data).regions}


def _load_issuers(path: Path) -> dict[str, str]:
    issuers: dict[str, str] = {}
    for number, row in _rows(path, ("name",)):
        full = row["name"]
        for name in (full, *filter(None, map(tidy, row.get("aliases", "").split("|")))):
            if issuers.setdefault(name, full) != full:
                raise ConfigError(f"{path} 第 {number} 行：{name} 也是 {issuers[name]} 的名称，请只留一处")
    return issuers


def _load_regions(path: Path) -> dict[str, str]:
    regions: dict[str, str] = {}
    for number, row in _rows(path, ("code", "name")):
        if not REGION.fullmatch(row["code"]):
            raise ConfigError(
                f"{path} 第 {number} 行：{row['code']!r} 不是地区代码，应为 6 位数字（乡镇 9 或 12 位）"
            )
        regions[row["code"]] = row["name"]
    return regions


def _rows(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row that is not blank; every cell of `wanted` has a value."""
    reader = csv.DictReader(io.StringIO(_read(path), newline=""), restval="")
    try:
        if missing := [name for name in wanted if name not in (reader.fieldnames or wanted)]:
            raise ConfigError(f"{path}：第一行应为表头，缺少 {'、'.join(missing)}")
        for row in reader:
            cells = {name: tidy(row[name] or "") for name in reader.fieldnames or ()}
            if not any(cells.values()):
                continue
            if empty := [name for name in wanted if not cells[name]]:
                raise ConfigError(f"{path} 第 {reader.line_num} 行：{'、'.join(empty)} 是空的")
            yield reader.line_num, cells
    except csv.Error as error:
        raise ConfigError(f"{path} 第 {reader.line_num} 行不是 CSV：{error}") from error


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigError(f"{path}：超过 {MAX_BYTES >> 20} MiB")
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}：无法读取，应为 UTF-8 编码的 CSV：{error}") from error
