"""Servers of the families whose lists are interfaces: what each answers to a request, by the facts known of it."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawlers.platforms.list_requests import ListRequest

HOST = "https://www.yanshi.gov.cn"
HEX = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
MENU = "".join(f'<li><a href="/m{n}/index.html">栏目第{n}号</a></li>' for n in range(12))
Answer = Callable[[ListRequest], str | None]


def shell(*, head: str = "", script: str = "", body: str = "") -> str:
    """A column page without rows: a menu, an empty block, a script."""
    return (
        f"<html><head><title>演示栏目</title>{head}</head><body><ul class='nav'>{MENU}</ul>"
        f"<div class='list'>{body}</div><script>{script}</script></body></html>"
    )


def path_of(request: ListRequest) -> str:
    return urlsplit(request.url).path


def query_of(request: ListRequest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


def numbers(page: int, size: int, total: int) -> range:
    """The numbers of the documents on a page."""
    return range((page - 1) * size + 1, min(page * size, total) + 1)


def title(number: int) -> str:
    return f"演示市人民政府关于第{number}号事项的通知"


def items(page: int, size: int, total: int, address: str) -> str:
    """The rows of a page as list items; `address` has {} for the number."""
    return "".join(
        f'<li><a href="{address.format(n)}" title="{title(n)}">{title(n)[:12]}…</a><span>2026-{12 - n // 28:02}-{28 - n % 28:02}</span></li>'
        for n in numbers(page, size, total)
    )


def ucap_result(number: int) -> dict[str, Any]:
    pairs = [
        {"key": "refno", "value": f"演政发〔2026〕{number}号"},
        {"key": "writedate", "value": "2026-01-02"},
    ]
    return {
        "title": title(number),
        "url": f"/yanshi/c100280/202601/{number:032x}.shtml",
        "publishedTimeStr": "2026-01-05 10:00:00",
        "domainMetaList": [{"resultList": pairs}],
        "resList": [{"filePath": "/files/a.pdf", "title": "附件"}],
    }


def ucap_server(column: str, total: int = 45) -> Answer:
    """A server with one column page and the search interface of HEX."""

    def answer(request: ListRequest) -> str | None:
        path, query = path_of(request), query_of(request)
        if path.endswith(".shtml"):
            return column
        if path == f"/common/search/{HEX}" and query["_isJson"] == "true" and query["_isAgg"] == "true":
            page, size = int(query["page"]), int(query["_pageSize"])
            rows = [ucap_result(n) for n in numbers(page, size, total)]
            return json.dumps(
                {"code": 200, "data": {"total": total, "page": page, "rows": size, "results": rows}}
            )
        return None

    return answer


def jpaas_block(tag: str, quote: str = "'") -> str:
    pairs = {
        "webId": HEX,
        "pageId": "vhiC3JxmPC8o7Lqg4Jw0E",
        "parseType": "bulidstatic",
        "tplSetId": "t1",
        "tagId": tag,
    }
    data = "{" + ",".join(f"{quote}{key}{quote}:{quote}{value}{quote}" for key, value in pairs.items()) + "}"
    return (
        f'<script id="x" src="/static/js/unitbuild.js" parseType="bulidstatic" webId="{HEX}"'
        f' url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="{data}"></script>'
    )


def jpaas_server(column: str, total: int = 45, *, stuck: bool = False) -> Answer:
    """A jpaas server; `stuck` answers page 1 whatever is asked."""

    def answer(request: ListRequest) -> str | None:
        if not path_of(request).endswith("/front/page/build/unit"):
            return column
        query = query_of(request)
        assert (query["tagId"], query["parseType"], query["tplSetId"]) == ("分页列表", "bulidstatic", "t1")
        asked = json.loads(query["paramJson"])
        page = 1 if stuck else asked["pageNo"]
        rows = items(page, asked["pageSize"], total, "/art/2026/art_{:032x}.html")
        return json.dumps({"success": True, "code": "200", "data": {"html": f"<ul>{rows}</ul>共{total}条"}})

    return answer


def pclist_answer(request: ListRequest, total: int = 40) -> str:
    page, size = int(request.form["current"]), int(request.form["pageSize"])
    rows = [
        {
            "source": {
                "id": str(10**18 + n),
                "title": title(n),
                "pubDate": "2026-01-05 09:00:00",
                "urls": json.dumps(
                    {"pc": f"/yssrmzf/szfwj/pc/content/content_{10**18 + n}.html", "phone": ""}
                ),
                "content": {"content": "<p>演示</p>"},
            }
        }
        for n in numbers(page, size, total)
    ]
    return json.dumps({"data": {"total": total, "results": rows}})
