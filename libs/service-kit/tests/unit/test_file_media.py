"""What a file is, by its first bytes."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from service_kit.files.media import XLSX, media_type_of, suffix_of


def workbook() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet().write(0, 0, "村")
    book.close()
    return target.getvalue()


class TestMediaType:
    @pytest.mark.parametrize(
        ("head", "kind"),
        [
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
            (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"<html><script>", None),
            (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
            (b"PK\x03\x04" + bytes(26) + b"evil.exe", None),
            (b"GIF89a", None),
            (b"", None),
        ],
    )
    def test_it_is_told_by_the_first_bytes(self, head: bytes, kind: str | None) -> None:
        assert media_type_of(head) == kind

    def test_a_real_workbook_is_known(self) -> None:
        assert media_type_of(workbook()) == XLSX

    def test_each_kind_has_a_suffix(self) -> None:
        assert suffix_of("image/jpeg") == ".jpg"
        assert suffix_of(XLSX) == ".xlsx"
        assert suffix_of("text/html") == ""
