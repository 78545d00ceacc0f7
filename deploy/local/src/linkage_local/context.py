"""What the demo data loaders are given by the launcher, and what they give back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict


class Account(TypedDict):
    """One sign-in of the demo data; the password is plain: people are shown it to try the system."""

    username: str
    password: str
    role: str
    region: str


@dataclass(frozen=True, slots=True)
class SeedContext:
    """Everything a loader may use. Keys of all mappings are the short service names.

    owner_urls: ``postgresql://<short>_owner:…``, owns schema and tables; RLS is forced on it too.
    service_urls: ``postgresql://<short>_svc:…`` — what the running service uses.
    field_keys_files: JSON with the field encryption keys and the blind-index key of that service.
    progress: takes one short Chinese sentence about what is being done now.
    accounts_file: where the launcher stores the returned accounts (mode 0600).
    """

    owner_urls: Mapping[str, str]
    service_urls: Mapping[str, str]
    field_keys_files: Mapping[str, Path]
    progress: Callable[[str], None]
    accounts_file: Path
