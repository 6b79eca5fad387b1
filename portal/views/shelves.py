"""The shelves of the library, as the portals of governments have them: each is a search that anybody may make."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the library: what belongs to it as filters, and by what it is divided, in order.

    What is `by_issue` is also shown by the issues of its gazettes.
    """

    slug: str
    name: str
    told: str
    filters: Mapping[str, tuple[str, ...]]
    steps: tuple[str, ...]
    by_issue: bool = False

    @property
    def path(self) -> str:
        """Its address."""
        return f"/library/{self.slug}" if self.filters else "/browse"


# What an order 令 publishes is a rule 规章 where its title ends so; 条例 are above rules, personnel matters none.
RULES = (
    "办法", "规定", "细则", "规则", "规程",
    "实施办法", "管理办法", "暂行办法", "暂行规定", "若干规定", "管理规定", "实施细则", "工作规则", "议事规则",
)  # fmt: skip
BROWSE = Shelf(
    "", "浏览", "全部文件：层级、地区、机关、年份，逐级缩小", {}, ("level", "region", "issuer", "year")
)
SHELVES: tuple[Shelf, ...] = (
    Shelf(
        "policies",
        "政策文件库",
        "各级政府和部门的政策文件，不含解读、公告、征集等",
        {"content_type": ("policy",)},
        ("level", "region", "issuer", "subject", "doc_type", "validity", "year"),
    ),
    Shelf(
        "normative",
        "规范性文件库",
        "行政规范性文件：有登记号、专用字号，或原站标明为规范性文件的",
        {"normative": ("true",)},
        ("level", "region", "issuer", "validity", "subject", "year"),
    ),
    Shelf(
        "rules",
        "规章库",
        "以令公布的办法、规定、细则等：国家一级是部门规章，地方是政府规章",
        {"doc_type": ("命令",), "instrument": RULES},
        ("level", "region", "issuer", "validity", "year"),
    ),
    Shelf(
        "gazettes",
        "公报",
        "政府公报及其刊登的文件，可按期查看",
        {"content_type": ("gazette",)},
        ("issuer", "level", "region", "year"),
        by_issue=True,
    ),
    Shelf(
        "interpretations",
        "解读",
        "政策解读，按形式（文字、图解、视频、专家、访谈、发布会）和地区查看",
        {"content_type": ("interpretation",)},
        ("interpretation_form", "level", "region", "issuer", "subject", "year"),
    ),
)
