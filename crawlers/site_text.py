"""Site files as text: a new one in at most ten lines, and the one line that a promotion changes."""

import json
import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from crawlers.site import Channel, Site, root_of
from normalizers.addresses import host_of

# What `observed` ends with in files that `zhengce site new` wrote: they must have golden files.
MADE = "by zhengce site new"
OBSERVED = re.compile(
    r"^observed[ \t]*=[ \t]*(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')(?=[ \t]*(?:#|$))", re.MULTILINE
)


def site_text(site: Site, channels: Sequence[Channel], today: date) -> str:
    """The site file of a new site; at most ten lines with one channel, four more for each further one.

    With region and further hosts `base` is left out where the first list tells it.
    """
    extra = sorted(site.hosts - {host_of(site.base)})
    told = bool(site.region and extra) and root_of(channels[0].list) == site.base
    head = [("name", site.name), ("level", site.level)]
    head += [("region", site.region)] if site.region else []
    head += [("platform", site.platform)]
    head += [] if told else [("base", site.base)]
    lines = [f"{key} = {quoted(value)}" for key, value in head]
    if extra:
        lines.append(f"hosts = [{', '.join(map(quoted, extra))}]")
    lines.append(f"observed = {quoted(f'{today}, {MADE}')}")
    bases = ["" if told else site.base, *(site.base for _ in channels[1:])]
    blocks = [channel_lines(channel, base) for channel, base in zip(channels, bases, strict=True)]
    return "\n".join([*lines, *(line for block in blocks for line in block)]) + "\n"


def channel_lines(channel: Channel, base: str) -> list[str]:
    """The four lines of a channel, ready to be pasted at the end of its site file."""
    address = relative(channel.list, base)
    pairs = (("name", channel.name), ("type", channel.type), ("list", address))
    return ["[[channel]]", *(f"{key} = {quoted(value)}" for key, value in pairs)]


def relative(address: str, base: str) -> str:
    """An address without scheme and host where these are those of the base."""
    own, root = urlsplit(address), urlsplit(base)
    if (own.scheme, own.netloc) != (root.scheme, root.netloc):
        return address
    return address[len(f"{own.scheme}://{own.netloc}") :] or "/"


def quoted(text: str) -> str:
    """A TOML basic string (the escapes of JSON are a part of TOML's)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def promoted(text: str, day: date) -> str | None:
    """The text of a site file with `confirmed` in the place of `observed`, all else as it stood.

    None where `observed` does not stand on one line of its own.
    """
    changed, count = OBSERVED.subn(f"confirmed = {day}", text)
    return changed if count == 1 else None
