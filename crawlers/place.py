"""Whose site a page belongs to: name, level and region, with what they were read from."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawlers.domains import domain_of
from crawlers.site import FICTIONAL, Site
from normalizers.addresses import host_of
from normalizers.chars import squeeze, tidy
from normalizers.html import parse_html
from normalizers.meta_tags import read_meta_tags
from normalizers.policy import LEVELS
from normalizers.regions import Near, level_of, read_region

# 政府网站标识码 (国办函〔2014〕116号, 国办发〔2017〕47号): two letters for bodies of the State Council, else
# the division code, then a serial number: ten characters.
SITE_CODE = re.compile(r"标识码[:：]?\s*(?:<[^<>]{0,300}>\s*)*([a-zA-Z]{2}\d{8}|\d{10})(?!\d)")
OWNER = re.compile(r"(?:主办单位|主办|版权所有|网站主办)[:：©]?\s*([一-鿿（）()]{4,30})")
# What the name of a site speaks of; a part of a title without any of these is a column or an article.
BODY = re.compile(r"政府|委员会|办公[厅室]|[部厅局委署院会网]$|法院|检察院|银行|平台$")
# Last parts of names that say nothing about whose a site is.
PORTAL = re.compile(r"(?:门户网站|官方网站|官网|网站|首页|[（(]演示[)）])+$")
# The longest name of a body has 24 characters; what speaks of 关于 is the title of a document.
MAX_NAME = 26
NATIONAL = re.compile(
    r"^(?:国务院|国家|全国|中央|中共中央|中华人民共和国|中国(?:政府网|人民银行|气象局|地震局|证监会|民用航空局|银保监会)"
    r"|最高人民|(?:教育|科学技术|科技|工业和信息化|公安|民政|司法|财政|人力资源和?社会保障|自然资源|生态环境"
    r"|住房和城乡建设|交通运输|水利|农业农村|商务|文化和旅游|应急管理|外交|国防)部)"
)
# Branches of national bodies: what follows their name is where they are.
BRANCH = re.compile(r"^(?:国家|中国|中华人民共和国)[一-鿿]{2,6}?(?:总?局|银行|海关)(?=[一-鿿])")
# Host labels of the provinces' own sites, by the first two digits of their codes (seen 2018-2026).
PROVINCES: Mapping[str, tuple[str, ...]] = {
    "11": ("beijing",), "12": ("tianjin", "tj"), "13": ("hebei", "hebeisheng"), "14": ("shanxi",),
    "15": ("neimenggu", "nmg"), "21": ("liaoning", "ln"), "22": ("jilin", "jl"),
    "23": ("heilongjiang", "hlj"), "31": ("shanghai", "sh"), "32": ("jiangsu", "js"),
    "33": ("zhejiang", "zj"), "34": ("anhui", "ah"), "35": ("fujian", "fj"), "36": ("jiangxi", "jx"),
    "37": ("shandong", "sd"), "41": ("henan",), "42": ("hubei",), "43": ("hunan",),
    "44": ("guangdong", "gd"), "45": ("guangxi", "gxzf"), "46": ("hainan",), "50": ("chongqing", "cq"),
    "51": ("sichuan", "sc"), "52": ("guizhou",), "53": ("yunnan", "yn"), "54": ("xizang",),
    "61": ("shaanxi",), "62": ("gansu",), "63": ("qinghai",), "64": ("ningxia", "nx"),
    "65": ("xinjiang",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Level and region of a site (region "" for the nation); `reason` says what they were read from (Chinese).

    `sure` is False where they were concluded from a host name alone.
    """

    level: str
    region: str
    reason: str
    sure: bool = True


def recognise_place(
    texts: Sequence[str], url: str, names: Mapping[str, str], known: Iterable[Site] = ()
) -> Place | None:
    """Level and region of the site a page is from; None where nothing tells.

    `names` maps region codes to names, `known` are sites whose place is known: one on the same domain
    has the same region.
    """
    for text in texts:
        if (place := _by_code(text, names)) is not None:
            return place
    for name in site_names(texts):
        if (place := place_of_name(name, names)) is not None:
            return place
    return _by_domain(url, known) or _by_host(url)


def site_names(texts: Sequence[str]) -> Iterator[str]:
    """What pages call their site, the surest first."""
    found: list[tuple[int, str]] = []
    for text in texts:
        root = None if text.lstrip()[:1] in ("{", "[") else parse_html(text)
        if root is None:
            continue
        tags = read_meta_tags(root)
        told = [tags[key] for key in ("sitename", "og:site_name") if key in tags]
        found += [(0, part) for name in told for part in _parts(name)]
        for element in root.iter("title"):
            found += [(1, part) for part in reversed(_parts("".join(element.itertext())))]
        found += [(2, name) for name in OWNER.findall(text)]
    for _, name in sorted(found, key=lambda one: one[0]):
        clean = PORTAL.sub("", squeeze(name))
        if 3 <= len(clean) <= MAX_NAME and BODY.search(clean) and "关于" not in clean:
            yield clean


def _parts(name: str) -> list[str]:
    return re.split(r"[-_|–—>]+", tidy(name))


def place_of_name(name: str, names: Mapping[str, str]) -> Place | None:
    """The place of a body by its name: 铜川市财政局 is municipal, 610200; None where two divisions share it."""
    branch = BRANCH.match(name)
    fictional = {code: one for code, one in names.items() if code.startswith(FICTIONAL)}
    found = read_region(name[branch.end() :] if branch else name, Near(regions=fictional))
    if found is not None and found[0].code:
        return Place(found[0].level, found[0].code, f"网站名称「{name}」")
    if NATIONAL.match(name):
        return Place("national", "", f"网站名称「{name}」")
    return None


def _by_code(text: str, names: Mapping[str, str]) -> Place | None:
    tags = re.search(r"<meta[^<>]{0,200}SiteIDCode[^<>]{0,200}>", text, re.IGNORECASE)
    found = re.search(r"\b([a-zA-Z]{2}\d{8}|\d{10})\b", tags[0]) if tags else None
    found = found or SITE_CODE.search(text)
    if found is None:
        return None
    code = found[1]
    if code[0].isalpha():
        return Place("national", "", f"网站标识码 {code}") if code[:2].lower() == "bm" else None
    region = code[:6]
    if region not in names and not region.startswith(FICTIONAL) and region[:2] + "0000" not in names:
        return None
    name = names.get(region, "")
    return Place(_level_of_code(region, name), region, f"网站标识码 {code}" + (f"（{name}）" if name else ""))


def _level_of_code(region: str, name: str) -> str:
    """Codes of fictional places have any shape; their names tell more."""
    if region.startswith(FICTIONAL) and name:
        return {"国": "national", "省": "provincial", "市": "municipal"}.get(name[-1], "county")
    return level_of(region, name)


def _by_domain(url: str, known: Iterable[Site]) -> Place | None:
    domain = domain_of(url)
    places = {(site.level, site.region) for site in known if domain_of(site.base) == domain}
    if len(places) != 1:
        return None
    level, region = places.pop()
    return Place(level, region, f"同一域名 {domain} 下的其他站点为{LEVELS.get(level, level)}", sure=False)


def _by_host(url: str) -> Place | None:
    if host_of(url) in ("gov.cn", "www.gov.cn"):
        return Place("national", "", f"主机名 {host_of(url)}")
    label = domain_of(url).partition(".")[0]
    for digits, labels in PROVINCES.items():
        if label in labels:
            return Place("provincial", digits + "0000", f"主机名 {host_of(url)}", sure=False)
    return None
