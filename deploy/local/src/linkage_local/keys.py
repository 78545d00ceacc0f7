"""Keys and passwords of one data folder: made once, at random, never shown, mode 0600."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from typing import Any

from linkage_local.commands import SERVICES, Service
from linkage_local.errors import problem
from linkage_local.files import read_json, write_json, write_private
from linkage_local.paths import Layout

ROLES = tuple(role for service in SERVICES for role in (service.owner_role, service.service_role))


@dataclass(frozen=True, slots=True)
class Secrets:
    """Passwords of the embedded server's administrator and of every role."""

    postgres: str
    roles: dict[str, str]


def random_password() -> str:
    """192 bits, only characters that need no quoting in a URL or a shell."""
    return secrets.token_urlsafe(24)


def load_secrets(layout: Layout) -> Secrets | None:
    """What the data folder holds, None before the first start; LaunchError when it is incomplete."""
    content = read_json(layout.secrets)
    if content is None:
        return None
    try:
        return Secrets(content["postgres"], {role: content["roles"][role] for role in ROLES})
    except (KeyError, TypeError) as error:
        raise problem(f"密码文件 {layout.secrets} 不完整，请从备份恢复", f"{error} is missing") from error


def ensure_secrets(layout: Layout) -> Secrets:
    """Load them, or make them on the first start."""
    known = load_secrets(layout)
    if known is not None:
        return known
    if (layout.postgres / "PG_VERSION").exists():
        raise problem(
            f"数据目录缺少密码文件 {layout.secrets}，数据库无法打开，请从备份恢复",
            "the password file of this data folder is missing",
        )
    made = Secrets(random_password(), {role: random_password() for role in ROLES})
    write_json(layout.secrets, {"postgres": made.postgres, "roles": made.roles})
    return made


def ensure_keys(layout: Layout) -> None:
    """Make each service's signing key and field keys where missing, and the list of trusted keys.

    A missing field key beside an existing database is refused: what it encrypted could never be read again.
    """
    missing = [service for service in SERVICES if not layout.signing_key(service.short).exists()]
    for service in SERVICES:
        if not layout.field_keys(service.short).exists():
            if (read_json(layout.config) or {}).get("loaded"):
                raise problem(
                    f"缺少加密密钥 {layout.field_keys(service.short)}，请从备份恢复",
                    "an encryption key is missing; restore it from a backup",
                )
            write_json(layout.field_keys(service.short), new_field_keys())
    if missing or not layout.trusted_keys.exists():
        for service in missing:
            write_private(layout.signing_key(service.short), new_signing_key())
        write_json(layout.trusted_keys, trusted_keys({s: layout.signing_key(s.short).read_bytes() for s in SERVICES}))


def new_field_keys() -> dict[str, Any]:
    """AES-256 keys by id, the id in use, and the key of the blind index; all base64."""
    return {"current": "k1", "keys": {"k1": _random_key()}, "index_key": _random_key()}


def new_signing_key() -> bytes:
    """An Ed25519 private key as PEM (PKCS 8)."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def trusted_keys(private_keys: dict[Service, bytes]) -> dict[str, Any]:
    """The JWKS that every service verifies tokens with; ``kid`` is the issuer's short name."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    keys = []
    for service, pem in private_keys.items():
        private = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise problem(f"{service.short} 的签名密钥不是 Ed25519", "a signing key is not Ed25519")
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        keys.append({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": service.short, "alg": "Ed25519", "use": "sig"})
    return {"keys": keys}


def docker_environment() -> str:
    """The env file of docker-compose.yml: fresh passwords and keys, every value in single quotes."""
    values = {"POSTGRES_PASSWORD": random_password()}
    private = {service: new_signing_key() for service in SERVICES}
    for service in SERVICES:
        prefix = service.short.upper()
        values[f"{prefix}_OWNER_PASSWORD"] = random_password()
        values[f"{prefix}_SVC_PASSWORD"] = random_password()
        values[f"{prefix}_SIGNING_KEY"] = private[service].decode().strip()
        values[f"{prefix}_FIELD_KEYS"] = json.dumps(new_field_keys())
    values["TRUSTED_KEYS"] = json.dumps(trusted_keys(private))
    lines = ["# Made by ./linkage keys --docker. Keep a safe copy: without FIELD_KEYS the data is lost."]
    lines += [f"{name}='{value}'" for name, value in values.items()]
    lines += [
        "# The https address that people will use, for example https://linkage.example.gov.cn",
        "LINKAGE_PUBLIC_URL=''",
    ]
    return "\n".join(lines) + "\n"


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
