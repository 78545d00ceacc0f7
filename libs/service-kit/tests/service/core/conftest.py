"""The smallest service, running on a fresh database for each test."""

from __future__ import annotations

import sys
from pathlib import Path

# The sample is no installed package; its migrations import it by name like those of a real service.
sys.path.insert(0, str(Path(__file__).parent))

from sample_service.main import SPEC
from service_kit.testing import service_fixture

sample = service_fixture(SPEC)
