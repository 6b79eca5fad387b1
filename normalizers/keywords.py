"""Keywords of a page without what its content system put there."""

import re
from collections.abc import Collection

from normalizers.chars import squeeze

MAX_KEYWORDS, LONGEST = 20, 20
SEPARATORS = re.compile(r"[,，;；、|\s]+")
# Words of navigation and templates in the Keywords tags of 97 pages (2018-2026).
NOISE = re.compile(
    r"网站?$|门户|网页|CMS|首页|^(?:your|keywords?|关键[词字])$|政务(?:公开|要闻|动态|服务|信息)?$|信息公开|^(?:政府|人民|市政府|县政府|区政府|人民政府|政策|文件|政策文件"
    r"|政策解读|通知|公告|通知公告|公示|要闻|动态|工作动态|本市动态|新闻|重点领域|其他|无)$|人民政府(?:门户.*)?$|^.{2,4}(?:政府|政务)$",
    re.IGNORECASE,
)


def split_keywords(text: str) -> tuple[str, ...]:
    """The words of a list of keywords, each once."""
    return tuple(dict.fromkeys(word.strip("《》“”\"' ") for word in SEPARATORS.split(text) if word.strip()))


def clean_keywords(words: Collection[str], title: str, text: str, names: Collection[str]) -> tuple[str, ...]:
    """Keywords that say something about the document.

    Left out: words of the site (`names`: site, columns, source), navigation, the title itself and its
    pieces cut at blanks, and what neither title nor text contains.
    """
    unwanted = {squeeze(name) for name in names if name}
    whole = squeeze(title)
    pieces = {squeeze(piece) for piece in title.split()} if " " in title else set()
    wanted = [
        word
        for word in words
        if 2 <= len(word) <= LONGEST
        and not NOISE.search(word)
        and squeeze(word) not in unwanted | pieces | {whole}
        and (word in whole or word in text)
    ]
    return tuple(wanted[:MAX_KEYWORDS])
