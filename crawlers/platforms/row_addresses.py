"""What the address of a row says: a document, a column, or a name that may be either."""

import re
from urllib.parse import urlsplit

from normalizers.address_dialects import read_address

# Titles from this length on are those of documents, not of columns (of 3,209 column labels 2 % are longer).
LONG_TITLE = 12
FOLDER = re.compile(r"(?:^|/)(?:(?:index|list|default)\w*\.\w{2,5})?$", re.IGNORECASE)


def is_document(address: str, title: str) -> bool:
    """Whether an address is that of a document, or its form is unknown and its title long."""
    kind = page_kind(address)
    if kind in ("detail", "file"):
        return True
    return kind == "unknown" and len(title) >= LONG_TITLE and not leads_to_column(address)


def leads_to_column(address: str) -> bool:
    """Whether an address is that of a list or a home page, or a folder."""
    kind = page_kind(address)
    return kind in ("list", "home") or (
        kind == "unknown" and FOLDER.search(urlsplit(address).path) is not None
    )


def page_kind(address: str) -> str:
    """What the address table says; a bare name (a9.html) may be either in a list of titles."""
    facts = read_address(address)
    return "unknown" if facts.dialect == "named_page" else facts.kind
