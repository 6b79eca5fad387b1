"""The file of secrets of alerts: the key of links, and tokens and keys of targets; none is in the catalogue."""

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

FILE = "alert-secrets.json"
LOCK = ".alert-secrets.lock"
OWNER_ONLY = 0o600
MAX_BYTES = 16 << 20  # a target has some 200 bytes
KEY_BYTES = 32


class TargetSecret(msgspec.Struct, frozen=True):
    """What a target is reached with: a webhook has an address and a key, a robot a token and perhaps a key."""

    url: str = ""
    token: str = ""
    key: str = ""

    def __repr__(self) -> str:
        return "TargetSecret(…)"


class _Content(msgspec.Struct):
    link_key: str = ""
    targets: dict[str, TargetSecret] = {}


class SecretsError(RuntimeError):
    """The file of secrets cannot be read or written (Chinese)."""


class SecretFile:
    """The secrets in the data folder; made on first use, for its owner alone.

    `link_key` from the environment goes before that of the file.
    """

    def __init__(self, folder: Path, link_key: str = "") -> None:
        self.path = folder / FILE
        self._folder = folder
        self._given = link_key

    def link_key(self) -> bytes:
        """The key that signs links; raises SecretsError."""
        if self._given:
            return self._given.encode()
        if key := self._read().link_key:
            return key.encode()
        with self._changing() as content:
            content.link_key = content.link_key or new_key()
            return content.link_key.encode()

    def targets(self) -> Mapping[str, TargetSecret]:
        """The secrets of all targets by the id of their alert; raises SecretsError."""
        return self._read().targets

    def add(self, alert_id: str, secret: TargetSecret) -> None:
        """Keep the secret of a new target; raises SecretsError."""
        with self._changing() as content:
            content.targets = {**content.targets, alert_id: secret}

    def remove(self, alert_ids: Sequence[str]) -> None:
        """Forget secrets; raises SecretsError."""
        if not set(alert_ids) & set(self._read().targets):
            return
        with self._changing() as content:
            content.targets = {name: one for name, one in content.targets.items() if name not in alert_ids}

    def is_open_to_others(self) -> bool:
        """Whether others than its owner may read the file."""
        try:
            return bool(self.path.stat().st_mode & 0o077)
        except OSError:
            return False

    def _read(self) -> _Content:
        try:
            with self.path.open("rb") as file:
                return msgspec.json.decode(file.read(MAX_BYTES), type=_Content)
        except FileNotFoundError:
            return _Content()
        except (OSError, msgspec.DecodeError) as error:
            raise SecretsError(f"密钥文件 {self.path} 无法读取：{error}") from error

    @contextmanager
    def _changing(self) -> Iterator[_Content]:
        """The content under a lock; what it is afterwards takes the place of the file in one step."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                content = self._read()
                yield content
                self._write(msgspec.json.encode(content))
            finally:
                os.close(lock)
        except OSError as error:
            raise SecretsError(f"密钥文件 {self.path} 无法写入：{error.strerror}") from error

    def _write(self, content: bytes) -> None:
        part = self.path.with_name(f".{FILE}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_hex(KEY_BYTES)


def masked(text: str) -> str:
    """A secret as it may be shown: its last four characters, of a long one."""
    return f"…{text[-4:]}" if len(text) >= 16 else "…"
