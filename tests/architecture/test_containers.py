"""docker-compose.yml and the Dockerfiles, checked without Docker: shape, same commands as local, no open secrets."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from linkage_local.commands import GATEWAY, SERVICES, Service, migrate_command, serve_command, worker_command
from linkage_local.containers import passwords_from_environment
from linkage_local.keys import docker_environment

ROOT = Path(__file__).parents[2]
ANYWHERE = "0.0.0.0"  # noqa: S104 # inside a container
SERVED_PORT = 8000
SECRET_NAME = re.compile(r"PASSWORD|SIGNING_KEY|FIELD_KEYS|TRUSTED_KEYS|SECRET|TOKEN")
VARIABLE = re.compile(r"\$\{(\w+)([^}]*)\}")

_STRINGS = {"type": "array", "items": {"type": "string"}}
_DURATION = {"type": "string", "pattern": r"^(\d+(h|m|s|ms))+$"}
COMPOSE_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["name", "services", "secrets", "networks", "volumes"],
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "networks": {"additionalProperties": {"type": "object", "properties": {"internal": {"type": "boolean"}}}},
        "volumes": {"additionalProperties": {"type": "object", "maxProperties": 0}},
        "secrets": {
            "additionalProperties": {
                "required": ["environment"],
                "additionalProperties": False,
                "properties": {"environment": {"type": "string", "pattern": "^[A-Z_]+$"}},
            }
        },
        "services": {"additionalProperties": {"$ref": "#/$defs/service"}},
    },
    "$defs": {
        "service": {
            "type": "object",
            "oneOf": [{"required": ["image"]}, {"required": ["build"]}],
            "required": ["restart", "networks"],
            "additionalProperties": False,
            "properties": {
                "image": {"type": "string", "pattern": "^[a-z/]+:[0-9]"},
                "build": {
                    "required": ["context", "dockerfile"],
                    "additionalProperties": False,
                    "properties": {"context": {"const": "."}, "dockerfile": {"type": "string"}},
                },
                "restart": {"enum": ["no", "unless-stopped"]},
                "command": _STRINGS,
                "entrypoint": _STRINGS,
                "profiles": _STRINGS,
                "environment": {"type": "object", "additionalProperties": {"type": "string"}},
                "volumes": _STRINGS,
                "networks": {**_STRINGS, "minItems": 1},
                "ports": _STRINGS,
                "tmpfs": _STRINGS,
                "cap_drop": {"const": ["ALL"]},
                "security_opt": {"const": ["no-new-privileges:true"]},
                "read_only": {"const": True},
                "shm_size": {"type": "string"},
                "depends_on": {
                    "additionalProperties": {
                        "required": ["condition"],
                        "properties": {"condition": {"enum": ["service_healthy", "service_completed_successfully"]}},
                    }
                },
                "secrets": {
                    "type": "array",
                    "items": {
                        "required": ["source", "target", "uid", "mode"],
                        "additionalProperties": False,
                        "properties": {
                            "source": {"type": "string"},
                            "target": {"type": "string"},
                            "uid": {"const": "10001"},
                            "mode": {"const": 0o400},
                        },
                    },
                },
                "healthcheck": {
                    "oneOf": [
                        {"required": ["disable"], "properties": {"disable": {"const": True}}},
                        {
                            "required": ["test", "interval", "timeout", "retries"],
                            "properties": {
                                "test": _STRINGS,
                                "interval": _DURATION,
                                "timeout": _DURATION,
                                "retries": {"type": "integer"},
                            },
                        },
                    ]
                },
            },
        }
    },
}


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def instructions(service: Service) -> list[tuple[str, str]]:
    """Instruction and argument of every line of a Dockerfile, continued lines joined."""
    joined = (ROOT / "services" / service.directory / "Dockerfile").read_text().replace("\\\n", " ")
    lines = (line.strip() for line in joined.splitlines())
    return [
        (verb.upper(), rest.strip())
        for verb, _, rest in (line.partition(" ") for line in lines if line and not line.startswith("#"))
    ]


def copied_from_checkout(pairs: list[tuple[str, str]]) -> list[str]:
    return [
        source
        for verb, rest in pairs
        if verb == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]


class TestTheComposeFile:
    def test_it_has_the_shape_of_a_compose_file(self, compose: dict[str, Any]) -> None:
        jsonschema.validate(compose, COMPOSE_SHAPE)

    def test_everything_it_refers_to_is_declared(self, compose: dict[str, Any]) -> None:
        for name, service in compose["services"].items():
            assert set(service.get("depends_on", {})) <= set(compose["services"]), name
            assert set(service["networks"]) <= set(compose["networks"]), name
            assert {secret["source"] for secret in service.get("secrets", [])} <= set(compose["secrets"]), name
            volumes = {volume.split(":")[0] for volume in service.get("volumes", [])}
            assert volumes <= set(compose["volumes"]), name
            if "build" in service:
                assert (ROOT / service["build"]["dockerfile"]).is_file(), name

    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.short)
    def test_each_service_and_its_worker_run_the_local_commands(
        self, compose: dict[str, Any], service: Service
    ) -> None:
        served, worker = compose["services"][service.short], compose["services"][f"{service.short}-worker"]
        assert served["command"] == serve_command(service, ANYWHERE, SERVED_PORT)
        assert worker["command"] == worker_command(service)
        assert served["environment"] == worker["environment"]
        assert served["environment"]["LINKAGE_INLINE_WORKER"] == "false"

    def test_the_database_is_set_up_by_the_launchers_own_command(self, compose: dict[str, Any]) -> None:
        assert compose["services"]["setup"]["command"] == ["python", "-m", "linkage_local", "provision"]
        assert migrate_command(GATEWAY)[:3] == ["python", "-m", "service_kit.migrations"]

    def test_services_wait_for_the_finished_setup(self, compose: dict[str, Any]) -> None:
        for service in SERVICES:
            for name in (service.short, f"{service.short}-worker"):
                waits = compose["services"][name]["depends_on"]
                assert waits == {"setup": {"condition": "service_completed_successfully"}}

    def test_only_the_gateway_publishes_a_port_and_only_on_loopback(self, compose: dict[str, Any]) -> None:
        published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
        assert published == {"gateway": ["${LINKAGE_BIND:-127.0.0.1}:${LINKAGE_PORT:-8000}:8000"]}
        assert compose["networks"]["backend"]["internal"] is True

    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.short)
    def test_each_service_is_given_only_its_own_secrets(self, compose: dict[str, Any], service: Service) -> None:
        mine = compose["services"][service.short]
        used = {name for value in mine["environment"].values() for name, _ in VARIABLE.findall(value)}
        assert {name for name in used if SECRET_NAME.search(name)} == {f"{service.short.upper()}_SVC_PASSWORD"}
        sources = {secret["source"] for secret in mine["secrets"]}
        assert sources == {f"{service.short}-signing-key", f"{service.short}-field-keys", "trusted-keys"}


class TestSecrets:
    def test_none_has_a_default(self, text: str) -> None:
        used = VARIABLE.findall(text)
        assert len(used) > 10
        for name, rest in used:
            if SECRET_NAME.search(name):
                assert rest.startswith(":?"), f"{name} must be required"

    def test_none_is_written_out(self, compose: dict[str, Any]) -> None:
        for name, service in compose["services"].items():
            for key, value in service.get("environment", {}).items():
                if SECRET_NAME.search(key) and not value.startswith("/run/secrets/"):
                    assert value == f"${{{key}:?run ./linkage keys --docker}}", f"{name}.{key}"
                if "://" in value and "@" in value:
                    assert re.search(r"://\w+:\$\{\w+:\?[^}]+\}@", value), f"{name}.{key}"

    def test_the_env_file_of_linkage_keys_holds_all_that_is_required(self, text: str, compose: dict[str, Any]) -> None:
        required = {name for name, rest in VARIABLE.findall(text) if rest.startswith(":?")}
        required |= {secret["environment"] for secret in compose["secrets"].values()}
        made = set(re.findall(r"^(\w+)='", docker_environment(), re.MULTILINE))
        assert made == required

    def test_the_setup_is_given_every_role_password(
        self, compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in compose["services"]["setup"]["environment"]:
            monkeypatch.setenv(name, "given")
        assert set(passwords_from_environment().values()) == {"given"}

    def test_the_env_file_stays_out_of_git_and_of_images(self) -> None:
        assert "linkage.env" in (ROOT / "deploy/docker/.gitignore").read_text().split()
        assert "deploy/docker/linkage.env" in (ROOT / ".dockerignore").read_text().split()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.short)
class TestEachDockerfile:
    def test_it_runs_the_local_command(self, service: Service) -> None:
        (command,) = [rest for verb, rest in instructions(service) if verb == "CMD"]
        assert yaml.safe_load(command) == serve_command(service, ANYWHERE, SERVED_PORT)

    def test_it_installs_from_the_lock_only_what_the_service_needs(self, service: Service) -> None:
        syncs = [rest for verb, rest in instructions(service) if verb == "RUN" and "uv sync" in rest]
        name = tomllib.loads((service.folder / "pyproject.toml").read_text())["project"]["name"]
        assert len(syncs) == 2
        assert all("--frozen" in line and "--no-dev" in line and line.endswith(f"--package {name}") for line in syncs)

    def test_it_uses_the_uv_of_the_linkage_script(self, service: Service) -> None:
        (version,) = re.findall(r"^UV_VERSION=(\S+)$", (ROOT / "linkage").read_text(), re.MULTILINE)
        assert any(f"uv=={version}" in rest for verb, rest in instructions(service) if verb == "RUN")

    def test_everything_it_copies_is_there(self, service: Service) -> None:
        sources = copied_from_checkout(instructions(service))
        assert sources
        assert [source for source in sources if not (ROOT / source).exists()] == []

    def test_it_runs_as_an_unprivileged_user_with_a_health_check(self, service: Service) -> None:
        pairs = instructions(service)
        last_from = max(index for index, (verb, _) in enumerate(pairs) if verb == "FROM")
        final = pairs[last_from:]
        assert ("USER", "linkage") in final
        assert any(verb == "HEALTHCHECK" and "/health/ready" in rest for verb, rest in final)
        assert any("--uid 10001" in rest for verb, rest in final if verb == "RUN")

    def test_no_secret_is_built_in(self, service: Service) -> None:
        settings = [rest for verb, rest in instructions(service) if verb in {"ENV", "ARG"}]
        assert not [line for line in settings if SECRET_NAME.search(line)]
