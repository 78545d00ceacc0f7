"""Field encryption, blind index and masks."""

from __future__ import annotations

import base64
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.crypto import (
    DecryptionFailed,
    FieldCrypto,
    KeyFileError,
    mask_account,
    mask_id_number,
    mask_name,
    mask_phone,
)

OLD, NEW, INDEX = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
CRYPTO = FieldCrypto("k1", {"k1": OLD}, INDEX)


class TestEncrypt:
    @given(st.text())
    def test_gives_back_any_text(self, text: str) -> None:
        assert CRYPTO.decrypt(CRYPTO.encrypt(text)) == text

    def test_hides_that_two_values_are_equal(self) -> None:
        assert CRYPTO.encrypt("11010519491231002X") != CRYPTO.encrypt("11010519491231002X")

    @given(st.data())
    def test_notices_any_changed_byte(self, data: st.DataObject) -> None:
        token = bytearray(CRYPTO.encrypt("13800000000"))
        place = data.draw(st.integers(0, len(token) - 1))
        token[place] ^= data.draw(st.integers(1, 255))
        with pytest.raises(DecryptionFailed):
            CRYPTO.decrypt(bytes(token))

    @pytest.mark.parametrize("token", [b"", b"\x01", b"\x01\x02k1", b"\x02\x02k1" + bytes(40), bytes(60)])
    def test_refuses_what_is_not_a_ciphertext(self, token: bytes) -> None:
        with pytest.raises(DecryptionFailed):
            CRYPTO.decrypt(token)


class TestKeyRotation:
    def test_old_rows_stay_readable_and_are_recognised(self) -> None:
        old_token = CRYPTO.encrypt("张三")

        rotated = FieldCrypto("k2", {"k1": OLD, "k2": NEW}, INDEX)

        assert rotated.decrypt(old_token) == "张三"
        assert rotated.needs_rotation(old_token)
        assert not rotated.needs_rotation(rotated.encrypt("张三"))

    def test_a_missing_key_is_named(self) -> None:
        with pytest.raises(DecryptionFailed, match="k1"):
            FieldCrypto("k2", {"k2": NEW}, INDEX).decrypt(CRYPTO.encrypt("张三"))


class TestBlindIndex:
    @pytest.mark.parametrize("typed", ["11010519491231002x", " 110105 19491231 002X", "11010519491231002X"])
    def test_is_the_same_however_typed(self, typed: str) -> None:
        assert CRYPTO.blind_index(typed) == CRYPTO.blind_index("11010519491231002X")

    def test_depends_on_value_and_key(self) -> None:
        other = FieldCrypto("k1", {"k1": OLD}, NEW)
        assert CRYPTO.blind_index("1") != CRYPTO.blind_index("2")
        assert CRYPTO.blind_index("1") != other.blind_index("1")
        assert len(CRYPTO.blind_index("1")) == 32


class TestFromFile:
    def _write(self, path: Path, content: object) -> Path:
        path.write_bytes(orjson.dumps(content))
        return path

    def test_reads_keys(self, tmp_path: Path) -> None:
        key = base64.b64encode(OLD).decode()
        index = base64.b64encode(INDEX).decode()
        file = self._write(tmp_path / "keys.json", {"current": "k1", "keys": {"k1": key}, "index_key": index})
        assert FieldCrypto.from_file(file).decrypt(CRYPTO.encrypt("甲")) == "甲"

    @pytest.mark.parametrize(
        "content",
        [
            [],
            {},
            {"current": "k1", "keys": {}, "index_key": ""},
            {"current": "k1", "keys": {"k1": "AAAA"}, "index_key": "AAAA"},
            {"current": "k1", "keys": {"k1": "不"}, "index_key": "AAAA"},
            {"current": "k1", "keys": [], "index_key": 3},
        ],
    )
    def test_says_what_is_wrong(self, tmp_path: Path, content: object) -> None:
        with pytest.raises(KeyFileError):
            FieldCrypto.from_file(self._write(tmp_path / "keys.json", content))

    def test_says_which_file_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(KeyFileError, match=r"absent\.json"):
            FieldCrypto.from_file(tmp_path / "absent.json")


class TestMasks:
    @pytest.mark.parametrize(
        ("mask", "shown", "masked"),
        [
            (mask_id_number, "11010519491231002X", "110105********002X"),
            (mask_id_number, "1101", "****"),
            (mask_phone, "13812345678", "138****5678"),
            (mask_phone, "1234567", "*******"),
            (mask_name, "张三", "张*"),
            (mask_name, "欧阳娜娜", "欧***"),
            (mask_name, "张", "张*"),
            (mask_name, "", ""),
            (mask_account, "6222021234567890", "************7890"),
            (mask_account, "7890", "****"),
        ],
    )
    def test_shows_only_what_may_be_seen(self, mask: object, shown: str, masked: str) -> None:
        assert callable(mask)
        assert mask(shown) == masked
