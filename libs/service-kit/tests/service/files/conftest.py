"""A service that takes files, running on a fresh database and a folder of its own."""

from __future__ import annotations

import sys
from pathlib import Path

# The sample is no installed package; its migrations import it by name like those of a real service.
sys.path.insert(0, str(Path(__file__).parent / "sample"))

from files_sample import SPEC
from service_kit.testing import service_fixture

service = service_fixture(SPEC)
