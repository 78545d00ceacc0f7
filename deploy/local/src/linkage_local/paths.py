"""Where things are: the checkout and the data folder."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from linkage_local.errors import problem

ROOT = Path(__file__).resolve().parents[4]
FONTS = ROOT / "frontend" / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
"""Chinese fonts for PDF files, installed with the front end."""
DEFAULT_DATA = ROOT / ".linkage"
DOCKER_ENVIRONMENT = ROOT / "deploy" / "docker" / "linkage.env"

_MINIMUM_FREE_FIRST = 600 * 1024 * 1024
_MINIMUM_FREE_LATER = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Layout:
    """Every path under one data folder; nothing else in the package joins paths to it."""

    data: Path

    @classmethod
    def of(cls, data: Path | None) -> Layout:
        """The layout of ``data``, or of ``.linkage`` in the checkout."""
        return cls((data or DEFAULT_DATA).expanduser().absolute())

    @property
    def postgres(self) -> Path:
        return self.data / "pg"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets.json"

    @property
    def config(self) -> Path:
        return self.data / "config.json"

    @property
    def state(self) -> Path:
        return self.data / "state.json"

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    @property
    def accounts(self) -> Path:
        return self.data / "accounts.json"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def trusted_keys(self) -> Path:
        return self.keys / "trusted.json"

    def signing_key(self, short: str) -> Path:
        return self.keys / f"{short}-signing.pem"

    def field_keys(self, short: str) -> Path:
        return self.keys / f"{short}-fields.json"

    def files(self, short: str) -> Path:
        return self.data / "files" / short

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def prepare(self) -> None:
        """Make the folder, private to its user.

        Raises LaunchError when it cannot be a folder, cannot be written, or its disk is nearly full.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            for folder in (self.keys, self.logs, self.data / "files"):
                folder.mkdir(mode=0o700, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise problem(
                f"数据目录 {self.data} 不是文件夹，请换一个 --data", f"{error.filename} is not a folder"
            ) from error
        except OSError as error:
            raise problem(
                f"不能写入数据目录 {self.data}：{error.strerror}", "the data folder cannot be written"
            ) from error
        if not os.access(self.data, os.W_OK | os.X_OK):
            raise problem(
                f"不能写入数据目录 {self.data}，请检查权限或换一个 --data",
                "the data folder cannot be written",
            )
        self._check_space()

    def _check_space(self) -> None:
        needed = _MINIMUM_FREE_LATER if (self.postgres / "PG_VERSION").exists() else _MINIMUM_FREE_FIRST
        free = shutil.disk_usage(self.data).free
        if free < needed:
            raise problem(
                f"数据目录 {self.data} 空间不足：剩 {free >> 20} MB，需要 {needed >> 20} MB",
                "no space left for the data folder",
            )
