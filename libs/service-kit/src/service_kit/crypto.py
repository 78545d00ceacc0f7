"""Personal data at rest and on the way out (ARCHITECTURE rule 11).

Fields are encrypted with AES-256-GCM under a named key, found again through a keyed hash (blind index), and shown
masked. Keys come from a file that only the service's process can read; they never enter SQL, logs or the environment.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = 1
_NONCE_BYTES = 12
_KEY_BYTES = 32
_IGNORED_IN_INDEX = str.maketrans("", "", " -\t\u3000")


class KeyFileError(Exception):
    """The key file is missing or wrong; the message says what to do and never repeats a key."""


class DecryptionFailed(Exception):
    """The stored bytes were altered, or belong to a key that is no longer in the key file."""


class FieldCrypto:
    """Encrypts single fields.

    A ciphertext is ``format byte | length of key id | key id | nonce | ciphertext and tag``; the part before the nonce
    is authenticated too. Old keys stay in the file to read old rows; new rows use ``current``.
    """

    def __init__(self, current: str, keys: Mapping[str, bytes], index_key: bytes) -> None:
        if current not in keys:
            raise KeyFileError(f"密钥文件中没有当前密钥 {current!r}")
        if any(len(key) != _KEY_BYTES for key in (*keys.values(), index_key)):
            raise KeyFileError("每个密钥都应为 32 字节")
        if any(not (key_id.isascii() and 0 < len(key_id) < 256) for key_id in keys):
            raise KeyFileError("密钥名应为 1–255 个 ASCII 字符")
        self.current = current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._headers = {key_id: bytes((_FORMAT, len(key_id))) + key_id.encode("ascii") for key_id in keys}
        self._index_key = index_key

    @classmethod
    def from_file(cls, path: Path) -> FieldCrypto:
        """Read ``{"current": "k1", "keys": {"k1": "<base64>"}, "index_key": "<base64>"}``.

        Raises:
            KeyFileError: unreadable, not of this shape, or a key of the wrong length.
        """
        try:
            content = orjson.loads(path.read_bytes())
            keys = {str(name): base64.b64decode(value, validate=True) for name, value in content["keys"].items()}
            return cls(str(content["current"]), keys, base64.b64decode(content["index_key"], validate=True))
        except OSError as error:
            raise KeyFileError(f"无法读取密钥文件 {path}:{error.strerror}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeyFileError(f"密钥文件 {path} 的格式不正确") from error

    def encrypt(self, text: str) -> bytes:
        """Ciphertext under the current key; a fresh nonce each time, so equal texts differ."""
        header = self._headers[self.current]
        nonce = os.urandom(_NONCE_BYTES)
        return header + nonce + self._ciphers[self.current].encrypt(nonce, text.encode(), header)

    def decrypt(self, token: bytes) -> str:
        """The text again.

        Raises:
            DecryptionFailed: altered bytes or an unknown key.
        """
        token = bytes(token)
        key_id = self.key_id(token)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise DecryptionFailed(f"没有密钥 {key_id!r}")
        start = 2 + len(key_id)
        nonce, body = token[start : start + _NONCE_BYTES], token[start + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, token[:start]).decode()
        except (InvalidTag, ValueError) as error:
            raise DecryptionFailed("密文校验失败") from error

    def key_id(self, token: bytes) -> str:
        """Name of the key that a ciphertext was made with.

        Raises:
            DecryptionFailed: not a ciphertext of ours.
        """
        if len(token) < 2 or token[0] != _FORMAT or len(token) < 2 + token[1] + _NONCE_BYTES:
            raise DecryptionFailed("不是本系统的密文")
        return bytes(token[2 : 2 + token[1]]).decode("ascii", errors="replace")

    def needs_rotation(self, token: bytes) -> bool:
        """True when a row should be encrypted again under the current key."""
        return self.key_id(token) != self.current

    def blind_index(self, text: str) -> bytes:
        """32 bytes that are equal for equal values however typed (width, case, spaces, hyphens)."""
        return hmac.digest(self._index_key, normalise(text).encode(), hashlib.sha256)


def normalise(text: str) -> str:
    """Half-width, upper case, without spaces and hyphens."""
    return unicodedata.normalize("NFKC", text).translate(_IGNORED_IN_INDEX).upper()


def _mask(text: str, head: int, tail: int) -> str:
    # A value too short to hide anything between head and tail is hidden whole.
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def mask_id_number(number: str) -> str:
    """``431081********1234``: first six and last four."""
    return _mask(number, 6, 4)


def mask_phone(number: str) -> str:
    """``138****1234``: first three and last four."""
    return _mask(number, 3, 4)


def mask_name(name: str) -> str:
    """``张*``: for the public, the first character only."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_account(number: str) -> str:
    """``***************1234``: last four of a bank account."""
    return _mask(number, 0, 4)
