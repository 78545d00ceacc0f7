"""Pytest plugin: the address of the session's PostgreSQL, which the project's root conftest starts; test settings."""

from __future__ import annotations

import os

import hypothesis
import pytest

# Two cores shared by workers and a database: how long one example takes says nothing about the code.
hypothesis.settings.register_profile("linkage", deadline=None)
hypothesis.settings.load_profile("linkage")


@pytest.fixture(scope="session")
def pg_admin_url() -> str:
    """URL of a superuser on a real PostgreSQL that tests may fill and throw away."""
    url = os.environ.get("LINKAGE_TEST_ADMIN_URL")
    assert url, "the root conftest starts a PostgreSQL only for suites other than tests/unit"
    return url
