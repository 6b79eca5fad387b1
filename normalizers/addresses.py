"""Addresses of pages: one key for every spelling, one id for every page."""

import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

# Parameters that name a visit, not a page (seen on TRS, JCMS, WAS5 and PHP sites, 2018-2026).
NOISE = frozenset(
    [
        *("jsessionid", "phpsessid", "wzws_sessionid", "security_session_verify"),
        *("_", "_t", "timestamp", "_timestamp", "random", "rnd"),
        *("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
        *("spm", "isappinstalled", "tdsourcetag", "nsukey"),
    ]
)
# Parameters that are noise with such a value only: a session's id, the application a link was shared in.
NOISY_VALUES = {
    "sid": re.compile(r"(?=.*\d)[0-9a-zA-Z_-]{16,}"),
    "from": re.compile(r"timeline|singlemessage|groupmessage|weixin|qq"),
}
INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jhtml|jspx?|php|aspx?)$", re.IGNORECASE)
# Sessions in the path: Java's `;jsessionid=…`, ASP.NET's `/(S(…))/`.
SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#]*|(?<=/)\([SAF]\([0-9a-z]{24}\)\)/", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The lower-case host name of an address without port; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def address_key(url: str) -> str:
    """The key that every spelling of an address shares.

    Scheme, fragment, default port, trailing index file, `.` and `..` segments, doubled slashes, session
    ids and the order of parameters do not count; case of the path and `www.` do. A fragment that routes (`#/…`, `#!…`) is kept. Raises ValueError
    for what is no address.
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").lower().rstrip(".")
    if parts.port and parts.port != DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{parts.port}"
    path = quote(unquote(SESSION.sub("", parts.path)), safe="/%:@!$&'()*+,;=~-._") or "/"
    path = INDEX.sub("/", _plain(path))
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _noise(*pair)]
    key = host + path
    if query:
        key += "?" + urlencode(sorted(query))
    if parts.fragment.startswith(("/", "!")):
        key += "#" + parts.fragment
    return key


def _noise(name: str, value: str) -> bool:
    name = name.lower()
    return name in NOISE or (name in NOISY_VALUES and bool(NOISY_VALUES[name].fullmatch(value)))


def _plain(path: str) -> str:
    """The path without `.`, `..` and empty segments; `://` inside a path stays as it is."""
    if "//" not in path and "/." not in path:
        return path
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment != "." and (segment or (segments and segments[-1].endswith(":"))):
            segments.append(segment)
    return "/" + "/".join(segments) + ("/" if segments and path.endswith(("/", "/.", "/..")) else "")


def page_id(key: str) -> str:
    """The id of a page at first sight: 16 hex digits of SHA-256 of its address key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
