"""Which platform a saved page is of: the families' own marks, its address, the addresses it links to."""

import re
from collections import Counter
from dataclasses import replace

from crawlers.platforms import PLATFORMS
from crawlers.platforms.recognition import Recognition, SeenPage
from normalizers.address_dialects import AddressFacts, read_address
from normalizers.addresses import host_of

# A page is told by its head, its shell and its first rows: of 142 saved pages none needed more than the first
# 100,000 and the last 50,000 characters, pictures written into the page left out (2026-11).
MAX_TEXT, HEAD, TAIL = 2_000_000, 100_000, 50_000
PICTURE = re.compile(r"base64,[A-Za-z0-9+/=]{200,}")
MAX_LINKS = 1_000
# Links as pages write them, and as answers of list APIs do.
LINK = re.compile(r"""\bhref\s*=\s*["']?([^"'\s<>]{2,300})""", re.IGNORECASE)
JSON_LINK = re.compile(r""""\w*(?:url|link|href)\w*"\s*:\s*"([^"\s]{2,300})\"""", re.IGNORECASE)
# A page without a known address often prints its own (国办发〔2017〕47号 asks for `<meta name="Url">`).
OWN_META = re.compile(
    r"""<meta\b[^<>]{0,80}\bname=["']?url["']?\s[^<>]{0,20}content=["']?(https?://[^"'\s<>]{5,300})""",
    re.IGNORECASE,
)
CANONICAL = re.compile(
    r"""<link\b[^<>]{0,40}\brel=["']canonical["']\s[^<>]{0,20}href=["'](https?://[^"'\s<>]{5,300})""",
    re.IGNORECASE,
)
CLIMB = re.compile(r"^(?:\.{1,2}/+)+")
# What an address proves where one family alone writes so, and where several do (first, others):
# families of 29 hosts by 6,156 addresses and the saved pages, 2026-11.
ALONE, FIRST, OTHER = 0.8, 0.65, 0.5
# Rows prove less than the page's own address: lists link to other sites. Fewer rows than FEW prove in proportion.
ROWS, FEW = 0.7, 4


def recognise(page: SeenPage) -> tuple[Recognition, ...]:
    """The families a list page, detail page or API answer may be of, the surest first; () where nothing tells.

    Confidence runs from 0 to 1; reasons are Chinese, for the operator. `page.url` may be "".
    """
    text = _telling(page.text[:MAX_TEXT])
    page = replace(page, text=text, url=page.url or _own_address(text))
    proofs: dict[str, list[tuple[float, str]]] = {}
    for name, weight, reason in (*_by_address(page.url), *_by_rows(page)):
        proofs.setdefault(name, []).append((weight, reason))
    found = (_joined(kind.recognises(page), proofs.get(name, [])) for name, kind in PLATFORMS.items())
    return tuple(sorted((one for one in found if one.confidence > 0), key=lambda one: -one.confidence))


def _telling(text: str) -> str:
    """The part of a text that tells its platform."""
    text = PICTURE.sub("", text) if "base64," in text else text
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"


def _own_address(text: str) -> str:
    found = OWN_META.search(text) or CANONICAL.search(text)
    return found[1] if found else ""


def _joined(own: Recognition, proofs: list[tuple[float, str]]) -> Recognition:
    doubt = 1 - own.confidence
    for weight, _ in proofs:
        doubt *= 1 - weight
    return Recognition(own.platform, 1 - doubt, (*own.reasons, *(reason for _, reason in proofs)))


def _by_address(url: str) -> list[tuple[str, float, str]]:
    """What the dialect of the page's own address says: platform, weight, reason."""
    facts = read_address(url)
    return [(name, weight, f"页面地址是 {facts.dialect} 写法") for name, weight in _shares(facts)]


def _shares(facts: AddressFacts) -> list[tuple[str, float]]:
    if len(facts.platforms) == 1:
        return [(facts.platforms[0], ALONE)]
    return [(name, OTHER if place else FIRST) for place, name in enumerate(facts.platforms)]


def _by_rows(page: SeenPage) -> list[tuple[str, float, str]]:
    """The vote of the pages that a page links to; links to its own host count before others."""
    own, foreign = _linked(page)
    votes = own if sum(own.values()) >= FEW or not foreign else own + foreign
    total = sum(votes.values())
    if not total:
        return []
    facts, count = votes.most_common(1)[0]
    surety = ROWS * count / total * min(1, count / FEW)
    return [
        (name, weight * surety, f"{count} 条链接是 {facts.dialect} 写法") for name, weight in _shares(facts)
    ]


def _linked(page: SeenPage) -> tuple[Counter[AddressFacts], Counter[AddressFacts]]:
    """How many details and columns of each telling dialect a page links to: on its own host, elsewhere."""
    host = host_of(page.url)
    own: Counter[AddressFacts] = Counter()
    foreign: Counter[AddressFacts] = Counter()
    for link in _links(page.text):
        facts = read_address(link if "//" in link else "//here/" + CLIMB.sub("", link).lstrip("/"))
        if facts.platforms and facts.kind in ("detail", "list"):
            bare = AddressFacts(facts.kind, facts.dialect, platforms=facts.platforms)
            (foreign if "//" in link and host and host_of(link) != host else own)[bare] += 1
    return own, foreign


def _links(text: str) -> set[str]:
    found: set[str] = set()
    for pattern in (LINK, JSON_LINK):
        for match in pattern.finditer(text):
            if len(found) >= MAX_LINKS:
                return found
            found.add(match[1].replace("\\/", "/"))
    return found
