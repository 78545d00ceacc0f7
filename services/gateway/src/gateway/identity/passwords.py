"""Passwords: argon2id (RFC 9106, second recommended option), checked outside the event loop."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 8
MAX_LENGTH = 128

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""Two at a time: each check takes 64 MiB, so a burst of logins waits in line instead of filling the memory."""


def hash_password(password: str) -> str:
    """The encoded argon2id hash; takes some tens of milliseconds of a core."""
    return _hasher.hash(password)


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")


def _matches(password_hash: str | None, password: str) -> bool:
    with contextlib.suppress(VerificationError, InvalidHashError):
        return _hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    return False


async def verify_password(password_hash: str | None, password: str) -> bool:
    """True when the password is the hash's. Without a hash (no such user) it takes as long and says no."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, password_hash, password)


async def hash_in_thread(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, hash_password, password)


def needs_rehash(password_hash: str) -> bool:
    """True when the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def weakness_of(password: str, username: str) -> str | None:
    """Why a new password is not good enough, in words for its owner; None when it is."""
    if len(password) < MIN_LENGTH:
        return f"密码至少 {MIN_LENGTH} 位"
    if username.lower() in password.lower():
        return "密码不能包含用户名"
    if not (any(c.isalpha() for c in password) and any(c.isdigit() for c in password)):
        return "密码应同时包含字母和数字"
    return None
