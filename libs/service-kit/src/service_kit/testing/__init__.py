"""What service tests stand on: a real PostgreSQL, migrated by Alembic, a fresh database for every test."""

from service_kit.testing.catalog import assert_catalog_is_ready, assert_unscoped_sees_nothing
from service_kit.testing.service import Api, ServiceUnderTest, service_fixture

__all__ = ["Api", "ServiceUnderTest", "assert_catalog_is_ready", "assert_unscoped_sees_nothing", "service_fixture"]
