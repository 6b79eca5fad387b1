"""What makes a node a guarded one: its certificate, its accounts and what they may do."""

import base64
import hashlib
import ipaddress
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PBKDF2_ROUNDS = 1000  # the least that the server knows; these passwords live for one run
# What docs/operating.md asks an administrator for, and a reader who may change nothing.
ROLES = """
zhengce_writer:
  cluster: [monitor, manage_index_templates]
  indices:
    - names: ['zhengce*']
      privileges: [all]
zhengce_reader:
  indices:
    - names: ['zhengce*']
      privileges: [read, view_index_metadata]
"""
USERS = {"admin": "superuser", "writer": "zhengce_writer", "reader": "zhengce_reader"}
SETTINGS = """
xpack.security.enabled: true
xpack.security.autoconfiguration.enabled: false
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: http.key
xpack.security.http.ssl.certificate: http.crt
"""
OPEN_SETTINGS = """
xpack.security.enabled: false
"""


def guard(config: Path) -> dict[str, str]:
    """Write certificate, roles and users into a node's config folder; the password of each user."""
    _write_certificate(config)
    passwords = {name: secrets.token_hex(16) for name in USERS}
    (config / "roles.yml").write_text(ROLES)
    (config / "users").write_text("".join(f"{name}:{_hash(passwords[name])}\n" for name in USERS))
    (config / "users_roles").write_text("".join(f"{role}:{name}\n" for name, role in USERS.items()))
    return passwords


def _hash(password: str) -> str:
    salt = secrets.token_bytes(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PBKDF2_ROUNDS, 32)
    return f"{{PBKDF2}}{PBKDF2_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _write_certificate(config: Path) -> None:
    """A certificate that signs itself, so that it is its own authority, for 127.0.0.1 and a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zhengce test node")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (config / "http.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (config / "http.key").write_bytes(private)
