"""What a site or a stranger sent, made fit for a line of text and for a link."""

from urllib.parse import urlsplit


def one_line(text: str) -> str:
    """A text on one line, without characters that cannot be seen or turn the line around."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def web_address(url: str) -> str:
    """The address where it may be a link; "" for javascript: and other schemes, and where it is not one plain line."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    allowed = parts.scheme in ("http", "https") and parts.netloc and url == one_line(url)
    return url if allowed else ""
