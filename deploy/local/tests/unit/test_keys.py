"""Passwords and keys: random, private, never silently replaced."""

from __future__ import annotations

import base64
import json
import re
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from linkage_local import keys
from linkage_local.commands import SERVICES
from linkage_local.errors import LaunchError
from linkage_local.files import write_json
from linkage_local.paths import Layout
from service_kit.tokens import Signer, Verifier


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout.of(tmp_path / "data")
    made.prepare()
    return made


class TestSecrets:
    def test_they_are_private_and_stay_the_same(self, layout: Layout) -> None:
        first = keys.ensure_secrets(layout)
        assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o600
        assert keys.ensure_secrets(layout) == first

    def test_every_role_has_its_own_password(self, layout: Layout) -> None:
        made = keys.ensure_secrets(layout)
        assert set(made.roles) == {role for s in SERVICES for role in (s.owner_role, s.service_role)}
        assert len({made.postgres, *made.roles.values()}) == 9
        assert all(re.fullmatch(r"[\w-]{32}", word) for word in made.roles.values())

    def test_an_incomplete_file_is_refused(self, layout: Layout) -> None:
        write_json(layout.secrets, {"postgres": "x", "roles": {}})
        with pytest.raises(LaunchError, match="不完整"):
            keys.ensure_secrets(layout)

    def test_a_database_without_its_passwords_is_not_given_new_ones(self, layout: Layout) -> None:
        layout.postgres.mkdir()
        (layout.postgres / "PG_VERSION").write_text("18\n")
        with pytest.raises(LaunchError, match="从备份恢复"):
            keys.ensure_secrets(layout)


class TestKeys:
    def test_each_service_has_a_signing_key_that_the_trusted_list_verifies(self, layout: Layout) -> None:
        keys.ensure_keys(layout)
        trusted = {key["kid"]: key for key in json.loads(layout.trusted_keys.read_text())["keys"]}
        assert set(trusted) == {service.short for service in SERVICES}
        for service in SERVICES:
            private = load_pem_private_key(layout.signing_key(service.short).read_bytes(), None)
            signature = private.sign(b"token")  # type: ignore[call-arg,union-attr] # an Ed25519 key
            public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(trusted[service.short]["x"] + "="))
            public.verify(signature, b"token")

    def test_a_token_of_one_service_is_accepted_by_all(self, layout: Layout) -> None:
        keys.ensure_keys(layout)
        verifier = Verifier.from_file(layout.trusted_keys)
        for service in SERVICES:
            signer = Signer.from_file(service.short, layout.signing_key(service.short))
            actor = verifier.verify(signer.issue_for_service(["events:deliver"]))
            assert (actor.issuer, actor.permissions) == (service.short, {"events:deliver"})

    def test_all_files_are_private(self, layout: Layout) -> None:
        keys.ensure_keys(layout)
        files = list(layout.keys.iterdir())
        assert len(files) == 9
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}

    def test_a_second_start_changes_nothing(self, layout: Layout) -> None:
        keys.ensure_keys(layout)
        before = {file: file.read_bytes() for file in layout.keys.iterdir()}
        keys.ensure_keys(layout)
        assert {file: file.read_bytes() for file in layout.keys.iterdir()} == before

    def test_field_keys_are_256_bits_and_differ_between_services(self, layout: Layout) -> None:
        keys.ensure_keys(layout)
        seen = set()
        for service in SERVICES:
            content = json.loads(layout.field_keys(service.short).read_text())
            for key in (content["keys"][content["current"]], content["index_key"]):
                assert len(base64.b64decode(key)) == 32
                seen.add(key)
        assert len(seen) == 8

    def test_a_lost_field_key_of_a_filled_database_is_not_replaced(self, layout: Layout) -> None:
        keys.ensure_keys(layout)
        write_json(layout.config, {"loaded": "demo"})
        layout.field_keys("monitoring").unlink()
        with pytest.raises(LaunchError, match="从备份恢复"):
            keys.ensure_keys(layout)

    def test_a_lost_signing_key_is_replaced_and_trusted(self, layout: Layout) -> None:
        keys.ensure_keys(layout)
        before = layout.trusted_keys.read_text()
        layout.signing_key("funds").unlink()
        keys.ensure_keys(layout)
        assert layout.signing_key("funds").exists()
        assert layout.trusted_keys.read_text() != before
