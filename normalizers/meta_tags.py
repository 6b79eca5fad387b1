"""Meta tags of a page, as 国办发〔2017〕47号 asks for them and as sites spell them."""

from collections.abc import Mapping

from lxml.html import HtmlElement

from normalizers.chars import squeeze, tidy

MAX_CONTENT = 2_000
TITLE = ("articletitle", "og:title", "title")
# maketime is the moment at which JCMS made the page, years after it was published (3 of 4 pages, 2020-2024).
PUBLISHED = (
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "publishtime",
    "docreltime",
    "og:release_date",
)
SOURCE = ("contentsource", "source", "docsource")
KEYWORDS = ("keywords",)
# Values that a template left behind.
LEFTOVERS = frozenset(
    {
        "标题",
        "文章标题",
        "网站名称",
        "发布时间",
        "来源",
        "关键词",
        "栏目名称",
        "无",
        "null",
        "none",
        "undefined",
    }
)
# … with white space between their letters.
LONGEST = 2 * max(map(len, LEFTOVERS))


def read_meta_tags(root: HtmlElement) -> dict[str, str]:
    """Names (lower case) to contents, the first that is not empty; template leftovers are absent."""
    tags: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = tidy((element.get("content") or element.get("conetnt") or "")[:MAX_CONTENT])
        if name and content and not (len(content) <= LONGEST and squeeze(content).lower() in LEFTOVERS):
            tags.setdefault(name, content)
    return tags


def first_tag(tags: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, str] | None:
    """Name and content of the first of these tags that the page has."""
    return next(((name, tags[name]) for name in names if tags.get(name)), None)
