"""Writing a new site: its file, its golden files and its line in the roster, all of them or none."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from crawlers.channel_reading import ChannelReading
from crawlers.domains import domain_of
from crawlers.golden import GoldenError, compare_golden, golden_folder, replace_golden, store_golden
from crawlers.place import PROVINCES, Place
from crawlers.roster import NAME as ROSTER
from crawlers.site import Site, load_site
from normalizers.addresses import host_of

# The folder of sites of bodies of the State Council.
NATIONAL = "national"


class Taken(Exception):
    """A site that is there already; said in one line (Chinese)."""


class Unproven(Exception):
    """A site file that does not read its own pages as they were read; says how (Chinese)."""


def id_of(base: str) -> str:
    """An id from the host: jyt.gansu.gov.cn → gansu_jyt."""
    host, domain = host_of(base), domain_of(base)
    if host.endswith(".test"):
        parts = [host.removesuffix(".test")]
    else:
        below = host.removesuffix(domain).removeprefix("www.").strip(".").split(".")
        parts = [domain.partition(".")[0], *reversed([label for label in below if label])]
    return re.sub(r"[^a-z0-9_-]+", "_", "_".join(parts)).strip("_-")[:80] or "site"


def place_of(sites: Path, out: Path | None, known: Mapping[str, Site], name: str, place: Place) -> Path:
    """Where the file of a site goes: `out`, where it lies already, or the folder of its province."""
    if out is not None:
        return out / f"{name}.toml"
    if name in known:
        return next(sites.rglob(f"{name}.toml"))
    if place.level == NATIONAL:
        return sites / NATIONAL / f"{name}.toml"
    return sites / PROVINCES.get(place.region[:2], (".",))[0] / f"{name}.toml"


def refuse_taken(sites: Path, out: Path | None, known: Mapping[str, Site], name: str) -> None:
    """Raise Taken where the id is taken."""
    places = [out] if out is not None else [path.parent for path in sites.rglob(f"{name}.toml")]
    for folder in places:
        for path in (folder / f"{name}.toml", folder / f"{name}.golden"):
            if path.exists():
                raise Taken(
                    f"已有 {path}，没有覆盖：要加栏目，在 {name}.toml 末尾加一个 [[channel]]，再运行 "
                    f"zhengce site check {name} --record；是另一个站点，用 --id 另取标识；要替换，用 --force"
                )


def refuse_doubled(known: Mapping[str, Site], site: Site) -> None:
    """Raise Taken where another site has one of the channels; a night would crawl it twice."""
    lists = {channel.list: channel.name for channel in site.channels}
    for other in known.values():
        for channel in other.channels if other.id != site.id else ():
            if channel.list in lists:
                raise Taken(
                    f"站点 {other.id} 已有栏目 {channel.list}（{channel.name}），没有写出任何文件："
                    f"要给它加别的栏目，在 {other.id}.toml 末尾加一个 [[channel]]，再运行 "
                    f"zhengce site check {other.id} --record；或用 --channel 指定另一个栏目，"
                    f"或用 --id {other.id} --force 替换"
                )


def prove(site: Site, text: str, readings: Sequence[ChannelReading], today: date) -> None:
    """Load the file and read the golden pages with it before anything is written.

    Raises SiteFileError and Unproven.
    """
    with tempfile.TemporaryDirectory(prefix="zhengce-site-") as folder:
        path = Path(folder) / f"{site.id}.toml"
        path.write_text(text, encoding="utf-8")
        loaded = load_site(path)
        store_golden(golden_folder(path), readings, today)
        try:
            lines = compare_golden(loaded, golden_folder(path))
        except GoldenError as error:
            lines = [str(error)]
    if lines:
        raise Unproven("\n".join(["用写出的站点文件重读样本页，结果不同，没有写出任何文件：", *lines]))


def write(path: Path, text: str, readings: Sequence[ChannelReading], today: date) -> list[str]:
    """Write site file and golden files; what was written and what was replaced, a line each (Chinese)."""
    folder = golden_folder(path)
    lines = [f"已替换 {old}" for old in (path, folder) if old.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_golden(folder, readings, today)
    aside = path.with_suffix(".toml.new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
    stored = list(folder.iterdir())
    size = sum(file.stat().st_size for file in stored) / 1024
    return [
        *lines,
        f"已写出 {path}（{len(text.splitlines())} 行）",
        f"已写出 {folder}（{len(stored)} 个文件，{size:.0f} KB）",
    ]


def enrol(sites: Path, path: Path, name: str) -> str:
    """Add the id to the core roster of the folder the file lies in; says so, "" where there is none."""
    folder = sites if path.resolve().is_relative_to(sites.resolve()) else path.parent
    roster = folder / ROSTER
    if not roster.is_file():
        return ""
    text = roster.read_text(encoding="utf-8")
    if name in (line.partition("#")[0].strip() for line in text.splitlines()):
        return ""
    roster.write_text(
        text + ("" if text.endswith("\n") or not text else "\n") + name + "\n", encoding="utf-8"
    )
    return f"已写入核心名单 {roster}（不需要时用 --no-roster）"
