"""Targets as operators write them (`webhook:https://…`, `mail:…`, `dingtalk:…`), and as they may be shown."""

from dataclasses import dataclass

import httpx

from pipelines.alert_settings import MAIL_ADDRESS
from pipelines.alerts import TargetKind
from portal.alerts.guard import NotAllowed, check_url
from portal.alerts.robots import RobotError, make_robot
from portal.alerts.secret_file import TargetSecret, masked, new_key

KIND_NAMES = {
    TargetKind.MAIL: "邮件",
    TargetKind.WEBHOOK: "网络回调",
    TargetKind.DINGTALK: "钉钉",
    TargetKind.WECOM: "企业微信",
    TargetKind.FEISHU: "飞书",
}
MIN_KEY = 16  # characters of a key that an operator chooses


class TargetError(ValueError):
    """A target that cannot be used (Chinese); the message has no secret in it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to tell: what the catalogue keeps of it, and its secret, which it does not."""

    kind: TargetKind
    address: str
    secret: TargetSecret | None


def parse_target(text: str, key: str = "") -> Target:
    """A target and, of webhooks and DingTalk, the key given for it; raises TargetError.

    A webhook without a key gets a new one.
    """
    name, colon, rest = text.strip().partition(":")
    try:
        kind = TargetKind(name)
    except ValueError:
        kind = None
    if kind is None or not colon or not rest.strip():
        told = "、".join(f"{one}:…（{label}）" for one, label in KIND_NAMES.items())
        raise TargetError(f"目标的写法不对，可用：{told}")
    rest = rest.strip()
    match kind:
        case TargetKind.MAIL:
            return Target(kind, parse_mail(rest), None)
        case TargetKind.WEBHOOK:
            return _webhook(rest, key)
    return _robot(kind, rest, key)


def parse_mail(text: str) -> str:
    """A mail address, its host in small letters; raises TargetError.

    "=?" begins an encoded word, which could hide anything from who reads the header.
    """
    if not MAIL_ADDRESS.fullmatch(text) or text.startswith(".") or any(x in text for x in ("..", ".@", "=?")):
        raise TargetError("邮箱的写法不对：应如 name@example.org")
    name, _, host = text.rpartition("@")
    return f"{name}@{host.lower()}"


def shown_target(kind: TargetKind, address: str) -> str:
    """A target in a list or report: of a mail address its first letter and its host."""
    if kind is TargetKind.MAIL:
        name, _, host = address.rpartition("@")
        return f"mail:{name[:1]}***@{host}"
    return f"{kind}:{address}"


def _webhook(url: str, key: str) -> Target:
    if key and len(key) < MIN_KEY:
        raise TargetError(f"签名密钥太短：至少 {MIN_KEY} 个字符")
    try:
        checked = check_url(url)
    except NotAllowed as error:
        raise TargetError(f"回调地址不可用：{error}") from error
    return Target(TargetKind.WEBHOOK, _shown_url(checked), TargetSecret(url=url, key=key or new_key()))


def _shown_url(url: httpx.URL) -> str:
    """A URL without what may be secret in it: path and query."""
    bare = f"{url.scheme}://{url.netloc.decode('ascii')}"
    return bare if url.raw_path in (b"", b"/") else f"{bare}/…"


def _robot(kind: TargetKind, token: str, key: str) -> Target:
    secret = TargetSecret(token=token, key=key)
    if key and kind is not TargetKind.DINGTALK:
        raise TargetError("只有网络回调和钉钉可以另给密钥")
    try:
        make_robot(kind, secret)
    except RobotError as error:
        raise TargetError(str(error)) from error
    return Target(kind, masked(token), secret)
