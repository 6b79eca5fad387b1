"""Signed links: only who was sent one can confirm or stop an alert, and no form comes from elsewhere."""

import hashlib
import hmac
import re
from datetime import datetime
from typing import Literal

Purpose = Literal["confirm", "stop", "form"]
NEVER = 0
# alert or digest, seconds since 1970 at which it ends (0: never), 128 bits of the signature
TOKEN = re.compile(r"([0-9a-f]{16})-([0-9]{1,11})-([0-9a-f]{32})")


def make_token(key: bytes, purpose: Purpose, subject: str, until: datetime | None = None) -> str:
    """A token for a subject of 16 hexadecimal digits."""
    ends = int(until.timestamp()) if until else NEVER
    return f"{subject}-{ends}-{_signature(key, purpose, subject, ends)}"


def read_token(key: bytes, purpose: Purpose, token: str, now: datetime) -> str | None:
    """The subject of a token; None where it is not ours, for something else, or has ended."""
    found = TOKEN.fullmatch(token)
    if found is None:
        return None
    subject, ends, signature = found[1], int(found[2]), found[3]
    genuine = hmac.compare_digest(signature, _signature(key, purpose, subject, ends))
    return subject if genuine and (ends == NEVER or now.timestamp() < ends) else None


def digest(text: str) -> str:
    """A text as the subject of a token."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _signature(key: bytes, purpose: str, subject: str, ends: int) -> str:
    said = f"zhengce alerts\n{purpose}\n{subject}\n{ends}"
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:32]
