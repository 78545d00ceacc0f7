"""Logs stay small and lose no line."""

from __future__ import annotations

import stat
from pathlib import Path

from linkage_local.logs import RotatingLog, follow, tail


class TestRotation:
    def test_a_full_log_moves_up_and_the_oldest_goes(self, tmp_path: Path) -> None:
        log = RotatingLog(tmp_path / "a.log", max_bytes=20, kept=2)
        for number in range(8):
            log.write(f"line {number:04d}\n".encode())
        log.close()
        names = sorted(path.name for path in tmp_path.iterdir())
        assert names == ["a.log", "a.log.1", "a.log.2"]
        text = "".join((tmp_path / name).read_text() for name in reversed(names))
        assert text == "".join(f"line {number:04d}\n" for number in range(2, 8))

    def test_others_cannot_read_it(self, tmp_path: Path) -> None:
        RotatingLog(tmp_path / "a.log").close()
        assert stat.S_IMODE((tmp_path / "a.log").stat().st_mode) == 0o600

    def test_a_line_longer_than_the_limit_is_kept_whole(self, tmp_path: Path) -> None:
        log = RotatingLog(tmp_path / "a.log", max_bytes=10, kept=1)
        log.write(b"x" * 50 + b"\n")
        log.close()
        assert (tmp_path / "a.log").stat().st_size == 51


class TestReading:
    def test_tail_gives_the_last_lines(self, tmp_path: Path) -> None:
        (tmp_path / "a.log").write_text("".join(f"{n}\n" for n in range(100)))
        assert tail(tmp_path / "a.log", 2) == ["98", "99"]

    def test_tail_of_nothing_is_empty(self, tmp_path: Path) -> None:
        assert tail(tmp_path / "none.log", 5) == []

    def test_follow_shows_what_is_written_later_even_after_a_rotation(self, tmp_path: Path) -> None:
        path = tmp_path / "a.log"
        path.write_text("old\nfirst\n")
        lines = follow({"a": path}, 1)
        assert next(lines) == ("a", "first")
        with path.open("a") as stream:
            stream.write("second\n")
        assert next(lines) == ("a", "second")
        path.write_text("new\n")
        assert next(lines) == ("a", "new")
