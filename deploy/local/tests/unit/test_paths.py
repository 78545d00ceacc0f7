"""The data folder: made, or refused in one sentence."""

from __future__ import annotations

import os
import shutil
import stat
from collections import namedtuple
from pathlib import Path

import pytest
from linkage_local.errors import LaunchError
from linkage_local.paths import DEFAULT_DATA, Layout

Usage = namedtuple("Usage", "total used free")


class TestPrepare:
    def test_it_makes_the_folder_with_private_parts(self, tmp_path: Path) -> None:
        layout = Layout.of(tmp_path / "a" / "b")
        layout.prepare()
        for folder in (layout.keys, layout.logs):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_it_may_be_called_again(self, tmp_path: Path) -> None:
        Layout.of(tmp_path / "data").prepare()
        Layout.of(tmp_path / "data").prepare()

    @pytest.mark.parametrize("place", ["file", "file/below"])
    def test_a_file_in_its_place_is_refused(self, tmp_path: Path, place: str) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(LaunchError, match="不是文件夹"):
            Layout.of(tmp_path / place).prepare()

    def test_a_folder_without_the_right_to_write_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Layout.of(tmp_path).prepare()
        monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
        with pytest.raises(LaunchError, match="不能写入"):
            Layout.of(tmp_path).prepare()

    def test_a_full_disk_is_refused_before_anything_is_half_made(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 50 << 20))
        with pytest.raises(LaunchError, match="空间不足：剩 50 MB"):
            Layout.of(tmp_path).prepare()

    def test_a_later_start_asks_for_less_room(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        layout = Layout.of(tmp_path)
        layout.postgres.mkdir()
        (layout.postgres / "PG_VERSION").write_text("18\n")
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 200 << 20))
        layout.prepare()


def test_without_a_folder_named_it_is_in_the_checkout() -> None:
    assert Layout.of(None).data == DEFAULT_DATA
