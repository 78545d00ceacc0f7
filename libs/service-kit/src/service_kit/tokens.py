"""Short-lived signed tokens, verified offline (ARCHITECTURE, Gateway): EdDSA over Ed25519, key id = issuer."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from service_kit.errors import TokenExpired, Unauthenticated
from service_kit.region import is_region_code
from service_kit.scope import Scope

AUDIENCE = "linkage"
LIFETIME_SECONDS = 300
PORTAL = "gateway"
"""The only issuer that signs in persons; every other speaks for itself as a service."""
_ALGORITHM = "Ed25519"  # the name of RFC 9864 for what was EdDSA with this curve
_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: a person signed in at the gateway, or another service."""

    id: UUID
    username: str
    name: str
    role: str
    region: str
    permissions: frozenset[str]
    issuer: str
    service: bool = False

    @property
    def scope(self) -> Scope:
        return Scope(self.region)

    def may(self, permission: str) -> bool:
        return permission in self.permissions


NOBODY = Actor(UUID(int=1), "public", "群众", "public", "", frozenset(), issuer="")
"""Whoever comes in without signing in: may do nothing that asks for a permission, and is named so in histories."""


class Signer:
    """Issues tokens in the name of one service."""

    def __init__(self, issuer: str, private_pem: bytes) -> None:
        self.issuer = issuer
        self._key = OKPKey.import_key(private_pem, {"kid": issuer})

    @classmethod
    def from_file(cls, issuer: str, path: Path) -> Signer:
        return cls(issuer, path.read_bytes())

    def issue(
        self,
        *,
        subject: UUID,
        username: str,
        name: str,
        role: str,
        region: str,
        permissions: Iterable[str],
        service: bool = False,
        lifetime: int = LIFETIME_SECONDS,
    ) -> str:
        """A token valid for ``lifetime`` seconds; ``region`` "" is the nation."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": str(subject),
            "usr": username,
            "nam": name,
            "rol": role,
            "reg": region,
            "prm": sorted(permissions),
            "svc": service,
            "iat": now,
            "exp": now + lifetime,
        }
        return jwt.encode({"alg": _ALGORITHM, "kid": self.issuer}, claims, self._key, algorithms=[_ALGORITHM])

    def issue_for_service(self, permissions: Iterable[str], region: str = "") -> str:
        """A token in which this service speaks for itself."""
        return self.issue(
            subject=UUID(int=0),
            username=self.issuer,
            name=self.issuer,
            role="service",
            region=region,
            permissions=permissions,
            service=True,
        )


class Verifier:
    """Checks tokens against the trusted public keys; results are kept until the token expires."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys
        self._cache: OrderedDict[str, tuple[Actor, int]] = OrderedDict()

    @classmethod
    def from_file(cls, path: Path) -> Verifier:
        return cls(KeySet.import_key_set(orjson.loads(path.read_bytes())))

    def verify(self, token: str) -> Actor:
        """The actor of a valid token.

        Raises:
            TokenExpired: it was valid once.
            Unauthenticated: anything else is wrong with it.
        """
        known = self._cache.get(token)
        if known is None:
            known = self._decode(token)
            self._cache[token] = known
            if len(self._cache) > _CACHE_SIZE:
                self._cache.popitem(last=False)
        actor, expires = known
        if expires <= time.time():
            self._cache.pop(token, None)
            raise TokenExpired()
        return actor

    def _decode(self, token: str) -> tuple[Actor, int]:
        try:
            decoded = jwt.decode(token, self._keys, algorithms=[_ALGORITHM])
            claims = decoded.claims
            # A peer must not speak in the gateway's name: the key that signed is the issuer that is claimed, and
            # only the gateway vouches for persons.
            person = not claims["svc"]
            if (
                claims["iss"] != decoded.header["kid"]
                or claims["aud"] != AUDIENCE
                or (person and claims["iss"] != PORTAL)
            ):
                raise Unauthenticated()
            region = str(claims["reg"])
            if region and not is_region_code(region):
                raise Unauthenticated()
            actor = Actor(
                id=UUID(claims["sub"]),
                username=str(claims["usr"]),
                name=str(claims["nam"]),
                role=str(claims["rol"]),
                region=region,
                permissions=frozenset(claims["prm"]),
                issuer=str(claims["iss"]),
                service=bool(claims["svc"]),
            )
            return actor, int(claims["exp"])
        except (JoseError, KeyError, ValueError, TypeError):
            raise Unauthenticated() from None
