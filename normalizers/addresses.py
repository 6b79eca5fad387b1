"""Addresses of pages: one key for every spelling, one id for every page."""

import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

# Parameters that name a visit, not a page (seen on TRS, JCMS and WAS5 sites, 2018-2026).
NOISE = frozenset(
    {"jsessionid", "sid", "_t", "timestamp", "random", "utm_source", "utm_medium", "utm_campaign"}
)
INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|php|aspx?)$", re.IGNORECASE)
SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The lower-case host name of an address without port; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def address_key(url: str) -> str:
    """The key that every spelling of an address shares.

    Scheme, fragment, default port, trailing index file, session ids and the order of parameters
    do not count; case of the path does. A fragment that routes (`#/…`, `#!…`) is kept. Raises ValueError
    for what is no address.
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").lower()
    if parts.port and parts.port != DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{parts.port}"
    path = quote(unquote(SESSION.sub("", parts.path)), safe="/%:@!$&'()*+,;=~-._") or "/"
    path = INDEX.sub("/", path)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k.lower() not in NOISE]
    key = host + path
    if query:
        key += "?" + urlencode(sorted(query))
    if parts.fragment.startswith(("/", "!")):
        key += "#" + parts.fragment
    return key


def page_id(key: str) -> str:
    """The id of a page at first sight: 16 hex digits of SHA-256 of its address key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
