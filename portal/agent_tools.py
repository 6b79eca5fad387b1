"""The tools that agents have: searching, reading, resolving numbers, counting; each a function over the library."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.numbers_near import numbers_near
from index.parse import number_key
from normalizers.doc_numbers import doc_number_key
from portal.agents import (
    AgentDocument,
    AgentFacets,
    AgentNumber,
    AgentPage,
    agent_document,
    agent_items,
    agent_page,
    piece_of,
    start_of_page,
)
from portal.api_queries import FacetQuery, PolicyQuery
from portal.forms import CLOSED
from portal.labels import FILTER_NAMES
from portal.library import Library
from portal.parameters import refusal
from portal.records import api_facets, api_page

MAX_FOUND, USUAL_FOUND = 50, 10  # results of one call; one is some 250 tokens
MAX_COUNTED, USUAL_COUNTED = 100, 20  # values of a facet
MAX_PIECE, USUAL_PIECE = 20_000, 6_000  # characters of a text in one call; a Chinese one is about a token
MAX_BEARERS = 50  # policies of one number
MAX_NUMBER = 200  # characters
SCHEME = "policy://"


class ToolError(Exception):
    """A call that cannot be answered: a name that never changes, what is wrong in Chinese and in English."""

    def __init__(self, name: str, chinese: str, english: str) -> None:
        super().__init__(chinese)
        self.name = name
        self.english = english


class SearchQuery(PolicyQuery):
    """The parameters of the API with a smaller page."""

    limit: int = Field(USUAL_FOUND, ge=0, le=MAX_FOUND, description="给出几件；0 只计数")


class CountQuery(FacetQuery):
    """What to count, of which facets."""

    limit: int = Field(USUAL_COUNTED, ge=1, le=MAX_COUNTED, description="每个分面最多几个值，多的在前")


class DocumentQuery(BaseModel):
    """Which document, and which piece of which of its texts."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(
        min_length=1, max_length=40, description="search 或 resolve_number 给出的 id（或 policy://id）"
    )
    file: int = Field(0, ge=0, le=10_000, description="0 是网页正文，1 起是第几个文件（见 files）")
    offset: int = Field(0, ge=0, le=100_000_000, description="从第几个字符开始；续读用上一次的 text.next")
    page: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="从文件的第几页开始（与 offset 二者选一），如 passages 给出的 page",
    )
    limit: int = Field(USUAL_PIECE, ge=0, le=MAX_PIECE, description="给出几个字符；0 只看字段")
    evidence: bool = Field(False, description="是否给出每个字段的出处和解析时的警告")


class NumberQuery(BaseModel):
    """A document number."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(
        min_length=1,
        max_length=MAX_NUMBER,
        description="文号，任意写法，如 演政发[2023]12号、演政发〔2023〕12号",
    )


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: its name, what it is for, its parameters, its answer and the function that makes it."""

    name: str
    title: str
    description: str
    query: type[BaseModel]
    answer: type[Any]
    run: Callable[[Library, Any], Any]


def call(tool: Tool, library: Library, arguments: Mapping[str, Any]) -> Any:
    """The answer of a tool to arguments as an agent gives them; raises ToolError and the errors of the library."""
    try:
        query = tool.query.model_validate(_tidied(tool.query, arguments))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        told = "; ".join(f"{'.'.join(map(str, one['loc']))[:40]}: {one['msg'][:200]}" for one in found[:5])
        chinese = refusal([{**one, "loc": ("arguments", *one["loc"])} for one in found])
        raise ToolError("bad_parameter", chinese, f"Parameters not accepted: {told}") from error
    return tool.run(library, query)


def input_schema(tool: Tool) -> dict[str, Any]:
    """The JSON schema of the parameters; filters say which values they know."""
    schema = tool.query.model_json_schema(by_alias=True)
    for name, values in schema["properties"].items():
        values.pop("title", None)
        if name in FILTER_NAMES:
            known = (
                "；可用：" + "、".join(f"{c}（{n}）" for c, n in CLOSED[name].items())
                if name in CLOSED
                else ""
            )
            values["description"] = f"{FILTER_NAMES[name]}，任一即可{known}"
    schema.pop("title", None)
    schema.pop("description", None)
    return schema


def _tidied(query: type[BaseModel], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments without nulls, and lists where models write one value or JSON in a string."""
    lists = {
        info.alias or name for name, info in query.model_fields.items() if get_origin(info.annotation) is list
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    return {name: _listed(value) if name in lists else value for name, value in given.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, str):
        return (
            [str(one) if isinstance(one, int) else one for one in value] if isinstance(value, list) else value
        )
    try:
        found = json.loads(value) if value.lstrip().startswith("[") else value
    except (ValueError, RecursionError):
        found = value
    return found if isinstance(found, list) else [value]


def _search(library: Library, query: SearchQuery) -> AgentPage:
    form = query.form(library.query_names(), query.sort or "", query.order)
    asked = form.request(
        limit=query.limit,
        offset=query.offset,
        cursor=query.cursor,
        facets=query.facets,
        values=USUAL_COUNTED,
    )
    found, label = library.search(asked.request), library.label()
    return agent_page(api_page(asked, found, label, library.meant(asked, found.whole)), found, label)


def _facets(library: Library, query: CountQuery) -> AgentFacets:
    asked = query.form(library.query_names()).request(limit=0, facets=query.facets, values=query.limit)
    counted = api_facets(asked, library.search(asked.request), library.label())
    # Values that tie with the last one are all told, and of regions those above; an agent gets so many.
    facets = {name: values[: query.limit] for name, values in counted.facets.items()}
    cut = [name for name, values in counted.facets.items() if len(values) > query.limit]
    return AgentFacets(
        total=counted.total,
        facets=facets,
        more=list(dict.fromkeys((*counted.more, *cut))),
        mistakes=counted.mistakes,
        also=counted.also,
        note=counted.note,
        partial=counted.partial,
    )


def _document(library: Library, query: DocumentQuery) -> AgentDocument:
    policy_id = query.id.removeprefix(SCHEME)
    stored = library.policy(policy_id)
    if stored is None:
        raise ToolError(
            "not_found",
            f"没有编号为 {policy_id} 的政策：编号由 search 或 resolve_number 给出",
            "No policy has this id: take ids from search or resolve_number.",
        )
    files, offset = stored.policy.attachments, query.offset
    if query.file > len(files):
        raise ToolError(
            "bad_parameter",
            f"参数不可用：file：这件政策有 {len(files)} 个文件",
            f"Parameters not accepted: this policy has {len(files)} files.",
        )
    if query.page is not None:
        start = start_of_page(files[query.file - 1], query.page) if query.file and not offset else None
        if start is None:
            raise ToolError(
                "bad_parameter",
                "参数不可用：page：只用于有这一页的文件（file 从 1 起），且不与 offset 同用",
                "Parameters not accepted: page needs a file that has this page, and no offset.",
            )
        offset = start
    return agent_document(
        stored, piece_of(stored.policy, query.file, offset, query.limit), evidence=query.evidence
    )


def _number(library: Library, query: NumberQuery) -> AgentNumber:
    key = number_key(query.number) or doc_number_key(query.number)
    if not key:
        raise ToolError(
            "bad_number",
            "看不出文号：应有发文机关代字、年份和序号，如 演政发〔2023〕12号；按词查找请用 search",
            "Not readable as a document number; use search for words.",
        )
    bearers = library.find_number(key)
    items = agent_items(bearers[:MAX_BEARERS], library.label())
    return AgentNumber(
        query.number, key, len(bearers), items, () if items else numbers_near(key, library.find_number)
    )


TOOLS = (
    Tool(
        "search",
        "检索政策",
        "检索中国各级政府的政策文件。q 是检索词或文号（可为空，只按条件筛选），其余参数是筛选、排序和分页；"
        "结果给出标题、文号、机关、日期、有效性和命中的摘录，全文用 get_document。"
        "走完全部结果：把 next 原样作为 cursor 再调用。total 为 0 时看 mistakes、did_you_mean。 "
        "Search Chinese government policy documents; continue with cursor=next.",
        SearchQuery,
        AgentPage,
        _search,
    ),
    Tool(
        "get_document",
        "读一件政策",
        "按 id 读一件政策：第一次调用给出全部字段、文件清单和正文的第一段；长文用 offset=text.next 续读，"
        "附件和正文文件的文字用 file=1、2……，可从某一页开始（page）。 "
        "Read one document: fields, files and its text piece by piece.",
        DocumentQuery,
        AgentDocument,
        _document,
    ),
    Tool(
        "resolve_number",
        "按文号查找",
        "由文号（任意写法）找到使用它的政策；没有时 near 给出相近而存在的文号。 "
        "Find the policies that bear a document number, in any spelling.",
        NumberQuery,
        AgentNumber,
        _number,
    ),
    Tool(
        "facets",
        "分面计数",
        "不取结果，只按层级、地区、发文机关、年份、主题、有效性等计数；参数同 search。"
        "给出的 value 可直接作为 search 的筛选值。 Count the values of facets over what a search finds.",
        CountQuery,
        AgentFacets,
        _facets,
    ),
)
