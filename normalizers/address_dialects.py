"""The one table of address dialects: what kind of page an address names, who writes such addresses, which date it carries.

A dialect is the form that one or several platforms give the addresses of their pages. Most of it stands in
the last segments of the path, so a dialect is looked for only where the last segment can begin like one.
"""

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from normalizers.policy import Precision

Kind = Literal["detail", "list", "file", "home", "unknown"]

# The longest address seen on 300 hosts has 700 characters (2020-2026); nothing longer is read.
MAX_ADDRESS = 2_000
# The oldest documents online are decrees of 1949.
FIRST_YEAR, LAST_YEAR = 1949, 2099


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """What an address says about its page.

    `dialect` is "" where no form of the table fits. `date` is the first day of what `precision` names
    and stood in the address as `raw_date`; it is the day of upload, the weakest sign of publication.
    `platforms` are the families known to write such addresses, the likeliest first; () for forms that
    anybody uses.
    """

    kind: Kind
    dialect: str = ""
    date: datetime.date | None = None
    precision: Precision | None = None
    platforms: tuple[str, ...] = ()
    raw_date: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One form of addresses.

    `pattern` is searched in the path in small letters, or in path and query where it names a `?`; its groups are the
    year, month and day of its date. Only to save time: `starts` holds the characters with which the last segment can begin
    ("/" for none, "#" for a bare number, "*" for any), `needs` is a piece of the path that the pattern cannot do without.
    """

    name: str
    kind: Kind
    starts: str
    pattern: str
    platforms: tuple[str, ...] = ()
    needs: str = ""


DIGIT = "0123456789"
NUMBER = "#"
HEX = DIGIT + "abcdef"
TOKEN = DIGIT + "abcdefghijklmnopqrstuvwxyz"
ENDING = r"\.(?:s?html?|jhtml|dhtml|thtml|jspx?|aspx?|php|do|rt)"
PAGE = ENDING + "$"
YEAR = r"((?:19|20)\d\d)"
MONTH = r"(0?[1-9]|1[0-2])"
DAY = r"(0?[1-9]|[12]\d|3[01])"
MM, DD = r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
HEX32 = r"[0-9a-f]{32}"
UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
# An id that begins with the second it was made: year to second, then a counter.
STAMP = rf"{YEAR}{MM}{DD}(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\d{{0,6}}"
# Words for one page and for a list of pages in front of a number (names of folders and of files).
ONE = (
    r"(?:art(?:icles?)?|contents?|details?(?:_?info)?|infos?|(?:news_?)?show|view|read|message|post|doc|fulltext"
    r"|xiangqing)"
)
MANY = (
    r"(?:(?:channel|show|page|news|info|art|common|data)?_?lists?(?:_?page)?|channels?|columns?|col|nodes?|catalogs?"
    r"|categor(?:y|ies)|class|cid|lm|more|gengduo|pages?|(?:document)?quickquery|kuozhan|topics?|special|tags?)"
)

DETAILS = (
    # UCAP sites that took over the file names of TRS (columns have codes of c and digits).
    Dialect(
        "c_trs_dated",
        "detail",
        "t",
        rf"/c\d{{3,7}}/\d{{6}}/t(\d{{4}})(\d\d)(\d\d)_\d+{PAGE}",
        ("ucap", "trs"),
        needs="/c",
    ),
    # TRS: the day of upload and the number of the document (most ministries).
    Dialect(
        "trs_dated",
        "detail",
        "t",
        rf"/t(\d{{4}})(\d\d)(\d\d)_?\d+(?:_\d+)?{PAGE}",
        ("trs",),
        needs="/t",
    ),
    Dialect("trs_short", "detail", "t", rf"/t\d{{4,9}}{PAGE}", ("trs",), needs="/t"),
    # Hanweb JCMS, then jpaas, which keeps the year alone.
    Dialect(
        "art_dated", "detail", "a", rf"/art/{YEAR}/{MONTH}/{DAY}/art_\w+{PAGE}", ("jcms",), needs="/art_"
    ),
    Dialect("art_hashed", "detail", "a", rf"/art/{YEAR}/art_\w+{PAGE}", ("jcms",), needs="/art_"),
    Dialect("art", "detail", "a", rf"/art_\d*[0-9a-f]{{4,}}(?:_\d+)?{PAGE}", ("jcms",), needs="/art_"),
    # Hexadecimal ids: UCAP keeps month or day in folders, Shanghai and Xinhua's platform a whole day.
    Dialect("hex_slash_day", "detail", HEX, rf"/{YEAR}/{MONTH}/{DAY}/{HEX32}{PAGE}", ("ucap",)),
    Dialect("hex_month", "detail", HEX, rf"/{YEAR}-?{MM}/{HEX32}{PAGE}", ("ucap",)),
    Dialect("hex_day", "detail", HEX, rf"/{YEAR}{MM}{DD}/{HEX32}{PAGE}", ("shanghai", "ds_json")),
    Dialect("hex_day_c", "detail", "c", rf"/{YEAR}{MM}{DD}/{HEX32}/c{PAGE}", ("ds_json",), needs="/c."),
    Dialect("hex_content", "detail", "ic", rf"/{HEX32}/(?:info_)?content{PAGE}", needs="content."),
    Dialect(
        "content_hex_day",
        "detail",
        "c",
        rf"/{YEAR}-{MONTH}/{DAY}/content_{HEX32}{PAGE}",
        ("ucap",),
        needs="/content_",
    ),
    Dialect("content_hex", "detail", "c", rf"/content_{HEX32}{PAGE}", ("ucap",), needs="/content_"),
    # gov.cn and the platforms that write like it.
    Dialect(
        "gov_cn_month",
        "detail",
        "c",
        rf"/{YEAR}{MM}/content_\d{{4,9}}(?:_\d+)?{PAGE}",
        ("gov_cn",),
        needs="/content_",
    ),
    Dialect(
        "content_dated",
        "detail",
        "c",
        rf"/{YEAR}-{MONTH}/{DAY}/content_\d+{PAGE}",
        ("gov_cn", "ucap"),
        needs="/content_",
    ),
    Dialect("c_dated", "detail", "c", rf"/{YEAR}-{MONTH}/{DAY}/c_\d+{PAGE}", ("cac", "ds_json"), needs="/c_"),
    Dialect("content_snowflake", "detail", "c", rf"/content_\d{{19}}{PAGE}", ("pclist",), needs="/content_"),
    Dialect("ankang_content", "detail", "c", r"/content-\d+(?:_\d+)?\.html$", ("ankang",), needs="/content-"),
    Dialect("content_number", "detail", "c", rf"/content[_-](?:\w+_)?\d{{3,}}{PAGE}", needs="/content"),
    Dialect(
        "n_content", "detail", "c", rf"/n\d+/c\d+/content{PAGE}", ("n_content", "ucap"), needs="/content."
    ),
    Dialect("c_content", "detail", "c", rf"/c\d+/content{PAGE}", ("ucap", "n_content"), needs="/content."),
    Dialect("ucap_month", "detail", "c", rf"/{YEAR}{MM}/c\d+_\d+{PAGE}", ("ucap",), needs="/c"),
    # Guangdong: the disclosure platform and its static side.
    Dialect(
        "gkmlpt", "detail", "pm", rf"/gkmlpt/content/\d+/\d+/m?post_\d+{PAGE}", ("gkmlpt",), needs="/gkmlpt/"
    ),
    Dialect("post", "detail", "pm", rf"/content/m?post_\d+{PAGE}", ("nfcms", "gkmlpt"), needs="/content/"),
    # UUIDs.
    Dialect(
        "hebei",
        "detail",
        HEX,
        rf"/columns/{UUID}/{YEAR}{MM}/{DD}/{UUID}{PAGE}",
        ("hebei",),
        needs="/columns/",
    ),
    Dialect(
        "epoint", "detail", HEX, rf"/\d{{3}}(?:\d{{3}})*/{YEAR}{MM}{DD}/{UUID}{PAGE}", ("epoint",), needs="-"
    ),
    Dialect("uuid_day", "detail", HEX, rf"/{YEAR}{MM}{DD}/{UUID}{PAGE}", ("epoint",), needs="-"),
    Dialect("uuid_content", "detail", HEX, rf"/content/{UUID}{PAGE}", ("truecms",), needs="/content/"),
    Dialect("uuid", "detail", HEX, rf"/{UUID}{PAGE}", needs="-"),
    # VSB, Longxun, FineCMS, Ankang, JEECMS, RT, 12371.
    Dialect("vsb", "detail", NUMBER, r"/info/\d{3,5}/\d+\.htm$", ("vsb",), needs="/info/"),
    Dialect(
        "longxun_article",
        "detail",
        NUMBER,
        rf"/content/article/\d+(?:{ENDING})?$",
        ("longxun",),
        needs="/content/article/",
    ),
    Dialect(
        "longxun_public",
        "detail",
        NUMBER,
        r"/public/(?:column/)?\d+/\d+\.html$",
        ("longxun",),
        needs="/public/",
    ),
    Dialect(
        "branch_detail",
        "detail",
        HEX,
        rf"/content/(?:detail/)?[a-z]*/?[0-9a-f]{{24}}{PAGE}",
        needs="/content/",
    ),
    Dialect(
        "finecms_show", "detail", TOKEN, r"/[a-z]+-show-\d+(?:-\d+)?\.html$", ("finecms",), needs="-show-"
    ),
    Dialect("jeecms_number", "detail", NUMBER, r"/\d+\.jhtml$", ("jeecms",), needs=".jhtml"),
    Dialect(
        "rt_static",
        "detail",
        NUMBER + TOKEN,
        r"/resources/site/\d+/html/.+/(?!index)[^/]+\.html$",
        ("rt",),
        needs="/resources/site/",
    ),
    Dialect("arti", "detail", "a", rf"/{YEAR}/{MM}/{DD}/arti\w+{PAGE}", needs="/arti"),
    Dialect("node_unit", "detail", "u", rf"/n(?:ode)?\d+/u\d+ai\w+{PAGE}", needs="/u"),
    # A folder that is one document: ids of one second, then bare numbers.
    Dialect("stamp_index", "detail", "i", rf"/{STAMP}/index{PAGE}", ("eportal",), needs="/index."),
    Dialect(
        "day_index", "detail", "i", rf"/{YEAR}{MM}{DD}\d{{4,12}}/index{PAGE}", ("eportal",), needs="/index."
    ),
    Dialect("long_index", "detail", "i", rf"/\d{{12,20}}/index{PAGE}", ("eportal",), needs="/index."),
    Dialect("number_index", "detail", "i", rf"/(?!{MANY}/)[a-z][^/]*/\d{{5,9}}/index{PAGE}", needs="/index."),
    Dialect("tree_index", "detail", "i", rf"/\d{{4,}}/\d{{7,9}}/index{PAGE}", needs="/index."),
    # Bare numbers: a snowflake, a stamp, a number below dated folders, a number of an article.
    Dialect("stamp_number", "detail", NUMBER, rf"/{STAMP}{PAGE}"),
    Dialect(
        "ucap_month_number", "detail", NUMBER, rf"/c\d{{5,7}}/{YEAR}{MM}/\d+{PAGE}", ("ucap",), needs="/c"
    ),
    Dialect("snowflake", "detail", NUMBER, rf"/\d{{19}}{PAGE}", ("xa_publish", "pclist")),
    Dialect(
        "system_day", "detail", NUMBER, rf"/system/{YEAR}/{MM}/{DD}/\d+{PAGE}", ("trs",), needs="/system/"
    ),
    Dialect("number_year_day", "detail", NUMBER, rf"/{YEAR}/{MM}-?{DD}/\d+{PAGE}", ("trs",)),
    Dialect("dated_number", "detail", "12", rf"/{YEAR}-{MM}-{DD}[-_]\w+{PAGE}", needs="-"),
    Dialect("article_number", "detail", NUMBER, rf"/{ONE}/\d+{PAGE}"),
    Dialect("list_number", "list", NUMBER, rf"/{MANY}/\d+{PAGE}"),
    Dialect(
        "number", "detail", NUMBER, r"/(?:(?:\d{4,18}|\d{20,24})\.(?:s?html?|jhtml|php|jspx?)|\d{3}\.s?html)$"
    ),
    # Short numbers: a page below dated folders, else a page of a list.
    Dialect(
        "folder_number",
        "detail",
        NUMBER,
        rf"/(?:19|20)\d\d(?:[-/]?(?:0[1-9]|1[0-2])|[-/][1-9])(?:[-/]?[0-3]?\d)?/\d+{PAGE}",
    ),
    Dialect("snowflake_page", "list", NUMBER, rf"/\d{{1,2}}{PAGE}", ("xa_publish",)),
    Dialect("dashed_page", "list", DIGIT, rf"/\d{{1,4}}-\d{{1,3}}{PAGE}"),
    Dialect(
        "index_pc_day",
        "detail",
        DIGIT,
        rf"/\d{{4}}/{YEAR}{MM}{DD}\d{{6,14}}_pc{PAGE}",
        ("index_pc",),
        needs="_pc.",
    ),
    Dialect(
        "number_dashed",
        "detail",
        DIGIT,
        rf"/(?:\d{{8,}}[_-][\d_-]*|\d{{1,7}}[_-]\d{{5,}}[\d_-]*)(?:_?(?:pc|m|mobile|wap))?{PAGE}",
    ),
    Dialect("hex", "detail", HEX, rf"/(?:{HEX32}|[0-9a-f]{{24}}){PAGE}"),
    # A word for one page and a number or token.
    Dialect("word_number", "detail", TOKEN, rf"/(?:[a-z]+[-_])?{ONE}[-_]?\d+(?:[-_]\d+)*{PAGE}"),
    Dialect("word_hex", "detail", TOKEN, rf"/{ONE}[-_](?=[^.]*\d)[0-9a-f]{{12,40}}{PAGE}"),
    Dialect("code_number", "detail", TOKEN, rf"/(?:xxgkcontent-|pnidpv|n|p)\d[\d-]{{3,}}{PAGE}"),
    Dialect("article_token", "detail", TOKEN, rf"/{ONE}/(?=[^/.]*\d)[0-9a-z]{{16,40}}{PAGE}"),
    Dialect("portal_article", "detail", TOKEN, r"/portal/article/\d+/[0-9a-f]{8,}$", needs="/portal/"),
)

# Details that only the query tells.
ID = r"(?:id|aid|docid|articleid|newsid|infoid|contentid|bbbs|wbnewsid|manuscriptid|itemid|guid)"
QUERIES = (
    # A door to another address (相关链接 counted on their way out): nothing is known of what lies behind.
    Dialect("redirect", "unknown", "*", r"\?(?:[^#]*&)?url=(?:https?:|https?%3a|/|%2f)"),
    Dialect(
        "vsb_query", "detail", "*", r"\.jsp\?(?:[^#]*&)?urltype=news\.newscontenturl&", ("vsb",), needs=".jsp"
    ),
    Dialect(
        "nfra_item", "detail", "i", r"/itemdetail\.html\?(?:[^#]*&)?docid=\d+", ("nfra",), needs="/itemdetail"
    ),
    Dialect(
        "nfra_list", "list", "i", r"/itemlist\.html\?(?:[^#]*&)?itemp?id=\d+", ("nfra",), needs="/itemlist"
    ),
    Dialect("npc", "detail", "d", r"/detail2?(?:\.html)?\?(?:id=)?[\w%=-]{16,}", ("npc",), needs="/detail"),
    Dialect(
        "rt_query",
        "detail",
        "nz",
        r"/(?:news|zwgk)_(?:info|show|view|content)\.rt\?",
        ("rt",),
        needs=".rt",
    ),
    Dialect("rt_list", "list", "*", r"\.rt\?", ("rt",), needs=".rt"),
    Dialect(
        "aspx_query",
        "detail",
        "*",
        rf"/\w{{0,20}}{ONE}\w{{0,20}}\.aspx\?(?:[^#]*&)?\w{{0,12}}{ID}=[\w-]+",
        ("aspx",),
    ),
    Dialect("php_show", "detail", "i", r"/index\.php\?(?:[^#]*&)?(?:a|c)=show(?:&|$)", needs="/index.php"),
    Dialect(
        "php_list",
        "list",
        "i",
        r"/index\.php\?(?:[^#]*&)?(?:a|c)=(?:lists?|category)(?:&|$)",
        needs="/index.php",
    ),
    Dialect("ilist", "list", "i", r"/ilist\.jsp\?", ("ilist",), needs="/ilist.jsp"),
    Dialect(
        "word_query",
        "detail",
        "*",
        rf"/\w{{0,20}}{ONE}\w{{0,20}}(?:\.\w+)?\?(?:[^#]*&)?\w{{0,12}}{ID}=[\w-]*\d[\w-]*",
    ),
)

LISTS = (
    Dialect(
        "jcms_column", "list", "i/c", r"/col/col\d+(?:/|/index(?:_\d+)?\.html)?$", ("jcms",), needs="/col/col"
    ),
    Dialect("jcms_api", "list", "dsu", r"/module/(?:web/jpage|xxgk)/\w+\.jsp$", ("jcms",), needs="/module/"),
    Dialect("jpaas_unit", "list", "u", r"/front/page/build/unit$", ("jcms",), needs="/page/build/"),
    Dialect("pclist", "list", "l", r"/pc/list(?:_\d+)?\.html$", ("pclist",), needs="/pc/list"),
    Dialect("query_list", "list", "q", r"/querylist$", ("pclist",), needs="/querylist"),
    Dialect(
        "gkmlpt_list",
        "list",
        "*",
        r"/gkmlpt(?:/(?:index|policy|search|link|api/.+)?)?$",
        ("gkmlpt",),
        needs="/gkmlpt",
    ),
    Dialect(
        "longxun_column", "list", NUMBER, r"/(?:public/column|content/column|site/tpl)/\d+$", ("longxun",)
    ),
    Dialect("longxun_label", "list", NUMBER, r"/site/label/8888$", ("longxun",), needs="/site/label/"),
    Dialect(
        "finecms_list", "list", TOKEN, r"/(?:xxgk|news)-list-[\w-]+\.html$", ("finecms",), needs="-list-"
    ),
    Dialect("ankang_node", "list", "n", r"/node-\d+(?:_\d+)?\.html$", ("ankang",), needs="/node-"),
    Dialect(
        "hebei_column",
        "list",
        "i/",
        rf"/columns/{UUID}/(?:index(?:_\d+)?\.html)?$",
        ("hebei",),
        needs="/columns/",
    ),
    Dialect(
        "shanghai_column", "list", "i/", r"/nw\d+/(?:index(?:_\d+)?\.html)?$", ("shanghai",), needs="/nw"
    ),
    Dialect("n_column", "list", "i/", r"/n\d+/n\d+/(?:index(?:_\d+)*\.html)?$", ("n_content",), needs="/n"),
    Dialect("index_pc", "list", "i", r"/index_pc(?:_\d+)?\.html$", ("index_pc",), needs="/index_pc"),
    Dialect("eportal", "list", "u", r"/eportal/ui$", ("eportal",), needs="/eportal/"),
    Dialect("ucap_search", "list", HEX, rf"/(?:common/search|searchlist|u/search/list)/{HEX32}$", ("ucap",)),
    Dialect("ucap_api", "list", "rgs", r"/(?:u/search/wjk/rs|getfilelistbycodeid|getlocallist)$", ("ucap",)),
    Dialect(
        "trs_search",
        "list",
        "ls",
        r"/(?:(?:igs|irs)/front/search(?:/list\.html)?|was5/web/search)$",
        ("trs",),
        needs="/search",
    ),
    Dialect("gov_cn_library", "list", "d", r"/search-gov/data$", ("gov_cn",), needs="/search-gov/"),
    Dialect("ds_json", "list", "d", r"/ds_[0-9a-f]+\.json$", ("ds_json",), needs=".json"),
    Dialect("cac_list", "list", "j", r"/cms/jsonlist$", ("cac",), needs="/jsonlist"),
    Dialect(
        "truecms_list",
        "list",
        "g",
        r"/messagecontroller/getmessage\.do$",
        ("truecms",),
        needs="/messagecontroller/",
    ),
    Dialect(
        "szinf_list",
        "list",
        "lg",
        r"/szinf/(?:xxgk/interfaceswebzcwj/loaddata|info/getinfocommon)$",
        ("szinf",),
        needs="/szinf/",
    ),
    Dialect(
        "rt_static_column",
        "list",
        "i",
        r"/resources/site/\d+/html/.+/index(?:_\d+)?\.html$",
        ("rt",),
        needs="/resources/site/",
    ),
    Dialect("rt_page", "list", "*", r"\.rt$", ("rt",), needs=".rt"),
    Dialect("jeecms_page", "list", "*", r"\.jhtml$", ("jeecms",), needs=".jhtml"),
    Dialect("aspx_page", "list", "*", r"\.aspx$", ("aspx",)),
    Dialect(
        "epoint_list",
        "list",
        "lsm",
        r"/\d{3,}/(?:list|subpage|moreinfo|secondpage)(?:_\w+)?\.html$",
        ("epoint",),
        needs=".html",
    ),
    Dialect("ucap_column", "list", TOKEN, r"/c\d{5,6}/[a-z0-9_]+\.shtml$", ("ucap",), needs=".shtml"),
    Dialect(
        "ucap_template",
        "list",
        TOKEN,
        r"/(?:[a-z0-9]+_)*(?:list|lists|navs|xxgklist|multilist)\d*(?:_\d+)?\.shtml$",
        ("ucap",),
        needs=".shtml",
    ),
    Dialect("index", "list", "idh", r"/(?:index|default|home)(?:[-_]\w+)?(?:\.\w+)?$"),
    Dialect("folder", "list", "/", r"/$"),
)

# Files by their ending; the platforms' own doors to files by their path.
TEXT_FILES = "pdf doc docx wps ofd xls xlsx et ppt pptx dps rtf txt csv zip rar 7z tar gz ceb ceba gd"
OTHER_FILES = "jpg jpeg png gif bmp tif tiff webp svg mp3 mp4 avi wmv flv mov"
FILES = frozenset([*TEXT_FILES.split(), *OTHER_FILES.split()])
DOORS = (
    Dialect("jcms_file", "file", "d", r"/module/download/\w+\.jsp", ("jcms",), needs="/module/download/"),
    Dialect("vsb_file", "file", "d", r"/system/_content/download\.jsp", ("vsb",), needs="/system/_content/"),
    Dialect("vsb_local", "file", "*", r"/__local/", ("vsb",), needs="/__local/"),
    Dialect("attachment", "file", "*", r"/attachment/\d+/", ("gkmlpt", "nfcms"), needs="/attachment/"),
    Dialect("download", "file", "*", r"/(?:download|downfile|filedownload)\w*(?:\.\w+)?\?"),
)

# Dates in folders above a page whose own dialect has none, from exact to coarse (223 hosts, 2020-2026).
FOLDER_DAY = re.compile(rf"/{YEAR}[-/]{MONTH}[-/]{DAY}(?=/)")
FOLDER_STAMP = re.compile(rf"/{YEAR}{MM}{DD}\d*(?=/)")
FOLDER_MONTH = re.compile(rf"/{YEAR}-?{MM}(?=/)")
# By how many of year, month and day an address has: how exact it is, and what stands for the rest.
PRECISIONS: tuple[Precision, ...] = ("year", "year", "month", "day")
ONES = ((), (1, 1), (1,), ())
# A name of letters, with a counter or without: zcwj.shtml, zwgk_v2.shtml, gfxwj3, more_list_43.html.
NAMED_PAGE = re.compile(rf"[a-zA-Z%_][\w%~-]{{0,60}}(?:{ENDING})?$")

# A dialect made ready: what it needs, its pattern, the number of segments it stands in at the end of the
# path (0: anywhere in the path, -1: in path and query), and its facts without a date.
Ready = tuple[str, re.Pattern[str], int, AddressFacts]
# Parts of patterns that let a slash come and go.
NO_SLASH = re.compile(r"\[\^/[^\]]*\]|\(\?!.*?/\)")
LOOSE = re.compile(r"\.\+|/[^()]*\)[?*]|\[-/\]|\([^()]*(?:/[^()]*\||\|[^()]*/)")


def _ready(dialect: Dialect) -> Ready:
    facts = AddressFacts(dialect.kind, dialect.name, platforms=dialect.platforms)
    return dialect.needs, re.compile(dialect.pattern), _depth(dialect.pattern), facts


def _depth(pattern: str) -> int:
    """How many segments a pattern always takes, so that it can be matched at its place at once."""
    if r"\?" in pattern:
        return -1
    plain = NO_SLASH.sub("", pattern)
    fixed = plain.startswith("/") and plain.endswith("$") and not LOOSE.search(plain)
    return plain.count("/") if fixed else 0


def _by_start(dialects: tuple[Dialect, ...]) -> dict[str, tuple[Ready, ...]]:
    ready = [(dialect.starts, _ready(dialect)) for dialect in dialects]
    return {
        first: tuple(one for starts, one in ready if starts == "*" or first in starts)
        for first in NUMBER + TOKEN + "/*"
    }


DIALECTS = DOORS + DETAILS + QUERIES + LISTS
BY_START = _by_start(DIALECTS)
BY_START_OF_PATH = _by_start(tuple(dialect for dialect in DIALECTS if r"\?" not in dialect.pattern))
HOME = AddressFacts("home", "home")
UNKNOWN = AddressFacts("unknown")
FILE = AddressFacts("file", "file")
DATED_FOLDER = AddressFacts("detail", "dated_folder")
NAMED = AddressFacts("list", "named_page")


def read_address(url: str) -> AddressFacts:
    """What an address says of its page: kind, dialect, date, platforms. Kind "unknown" where no form fits."""
    start = url.find("//")
    if start < 0 or len(url) > MAX_ADDRESS:
        return UNKNOWN
    path, _, query = url[start + 2 :].partition("#")[0].partition("?")
    path = path[path.find("/") :].lower() if "/" in path else "/"
    if path == "/" and not query:
        return HOME
    leaf = path[path.rfind("/") + 1 :]
    dot = leaf.rfind(".")
    if dot >= 0 and leaf[dot + 1 :] in FILES:
        return _dated(FILE, None, path)
    first = leaf[:1] or "/"
    if first in DIGIT and (leaf[:dot] if dot > 0 else leaf).isdecimal():
        first = NUMBER
    return _fitting(first, path, leaf, query) or _named(path, leaf)


def _fitting(first: str, path: str, leaf: str, query: str) -> AddressFacts | None:
    """The facts of the first dialect of the table that fits."""
    table, whole = (BY_START, f"{path}?{query.lower()}") if query else (BY_START_OF_PATH, path)
    slashes = [len(path), len(path) - len(leaf) - 1]
    for needs, pattern, depth, facts in table.get(first) or table["*"]:
        if needs not in path:
            continue
        if depth == 1:
            found = pattern.match(path, slashes[1])
        elif depth > 0:
            while len(slashes) <= depth and slashes[-1] > 0:
                slashes.append(path.rfind("/", 0, slashes[-1]))
            found = pattern.match(path, slashes[depth]) if len(slashes) > depth else None
        else:
            found = pattern.search(whole if depth else path)
        if found:
            return _dated(facts, found, path)
    return None


def _named(path: str, leaf: str) -> AddressFacts:
    """A page with a name and no number is a column; in a dated folder it is a document."""
    if (dated := _dated(DATED_FOLDER, None, path)).date:
        return dated
    return NAMED if NAMED_PAGE.match(leaf) else UNKNOWN


def _dated(facts: AddressFacts, found: re.Match[str] | None, path: str) -> AddressFacts:
    """The facts with the date of the dialect's own form, else of the folders; lists have none."""
    if facts.kind == "list":
        return facts
    if found is None or not found.re.groups:
        if "/19" not in path and "/20" not in path:
            return facts
        found = FOLDER_DAY.search(path) or FOLDER_STAMP.search(path) or FOLDER_MONTH.search(path)
        if found is None:
            return facts
    return _on_day(
        facts.kind,
        facts.dialect,
        facts.platforms,
        found.groups(),
        path[found.start(1) : found.end(found.re.groups)],
    )


# A list names the same few days again and again.
@lru_cache(4096)
def _on_day(
    kind: Kind, dialect: str, platforms: tuple[str, ...], groups: tuple[str, ...], raw: str
) -> AddressFacts:
    try:
        day = datetime.date(*(int(group) for group in groups), *ONES[len(groups)])
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        return AddressFacts(kind, dialect, platforms=platforms)
    return AddressFacts(kind, dialect, day, PRECISIONS[len(groups)], platforms, raw)
