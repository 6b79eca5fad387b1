"""Which lines belong to the shell of a page: buttons, labels, links, editors, footers, notices of the site."""

import re
from functools import lru_cache

from normalizers.dates import find_dates
from normalizers.file_endings import FILES_AND_PICTURES
from normalizers.info_table import MAX_PRINTED, is_info_line
from normalizers.labels import LABELS, label_of
from normalizers.lines import Line

# Buttons, labels and footers are shorter than this.
MAX_CHROME = 200
# What the words of a line can say of it.
SHELL, DAY = "shell", "day"
# A line of the shell with a day is shorter than this.
MAX_DAY_LINE = 60
# Longer texts are not remembered; so those that are take 1 MB at most.
MAX_KNOWN = 40
# 政策解读, 图解 and the like head a list of links in lines up to this length; longer ones are text.
MAX_CUT = 40
# Observed 2018-2026: 【我要纠错】 责任编辑：… and 相关稿件 on gov.cn; 撰稿, 供稿, 审稿 and 网络编辑 beside v_news_content (VSB);
# 上一条, 下一条：没有了 in templates of many systems; 国办发〔2017〕47号 asks for the words of the footer.
CHROME = re.compile(
    r"^(?:[【\[（(]?(?:打印|打印本页|打印此页|关闭|关闭窗口|关闭本页|返回|返回顶部|收藏|分享|分享到|字体|大|中|小|纠错|我要纠错|我要打印|扫一扫.*|"
    r"(?:上一页)?[\d\s]*下一页.*|上一篇.*|下一篇.*|上一条.*|下一条.*|没有了|复制|推荐|微信|微博|首页|加入收藏|下载文件|文件下载|语音播报|无障碍阅读)[】\]）)]?[\s|｜:：]*)+$"
)
# Observed on the same pages.
EDITOR = re.compile(
    r"^[（(【\[]?(?:责任编辑|责编|(?:编辑|审核|校对|初审|复审|终审|作者|来源|信息来源|文章来源|稿件来源|发布时间|发布日期|浏览次数|点击数|录入|供稿|撰稿"
    r"|阅读次数|本文来源|网络编辑|审稿)[:：])"
)
# Observed on the same pages; the footer by 国办发〔2017〕47号.
CUT = re.compile(
    r"^(?:相关附件|附件下载|相关链接|相关文件|相关解读|相关阅读|相关文章|相关新闻|相关信息|相关政策|推荐阅读|政策解读|文件解读|解读链接|图解|主办单位|版权所有|"
    r"网站地图|联系我们|扫一扫|扫码|分享到|打印本页|您访问的链接|责任编辑|上一篇|下一篇|政府网站标识码|网站标识码|相关稿件|热点推荐|附件列表|文件下载)"
)
# Every branch begins with a letter: a search then skips all others, in half the time.
FOOTER = re.compile(
    r"版权所有|ICP\s*[备证]|公网安备|网站标识码|主办(?<=^主办)[:：单位]|承办(?<=^承办)[:：单位]"
    r"|技术支持(?<=^技术支持)[:：单位]"
)
ANNEX_LINE = re.compile(r"^(?:附\s*件|附\s*表|附)\s*[\d一二三四五六七八九十]{0,3}\s*[:：.、]?")
# Endings of files, OFD (GB/T 33190-2016) and the formats of WPS among them.
FILE_NAME = re.compile(rf"\.(?:{FILES_AND_PICTURES})\s*(?:[（(].{{0,12}}[）)])?$", re.IGNORECASE)
# The name of an annex: with its word, or as an item of the numbered list of annexes.
ANNEX_NAME = re.compile(rf"{ANNEX_LINE.pattern}|\d{{1,2}}[.．、]")
# What a site says of itself in whole sentences (observed on development pages, 2018-2026).
NOTICE = re.compile(
    r"免责声明|版权(?:声明|属于|归)|您访问的链接|您即将(?:离开|访问)|凡本[站网]|本[站网](?:站|页)?(?:提供|刊载|转载)|建议使用.{0,20}(?:浏览器|分辨率)|转载.{0,6}(?:请|须|必须)注明"
)
# Lines of a shell that stand between the page's title and its first sentence.
POSITION = re.compile(r"(?:当前|您?现在的?|所在|您的)位置|首\s*页\s*[>»›＞]|^\W*$")

# 共31条记录 1/2页首页 上一页 下一页: the foot of a list.
PAGER = re.compile(r"共\s*\d+\s*[条页]")


def is_head_chrome(text: str) -> bool:
    """Whether a line before the first sentence is a label, button or source line."""
    return len(text) <= MAX_CHROME and bool(
        CHROME.match(text) or is_info_line(text) or (EDITOR.match(text) and len(text) < 60)
    )


def is_shell(line: Line) -> bool:
    """Whether a line belongs to the page, not to the document: links, buttons, labels, times."""
    text = line.text
    if not text:
        return False
    if line.linked * 2 >= len(text):
        return True
    sign = _known_sign(text) if len(text) <= MAX_KNOWN else _sign(text)
    return sign == SHELL or (sign == DAY and line.tag != "p")


@lru_cache(maxsize=4096)
def _known_sign(text: str) -> str:
    """The answer for a short text, remembered: the pages of a site share their shell, a table its words."""
    return _sign(text)


def _sign(text: str) -> str:
    """What the words of a line say: that it is of the shell, that it has a day and little else, "" for neither."""
    if (
        is_head_chrome(text)
        or (len(text) <= MAX_PRINTED and label_of(text) in LABELS)
        or is_position(text)
        or PAGER.match(text)
    ):
        return SHELL
    dated = len(text) < MAX_DAY_LINE and not text.startswith(("（", "(")) and find_dates(text)
    return DAY if dated else ""


def is_position(text: str) -> bool:
    """Whether a line says where in the site its page stands, or is nothing but marks."""
    told = "位置" in text or "首" in text or not text[0].isalnum()
    return told and bool(POSITION.search(text))


def is_link(line: Line) -> bool:
    """Whether a line is a link that names no file."""
    return bool(line.text) and line.linked * 2 >= len(line.text) and not is_file(line)


def is_file(line: Line) -> bool:
    """Whether a line with a link names a file."""
    return line.linked > 0 and bool(ANNEX_NAME.match(line.text) or FILE_NAME.search(line.text))


def speaks(lines: list[Line]) -> bool:
    """Whether lines hold anything but the shell of a page: a text, a picture or a file."""
    return any(
        line.src or is_file(line) or not (is_link(line) or is_end(line) or is_shell(line)) for line in lines
    )


def is_end(line: Line) -> bool:
    """Whether a line ends every body: buttons, editors, related links, footers."""
    text = line.text
    return len(text) <= MAX_CHROME and bool(CHROME.match(text) or EDITOR.match(text) or is_foot(text))


def is_foot(text: str) -> bool:
    """Whether a line heads what follows a document, belongs to a footer or is a notice of the site."""
    return _known_foot(text) if len(text) <= MAX_KNOWN else _foot(text)


@lru_cache(maxsize=4096)
def _known_foot(text: str) -> bool:
    """The answer for a short text, remembered as above."""
    return _foot(text)


def _foot(text: str) -> bool:
    return bool(FOOTER.search(text) or is_cut(text) or NOTICE.search(text))


def is_cut(text: str) -> bool:
    """Whether a line heads what follows a document: related links, share buttons, a footer."""
    return len(text) <= MAX_CUT and bool(CUT.match(text))
