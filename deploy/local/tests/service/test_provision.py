"""Each role sees its own schema and nothing else; shown on a real server with real tables and rows."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from linkage_local import provision
from linkage_local.commands import SERVICES, Service
from linkage_local.errors import LaunchError
from linkage_local.keys import ROLES
from linkage_local.postgres import TEST_SETTINGS, Cluster
from linkage_local.processes import free_port

PASSWORDS = {role: role for role in ROLES}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of our own: roles belong to a whole server, and other tests use theirs at the same time."""
    folder = Path(tempfile.mkdtemp(prefix="linkage-provision-"))
    folder.chmod(0o755)
    made = Cluster.at(folder / "pg", free_port(0), "word")
    made.initialise()
    process = made.start(folder / "log", TEST_SETTINGS)
    yield made
    process.send_signal(signal.SIGQUIT)
    process.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def provisioned(cluster: Cluster) -> str:
    """The database with roles and schemas, and in each schema a table with one row made by its owner."""
    asyncio.run(fill(cluster))
    return cluster.url(provision.DATABASE)


async def fill(cluster: Cluster) -> None:
    await provision.create_database(cluster.url())
    admin_url = cluster.url(provision.DATABASE)
    await provision.provision(admin_url, PASSWORDS, first=True)
    for service in SERVICES:
        owner = await connected(admin_url, service.owner_role)
        await owner.execute("CREATE TABLE register (name text)")
        await owner.execute("INSERT INTO register VALUES ($1)", service.short)
        await owner.execute(f"GRANT SELECT ON register TO {service.service_role}")
        await owner.close()


async def connected(admin_url: str, role: str) -> asyncpg.Connection:
    return await asyncpg.connect(provision.role_url(admin_url, role, role))


class TestIsolation:
    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.short)
    async def test_an_unqualified_name_means_the_services_own_table(self, provisioned: str, service: Service) -> None:
        connection = await connected(provisioned, service.service_role)
        try:
            assert await connection.fetchval("SELECT name FROM register") == service.short
        finally:
            await connection.close()

    @pytest.mark.parametrize("kind", ["owner_role", "service_role"])
    @pytest.mark.parametrize("mine", SERVICES, ids=lambda service: service.short)
    async def test_the_rows_of_the_others_cannot_be_read(self, provisioned: str, mine: Service, kind: str) -> None:
        connection = await connected(provisioned, getattr(mine, kind))
        try:
            for other in SERVICES:
                if other is mine:
                    continue
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.fetch(f"SELECT * FROM {other.short}.register")
                assert not await connection.fetchval("SELECT has_schema_privilege($1, 'USAGE')", other.short)
        finally:
            await connection.close()

    async def test_the_servers_other_databases_are_closed(self, provisioned: str, cluster: Cluster) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(cluster.url("postgres", "funds_svc", "funds_svc"))

    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.short)
    async def test_the_running_service_changes_no_tables(self, provisioned: str, service: Service) -> None:
        connection = await connected(provisioned, service.service_role)
        try:
            for statement in (
                f"CREATE TABLE {service.short}.x (a int)",
                "CREATE TABLE public.x (a int)",
                "DROP TABLE register",
                "ALTER TABLE register DISABLE ROW LEVEL SECURITY",
                f"SET ROLE {service.owner_role}",
                "INSERT INTO register VALUES ('x')",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        finally:
            await connection.close()

    async def test_no_role_is_above_the_rules(self, provisioned: str) -> None:
        connection = await asyncpg.connect(provisioned)
        try:
            rows = await connection.fetch(
                "SELECT rolname FROM pg_roles WHERE rolname = ANY($1)"
                " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)",
                list(ROLES),
            )
            assert rows == []
        finally:
            await connection.close()

    async def test_the_extensions_serve_every_role(self, provisioned: str) -> None:
        for role in ROLES:
            connection = await connected(provisioned, role)
            try:
                assert await connection.fetchval("SELECT similarity('资兴市', '资兴')") > 0
            finally:
                await connection.close()


class TestProvision:
    async def test_it_may_run_again_and_loses_nothing(self, provisioned: str) -> None:
        await provision.provision(provisioned, PASSWORDS)
        connection = await connected(provisioned, "monitoring_svc")
        try:
            assert await connection.fetchval("SELECT count(*) FROM register") == 1
        finally:
            await connection.close()

    async def test_roles_of_another_installation_are_left_alone(self, provisioned: str) -> None:
        with pytest.raises(LaunchError, match="已有衔接系统的角色"):
            await provision.provision(provisioned, PASSWORDS, first=True)

    async def test_a_server_that_does_not_answer_is_one_sentence_without_the_password(self) -> None:
        with pytest.raises(LaunchError, match=r"连接不上数据库 127\.0\.0\.1:1/x") as refused:
            await provision.connect("postgresql://someone:hidden-word@127.0.0.1:1/x")
        assert "hidden-word" not in str(refused.value)

    async def test_a_wrong_password_is_one_sentence(self, provisioned: str) -> None:
        with pytest.raises(LaunchError, match="拒绝登录"):
            await provision.connect(provision.role_url(provisioned, "monitoring_svc", "wrong"))

    async def test_an_unfinished_first_load_is_taken_back(self, provisioned: str) -> None:
        await provision.drop_schemas(provisioned)
        await provision.provision(provisioned, PASSWORDS)
        connection = await asyncpg.connect(provisioned)
        try:
            left = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ANY($1)"
            assert await connection.fetchval(left, [service.short for service in SERVICES]) == 0
        finally:
            await connection.close()
        assert set((await provision.migrated_heads(provisioned)).values()) == {None}


class TestRoleUrl:
    def test_parameters_are_kept_and_passwords_quoted(self) -> None:
        url = provision.role_url("postgres://me:x@db.example:6432/linkage?sslmode=require", "funds_svc", "a/b@c")
        assert url == "postgresql://funds_svc:a%2Fb%40c@db.example:6432/linkage?sslmode=require"
