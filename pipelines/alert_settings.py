"""The part of a configuration that says how alerts are sent: the table [alerts] of zhengce.toml."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# The keys of the table, with the text that help and errors show; outside it they are called alerts_<key>.
ALERT_SETTINGS: dict[str, str] = {
    "alerts_smtp": "发信服务器（smtps://主机:465，或 smtp://用户名@主机:587；smtp 在服务器支持时改用 STARTTLS）",
    "alerts_smtp_secret_file": "发信服务器的密码文件（文件路径，一行）",
    "alerts_from": "发信地址（如 policy@example.org）",
    "alerts_allow_hosts": "通知可以送往的内网目标（主机名、IP 或网段，数组或用逗号分隔）",
    "alerts_digest_hour": "每日汇总在几点之后发出（0–23，北京时间，默认 8）",
}
TABLE = "alerts"
# The secrets themselves; never settings, so that no file of settings has them.
SMTP_SECRET_VARIABLE = "ZHENGCE_ALERTS_SMTP_SECRET"  # noqa: S105 (its name, not the secret)
LINK_KEY_VARIABLE = "ZHENGCE_ALERTS_LINK_KEY"

# The part of RFC 5321 that mail servers in use take: no quoted names, no literal addresses.
MAIL_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes our mail; `tls` from the first byte, else STARTTLS where it is offered."""

    host: str
    port: int
    tls: bool
    user: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How alerts are sent; without server and sender no mail is.

    `hosts` (lower case) and `networks` are targets outside the public Internet that may be sent to.
    `digest_hour` is in Asia/Shanghai. `link_key` is the key of links in mails where the environment gives one.
    """

    server: MailServer | None = None
    sender: str = ""
    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    digest_hour: int = 8
    link_key: str = field(default="", repr=False)

    @property
    def can_mail(self) -> bool:
        """Whether there is all that a mail needs."""
        return self.server is not None and bool(self.sender)


class AlertSettingError(ValueError):
    """A setting of alerts that cannot be used, in words (Chinese) that name it."""


def parse_alert_settings(
    values: Mapping[str, tuple[object, str]], environ: Mapping[str, str]
) -> AlertSettings:
    """The settings `alerts_*` among values with their sources; raises AlertSettingError."""

    def given(key: str) -> str:
        value, source = values.get(key, ("", ""))
        if not isinstance(value, str) or (key in values and not value.strip()):
            raise _wrong(key, value, source)
        return value.strip()

    server, sender = None, given("alerts_from")
    if sender and not MAIL_ADDRESS.fullmatch(sender):
        raise _wrong("alerts_from", sender, values["alerts_from"][1])
    if address := given("alerts_smtp"):
        secret = environ.get(SMTP_SECRET_VARIABLE, "")
        if not secret and (path := given("alerts_smtp_secret_file")):
            secret = _read_secret(Path(path).expanduser(), values["alerts_smtp_secret_file"][1])
        server = _server(address, values["alerts_smtp"][1], secret.strip())
    hosts, networks = _allowed(*values.get("alerts_allow_hosts", ("", "")))
    hour, source = values.get("alerts_digest_hour", (8, ""))
    if not re.fullmatch(r"[0-9]{1,2}", str(hour)) or int(str(hour)) > 23:
        raise _wrong("alerts_digest_hour", hour, source)
    return AlertSettings(
        server, sender, hosts, networks, int(str(hour)), environ.get(LINK_KEY_VARIABLE, "").strip()
    )


def _wrong(key: str, value: object, source: str) -> AlertSettingError:
    shown = "" if key == "alerts_smtp" else f" = {value!r}"  # somebody may have written a password into it
    return AlertSettingError(f"{source}：{key}{shown} 不可用：{ALERT_SETTINGS[key]}")


def _server(address: str, source: str, secret: str) -> MailServer:
    try:
        parts = urlsplit(address)
        port = parts.port or {"smtps": 465, "smtp": 25}.get(parts.scheme)
    except ValueError:
        raise _wrong("alerts_smtp", address, source) from None
    if parts.password is not None:
        raise AlertSettingError(
            f"{source}：alerts_smtp 中不可写密码：用环境变量 {SMTP_SECRET_VARIABLE} 或 smtp_secret_file"
        )
    if not port or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise _wrong("alerts_smtp", address, source)
    user = (parts.username or "").replace("%40", "@")
    if user and not secret:
        raise AlertSettingError(
            f"{source}：alerts_smtp 有用户名而没有密码：用环境变量 {SMTP_SECRET_VARIABLE} 或 smtp_secret_file"
        )
    return MailServer(parts.hostname, port, parts.scheme == "smtps", user, secret)


def _allowed(value: object, source: str) -> tuple[frozenset[str], tuple[Network, ...]]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise _wrong("alerts_allow_hosts", value, source)
    hosts: set[str] = set()
    networks: list[Network] = []
    for name in filter(None, (part.strip().lower() for part in parts)):
        try:
            networks.append(ipaddress.ip_network(name))
        except ValueError:
            if not HOST_NAME.fullmatch(name) or name.replace(".", "").isdigit():
                raise _wrong("alerts_allow_hosts", name, source) from None
            hosts.add(name)
    return frozenset(hosts), tuple(networks)


def _read_secret(path: Path, source: str) -> str:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AlertSettingError(f"{source}：smtp_secret_file：无法读取密码文件：{error}") from error
    if not lines[0].strip() or any(line.strip() for line in lines[1:]):
        raise AlertSettingError(f"{source}：{path} 应只有一行：{ALERT_SETTINGS['alerts_smtp_secret_file']}")
    return lines[0]
