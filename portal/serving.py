"""How a portal is reached and what it lets through: the settings that its parts share."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request

from pipelines.alert_settings import AlertSettings
from pipelines.clock import Clock, system_clock
from pipelines.disk import RESERVE_BYTES

# A name, an IPv4 address or an IPv6 one in brackets, and perhaps a port: all that a Host may be (RFC 9110 §7.2).
HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?"
    r"|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
)
MAX_HOST = 260  # characters: the longest name, a colon and a port


@dataclass(frozen=True, slots=True)
class Serving:
    """What an installation decides of its portal.

    `public_url` is its address without a slash at the end, "" where that of the request will do. `rate` are
    requests a second from one client, 0 for any number, `burst` how many may come at once. `proxies` are
    addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are believed. `archive` is the folder of
    the WARC files, None where originals are not shown. What is made before it is sent lies below `aside` (None: the
    system's folder for such files), and `spare` bytes are left free there. `alerts` says how mails are sent, `data`
    is the data folder with the secrets of alerts, None where nobody can order any.
    """

    public_url: str = ""
    rate: float = 0
    burst: int = 200
    proxies: tuple[str, ...] = ()
    clock: Clock = system_clock
    archive: Path | None = None
    aside: Path | None = None
    spare: int = RESERVE_BYTES
    alerts: AlertSettings = field(default_factory=AlertSettings)
    data: Path | None = None

    @property
    def mails(self) -> bool:
        """Whether people can order mails here."""
        return self.data is not None and self.alerts.can_mail and bool(self.public_url)

    def base(self, request: Request) -> str:
        """The address in front of every path of this portal, for links that leave it.

        Without a `public_url` it is the host that was asked for; a Host that is none is answered with the address
        that the request came to.
        """
        if self.public_url:
            return self.public_url
        host = request.headers.get("host", "")
        if len(host) > MAX_HOST or not HOST.fullmatch(host):
            host = _own_address(request)
        return f"{request.scope.get('scheme', 'http')}://{host}"


def _own_address(request: Request) -> str:
    name, port = request.scope.get("server") or ("localhost", None)
    named = f"[{name}]" if ":" in name else name
    return f"{named}:{port}" if port else named
