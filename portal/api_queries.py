"""The parameters that the API takes, with their limits."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from index.engine import FACETS, FILTERS, LAST_OFFSET, MAX_LIMIT
from index.vocabulary import Names
from portal.forms import MAX_CHOSEN, MAX_TEXT, SearchForm

Values = Annotated[list[str], Field(default_factory=list, max_length=MAX_CHOSEN)]
MAX_FACET_VALUES = 10_000
MAX_SUGGESTIONS = 20
MAX_SIMILAR = 50
MAX_CHANGES = 1_000
MAX_RUNS = 100
MAX_POSITION = 2**31 - 1  # of the change log and of runs: what an INTEGER of PostgreSQL holds


class WhatQuery(BaseModel):
    """What to find; a filter may be repeated, any of its values will do."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: str = Field(
        "",
        max_length=MAX_TEXT,
        description='检索词：空格分隔的词都要出现，"…" 逐字匹配，-词 排除，OR 与括号，标题: 文号: 机关: 地区: 年份: 等字段，'
        "文号可用任意写法；看不懂的部分列在 mistakes 中，其余照常检索",
    )
    synonyms: bool = Field(
        True,
        description="是否同时检索同义词和简称（列在 also 中），把“最新”“2023年”“陕西”等理解为条件，"
        "没有全部符合的结果时列出部分符合的（见 note）；false 则照原样检索",
    )
    level: Values
    region: Values
    issuer: Values
    content_type: Values
    doc_type: Values
    instrument: Values
    normative: Values
    interpretation_form: Values
    subject: Values
    year: Values
    validity: Values
    topic: Values
    site: Values
    withdrawn: Values
    keyword: Values
    work: Values
    first: str = Field(
        "", alias="from", max_length=20, description="成文（未知则发布）日期不早于，如 2023-05-01"
    )
    last: str = Field("", alias="to", max_length=20, description="成文（未知则发布）日期不晚于")

    def form(self, names: Names, sort: str = "", order: str = "") -> SearchForm:
        """The same for the search itself."""
        filters = {name: getattr(self, name) for name in FILTERS}
        return SearchForm(
            self.q, filters, self.first, self.last, sort, order, synonyms=self.synonyms, names=names
        )


class PolicyQuery(WhatQuery):
    """What to find, in which order, and which piece of it."""

    sort: Literal["relevance", "written", "published", "first_seen"] | None = Field(
        None, description="默认：有检索词时 relevance，说要“最新”的按 written，没有检索词时 published"
    )
    order: Literal["desc", "asc"] = "desc"
    limit: int = Field(20, ge=0, le=MAX_LIMIT, description="0 只计数")
    offset: int = Field(0, ge=0, le=LAST_OFFSET, description="跳过多少件；按日期走完全部结果请用 cursor")
    cursor: str | None = Field(None, max_length=80, description="上一页给出的 next，原样使用")
    facets: list[str] = Field(
        default_factory=list,
        max_length=len(FACETS),
        description=f"要计数的分面：{'、'.join(FACETS)}；不给就不计数。计数另有 /facets",
    )


class FacetQuery(WhatQuery):
    """What to count, and of which facets."""

    facets: list[str] = Field(
        default_factory=lambda: list(FACETS), max_length=len(FACETS), description="要计数的分面，默认全部"
    )
    limit: int = Field(100, ge=1, le=MAX_FACET_VALUES, description="每个分面最多给出几个值，多的在前")


class SuggestQuery(BaseModel):
    """The beginning of a title, number or issuer."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", max_length=100, description="标题、文号或机关的开头")
    limit: int = Field(10, ge=1, le=MAX_SUGGESTIONS)


class ChangesQuery(BaseModel):
    """A position of the change log and how much to read from there."""

    model_config = ConfigDict(extra="forbid")

    since: int = Field(0, ge=0, le=MAX_POSITION, description="已经读到的位置：上一次的 next，从头开始用 0")
    limit: int = Field(200, ge=1, le=MAX_CHANGES, description="一次最多给出多少条")


class RunsQuery(BaseModel):
    """Which runs."""

    model_config = ConfigDict(extra="forbid")

    before: int | None = Field(None, ge=1, le=MAX_POSITION, description="只要编号小于它的：上一次的 next")
    limit: int = Field(20, ge=1, le=MAX_RUNS)
