"""What a feed must be: the rules of Atom (RFC 4287) and RSS 2.0 (with the profile of the RSS Advisory Board)."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
RSS_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
RELATIONS = {"alternate", "via", "self"}
# Elements and attributes that a description may hold; everything a site sent is text.
HARMLESS = {"p": set(), "a": {"href"}}


def parse(data: bytes) -> etree._Element:
    """The root of a document that is well-formed without any help, has no DTD and says that it is UTF-8."""
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert b"<!DOCTYPE" not in data and b"<!ENTITY" not in data
    parser = etree.XMLParser(recover=False, resolve_entities=False, no_network=True)
    return etree.fromstring(data, parser)


def check_atom(data: bytes) -> list[dict[str, str]]:
    """The entries of an Atom feed that keeps all rules."""
    root = parse(data)
    assert root.tag == f"{ATOM}feed"
    for holder in (root, *root.findall(f"{ATOM}entry")):  # §4.1.1, §4.1.2
        for name in ("id", "title", "updated"):
            assert len(holder.findall(ATOM + name)) == 1, name
            assert (holder.findtext(ATOM + name) or "").strip(), name
        check_uri(holder.findtext(f"{ATOM}id") or "")
        for name in ("updated", "published"):  # §3.3: RFC 3339, with its zone
            for one in holder.findall(ATOM + name):
                assert datetime.fromisoformat(one.text or "").tzinfo is not None
        for author in holder.findall(f"{ATOM}author"):  # §3.2
            assert (author.findtext(f"{ATOM}name") or "").strip()
        seen = set()
        for link in holder.findall(f"{ATOM}link"):  # §4.2.7
            assert link.get("rel") in RELATIONS
            check_web(link.get("href") or "")
            assert (link.get("rel"), link.get("type")) not in seen
            seen.add((link.get("rel"), link.get("type")))
    assert root.findall(f"{ATOM}author")  # or every entry would need one
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")].count("self") == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return [_atom_entry(entry) for entry in root.findall(f"{ATOM}entry")]


def _atom_entry(entry: etree._Element) -> dict[str, str]:
    links = {link.get("rel") or "": link.get("href") or "" for link in entry.findall(f"{ATOM}link")}
    assert "alternate" in links  # §4.1.2: there is no content
    title, summary = entry.find(f"{ATOM}title"), entry.find(f"{ATOM}summary")
    assert title is not None and summary is not None
    assert title.get("type", "text") == "text" and len(title) == 0
    assert summary.get("type") == "html" and len(summary) == 0
    check_html(summary.text or "")
    names = [author.findtext(f"{ATOM}name") or "" for author in entry.findall(f"{ATOM}author")]
    return {
        "id": entry.findtext(f"{ATOM}id") or "",
        "title": title.text or "",
        "summary": summary.text or "",
        "link": links["alternate"],
        "via": links.get("via", ""),
        "updated": entry.findtext(f"{ATOM}updated") or "",
        "authors": "、".join(names),
    }


def check_rss(data: bytes) -> list[dict[str, str]]:
    """The items of an RSS feed that keeps all rules."""
    root = parse(data)
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    channel = root[0]
    for name in ("title", "link", "description"):
        assert len(channel.findall(name)) == 1 and (channel.findtext(name) or "").strip(), name
    check_web(channel.findtext("link") or "")
    (own,) = channel.findall(f"{ATOM}link")
    assert (own.get("rel"), own.get("type")) == ("self", "application/rss+xml")
    check_web(own.get("href") or "")
    dates = [*channel.iter("pubDate"), *channel.iter("lastBuildDate")]
    assert len(channel.findall("lastBuildDate")) == 1
    for date in dates:
        assert RSS_DATE.fullmatch(date.text or "")
        assert parsedate_to_datetime(date.text or "").tzinfo is not None
    items = [_rss_item(item) for item in channel.findall("item")]
    assert len({item["id"] for item in items}) == len(items)
    return items


def _rss_item(item: etree._Element) -> dict[str, str]:
    (guid,) = item.findall("guid")
    assert guid.get("isPermaLink") == "false"
    check_uri(guid.text or "")
    for name in ("title", "link", "description", "pubDate"):
        assert len(item.findall(name)) == 1, name
    assert all(len(child) == 0 for child in item)
    check_web(item.findtext("link") or "")
    check_html(item.findtext("description") or "")
    return {
        "id": guid.text or "",
        "title": item.findtext("title") or "",
        "summary": item.findtext("description") or "",
        "link": item.findtext("link") or "",
    }


def check_uri(text: str) -> None:
    """An absolute URI of ASCII (RFC 3986)."""
    assert re.fullmatch(r"[a-z][a-z0-9+.-]*:[\w:/?#\[\]@!$&'()*+,;=.~%-]+", text, re.ASCII), text


def check_web(text: str) -> None:
    """An address that a reader may open: http or https, with a host."""
    parts = urlsplit(text)
    assert parts.scheme in ("http", "https") and parts.netloc, text


def check_html(text: str) -> None:
    """Markup of nothing but paragraphs and links to the web, balanced and escaped as XML would be."""
    root = etree.fromstring(
        f"<div>{text.replace('&nbsp;', '')}</div>", etree.XMLParser(resolve_entities=False)
    )
    for element in root.iterdescendants():
        assert isinstance(element.tag, str) and element.tag in HARMLESS, element.tag
        assert set(element.attrib) <= HARMLESS[element.tag], element.attrib
        if element.tag == "a":
            check_web(element.get("href") or "")
