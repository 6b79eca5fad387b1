"""Pages that answer 200 and are an error page."""

import re

from normalizers.chars import squeeze
from normalizers.facts import PageFacts

ERROR = re.compile(
    r"(?:404|页面不存在|页面未找到|您访问的(?:页面|网页|内容|信息)(?:不存在|已删除|未找到)|notfound|404notfound|找不到(?:该|您|网)?[^，。]{0,8}页面?"
    r"|访问的(?:页面|文章|信息)[^，。]{0,6}(?:不存在|已被?删除|已下线)|服务器错误|500internalservererror|403forbidden|访问出错|错误页面|页面出错)",
    re.IGNORECASE,
)
# An error page says so and little else (longest seen: 180 characters with its links).
MAX_TEXT = 400


def error_page(facts: PageFacts) -> str | None:
    """The words by which a page says that it is an error page; None for every other page.

    Both are needed: the words in its title or first lines, and hardly any other text.
    """
    if sum(len(line.text) for line in facts.page.lines) > MAX_TEXT:
        return None
    title = "".join(squeeze("".join(e.itertext())) for e in list(facts.root.iter("title"))[:1])
    for text in [title, *(squeeze(line.text) for line in facts.page.lines[:12])]:
        if m := ERROR.search(text):
            return m[0]
    return None
