"""Logs say where and what kind, never the words of an error, which may quote a person's data."""

from __future__ import annotations

import io
import sys

import orjson
import pytest
import structlog
from service_kit import logging


class TestExceptions:
    def test_an_error_is_logged_without_its_words(self, monkeypatch: pytest.MonkeyPatch) -> None:
        out = io.TextIOWrapper(io.BytesIO())
        monkeypatch.setattr(sys, "stdout", out)
        logging.configure("sample")

        try:
            try:
                int("13800000000x")
            except ValueError as cause:
                raise RuntimeError("张三 431081199001011234") from cause
        except RuntimeError as error:
            structlog.get_logger().error("unexpected_error", exc_info=error)

        line = out.buffer.getvalue().decode()  # type: ignore[attr-defined] # a BytesIO, made above
        entry = orjson.loads(line)
        assert [e["exc_type"] for e in entry["exception"]] == ["RuntimeError", "ValueError"]
        assert entry["exception"][0]["frames"]
        assert "431081199001011234" not in line
        assert "13800000000" not in line
        structlog.reset_defaults()
