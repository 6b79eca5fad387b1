"""Configuration of one installation: flag > environment > zhengce.toml > default."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.alert_settings import (
    ALERT_SETTINGS,
    TABLE,
    AlertSettingError,
    AlertSettings,
    parse_alert_settings,
)


class ConfigError(ValueError):
    """A setting that cannot be used; the message names where it was found and what is allowed."""


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a night in Asia/Shanghai; it may cross midnight."""

    start: time
    end: time

    def contains(self, moment: time) -> bool:
        """Whether a time of day lies in the window."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True, slots=True)
class IndexServer:
    """Where Elasticsearch is and how it is entered.

    `addresses` are nodes of one cluster; `name` is the alias, and the beginning of the names of all
    generations. `secret` is "user:password" or an encoded API key, "" for none. `patience` is how many
    seconds a writer waits for a server that went away (a node restarts in 10 to 60 s).
    """

    addresses: tuple[str, ...]
    name: str = "zhengce"
    ca: Path | None = None
    secret: str = field(default="", repr=False)
    shards: int = 1
    patience: float = 180.0


@dataclass(frozen=True, slots=True)
class Config:
    """Everything an installation decides; folders are absolute.

    `window` None means any hour. `backfill` is the number of detail pages which a site may be
    asked for in one night while a channel of it has no complete pass. `min_free` is in bytes.
    `index_server` None means the embedded engine. `dump` is the folder of the nightly full dump, None for no
    dump, of which the last `dump_keep` are kept. `public_url` is where people reach the portal, without a
    slash at the end, "" where its own address will do; `trusted_proxies` are addresses or networks whose word
    on who asks is taken; `requests_per_second` 0 means no limit. `address_map` sends host suffixes to an address of this machine; only the demo country sets it.
    """

    data: Path
    catalogue_url: str
    sites: Path
    contact: str | None = None
    window: Window | None = None
    backfill: int = 500
    lanes: int = 30
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)
    min_free: int = 1 << 30
    index_server: IndexServer | None = None
    address_map: Mapping[str, str] = field(default_factory=dict)
    corrections_file: Path | None = None
    dump: Path | None = None
    dump_keep: int = 7
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    requests_per_second: int = 20
    requests_burst: int = 200
    alerts: AlertSettings = field(default_factory=AlertSettings)

    @property
    def corrections(self) -> Path:
        """The file of corrections by people; it need not exist."""
        return self.corrections_file or self.data / "corrections.toml"

    @property
    def archive_folder(self) -> Path:
        """Where the WARC files lie."""
        return self.data / "archive"

    @property
    def index_folder(self) -> Path:
        """Where the generations of the embedded index lie, and the lock of whoever writes any index."""
        return self.data / "index"


EMBEDDED = "embedded"
SHIPPED_SITES = Path(__file__).resolve().parent.parent / "crawlers" / "sites"
# A mail address or a page: it stands in the header of every request.
CONTACT = re.compile(r"[^@\s()<>]+@[^@\s()<>]+|https?://[^\s()<>]+")
# What the name of an index may be made of; "-" is what leads to the number of a generation.
INDEX_NAME = re.compile(r"[a-z][a-z0-9_]{0,80}")
# Characters of an address without user, path, query or anything that would need to be escaped in a page.
PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,250}")
# The secret itself, for those who keep none in a file; never a setting, so that no file of settings has it.
LOGIN_VARIABLE = "ZHENGCE_INDEX_SECRET"
# Settings a person may give, with the text that help and errors show.
SETTINGS: dict[str, str] = {
    "data": "数据目录（目录路径，默认 data）",
    "catalogue": "目录库地址（SQLAlchemy 地址，默认数据目录下的 SQLite）",
    "sites": "站点文件目录（目录路径，默认随程序附带）",
    "corrections": "更正文件（文件路径，默认数据目录下的 corrections.toml）",
    "contact": "联系方式（邮箱或网址，抓取真实站点前必填）",
    "window": "夜间窗口（如 22:00-07:00，默认不限）",
    "backfill": "每站每夜补采的详情页数（正整数，默认 500）",
    "lanes": "同时抓取的站点数（1–200，默认 30）",
    "processes": "抓取与解析的进程数（正整数，默认每核一个）",
    "min_free_mb": "最低剩余磁盘空间（MB，至少 128，默认 1024）",
    "index": "检索引擎（默认 embedded，内置；或 Elasticsearch 地址，多个节点用逗号分隔）",
    "index_name": "Elasticsearch 的索引别名（小写字母、数字与 _，默认 zhengce）",
    "index_ca": "签发 Elasticsearch 证书的 CA 文件（PEM 文件路径）",
    "index_secret_file": "Elasticsearch 的登录文件（文件路径，一行：用户名:密码，或编码后的 API key）",
    "index_shards": "Elasticsearch 新索引的分片数（1–64，默认 1）",
    "dump": "每夜全量导出的目录（目录路径，默认不导出）",
    "dump_keep": "保留最近几夜的全量导出（1–3650，默认 7）",
    "public_url": "政策库对外的网址（如 https://policy.example.org，用于订阅源和通知中的链接；默认为访问时的地址）",
    "trusted_proxies": "受信任的反向代理（IP 或网段，用逗号分隔；其 X-Forwarded-For、X-Forwarded-Proto 才被采信）",
    "requests_per_second": "每个来源每秒的请求数（0–100000，默认 20；0 为不限）",
    "requests_burst": "每个来源可一次连续发出的请求数（1–100000，默认 200）",
    **ALERT_SETTINGS,
}


def load_config(
    flags: Mapping[str, str | None] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Config:
    """The configuration from flags, `ZHENGCE_*` variables and a TOML file, in that order of trust.

    Without `file`, `zhengce.toml` in the working directory is read where it exists. Raises
    ConfigError naming the source, the key and the allowed values.
    """
    environ = os.environ if environ is None else environ
    path = file or Path("zhengce.toml")
    values = _from_file(path) if file or path.exists() else {}
    for key in SETTINGS:
        if (text := environ.get(f"ZHENGCE_{key.upper()}")) is not None:
            values[key] = (text, f"环境变量 ZHENGCE_{key.upper()}")
        flag = (flags or {}).get(key)
        if flag is not None:
            values[key] = (flag, f"选项 --{key.replace('_', '-')}")
    try:
        alerts = parse_alert_settings(values, environ)
    except AlertSettingError as error:
        raise ConfigError(str(error)) from error
    return replace(_build(values, environ.get(LOGIN_VARIABLE, "")), alerts=alerts)


def _from_file(path: Path) -> dict[str, tuple[object, str]]:
    try:
        loaded = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}：无法读取配置文件：{error}") from error
    table = loaded.pop(TABLE, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}：{TABLE} 应为一节：[{TABLE}]")
    loaded |= {f"{TABLE}_{key}": value for key, value in table.items()}
    for key in loaded:
        if key not in SETTINGS:
            raise ConfigError(f"{path}：不认识的设置 {key!r}，可用：{'、'.join(SETTINGS)}")
    return {key: (value, str(path)) for key, value in loaded.items()}


def _build(values: dict[str, tuple[object, str]], secret: str) -> Config:
    def text(key: str, default: str) -> str:
        value, source = values.get(key, (default, ""))
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(f"{source}：{key} 应为非空文字：{SETTINGS[key]}")
        return value.strip()

    def number(key: str, default: int, most: int = 10**9, least: int = 1) -> int:
        value, source = values.get(key, (default, ""))
        try:
            result = int(str(value))
        except ValueError:
            result = 0
        if not least <= result <= most:
            raise ConfigError(f"{source}：{key} = {value!r} 不可用：{SETTINGS[key]}")
        return result

    data = Path(text("data", "data")).expanduser().resolve()
    return Config(
        data=data,
        catalogue_url=text("catalogue", f"sqlite:///{data / 'catalogue.sqlite'}"),
        sites=Path(text("sites", str(SHIPPED_SITES))).expanduser().resolve(),
        contact=_contact(text("contact", ""), values["contact"][1]) if "contact" in values else None,
        window=_window(*values["window"]) if "window" in values else None,
        backfill=number("backfill", 500),
        lanes=number("lanes", 30, 200),
        processes=number("processes", os.cpu_count() or 1, 256),
        min_free=number("min_free_mb", 1024, least=128) << 20,
        corrections_file=Path(text("corrections", "")).expanduser().resolve()
        if "corrections" in values
        else None,
        index_server=_index_server(values, text, number("index_shards", 1, 64), secret),
        dump=Path(text("dump", "")).expanduser().resolve() if "dump" in values else None,
        dump_keep=number("dump_keep", 7, 3650),
        public_url=parse_public_url(text("public_url", ""), values["public_url"][1])
        if "public_url" in values
        else "",
        trusted_proxies=_proxies(*values["trusted_proxies"]) if "trusted_proxies" in values else (),
        requests_per_second=number("requests_per_second", 20, 100_000, least=0),
        requests_burst=number("requests_burst", 200, 100_000),
    )


def parse_public_url(value: str, source: str) -> str:
    """The address people reach the portal at, without a slash at the end; raises ConfigError."""
    address = value.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = None
    if not fits or parts.path or parts.query or parts.fragment or not PUBLIC_URL.fullmatch(address):
        raise ConfigError(
            f"{source}：public_url = {value!r} 不可用：应如 https://policy.example.org，不带路径"
        )
    return address


def _proxies(value: object, source: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in str(value).split(","))
    try:
        for name in names:
            ip_network(name)
    except ValueError as error:
        raise ConfigError(
            f"{source}：trusted_proxies = {value!r} 不可用：{SETTINGS['trusted_proxies']}"
        ) from error
    return names


def _index_server(
    values: Mapping[str, tuple[object, str]], text: Callable[[str, str], str], shards: int, secret: str
) -> IndexServer | None:
    address = text("index", EMBEDDED)
    if address == EMBEDDED:
        return None
    addresses = tuple(part.strip().rstrip("/") for part in address.split(","))
    for part in addresses:
        _check_address(part, values["index"][1])
    name = text("index_name", "zhengce")
    if not INDEX_NAME.fullmatch(name):
        raise ConfigError(
            f"{values['index_name'][1]}：index_name = {name!r} 不可用：{SETTINGS['index_name']}"
        )
    ca = Path(text("index_ca", "")).expanduser().resolve() if "index_ca" in values else None
    if ca and not ca.is_file():
        raise ConfigError(f"{values['index_ca'][1]}：index_ca = {str(ca)!r} 不存在：{SETTINGS['index_ca']}")
    if not secret and "index_secret_file" in values:
        path = Path(text("index_secret_file", "")).expanduser()
        secret = _read_secret(path, values["index_secret_file"][1])
    return IndexServer(addresses, name, ca, secret.strip(), shards)


def _check_address(address: str, source: str) -> None:
    """An address with host and port; a secret in it would stand in a file and in messages."""
    parts = urlsplit(address)
    if "@" in parts.netloc:
        raise ConfigError(
            f"{source}：index 的地址中不可写用户名和密码：用环境变量 {LOGIN_VARIABLE} 或 index_secret_file"
        )
    try:
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port
    except ValueError:
        fits = None
    if not fits or parts.query or parts.fragment:
        raise ConfigError(
            f"{source}：index = {address!r} 不可用：应为 {EMBEDDED}，或如 https://search.example:9200"
        )


def _read_secret(path: Path, source: str) -> str:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}：index_secret_file：无法读取登录文件：{error}") from error
    if not lines[0].strip() or any(line.strip() for line in lines[1:]):
        raise ConfigError(f"{source}：{path} 应只有一行：{SETTINGS['index_secret_file']}")
    return lines[0]


def _window(value: object, source: str) -> Window:
    try:
        start, end = (time.fromisoformat(part.strip()) for part in str(value).split("-"))
        if start == end:
            raise ValueError(value)
    except ValueError as error:
        raise ConfigError(f"{source}：window = {value!r} 不可用：{SETTINGS['window']}") from error
    return Window(start, end)


def _contact(value: str, source: str) -> str:
    if not CONTACT.fullmatch(value):
        raise ConfigError(f"{source}：contact = {value!r} 不可用：应为邮箱，或 http(s) 网址")
    return value
