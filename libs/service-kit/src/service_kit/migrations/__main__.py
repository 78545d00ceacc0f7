"""``python -m service_kit.migrations upgrade|check|revision|head PACKAGE`` with LINKAGE_OWNER_DATABASE_URL."""

from __future__ import annotations

import os
import sys

from alembic import command

from service_kit.migrations.commands import configuration, head_of, upgrade, write_head
from service_kit.spec import load_spec


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] not in {"upgrade", "check", "revision", "head"}:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    verb, package, *rest = arguments
    spec = load_spec(package)
    if verb == "head":
        sys.stdout.write(f"{head_of(spec)}\n")
        return 0
    url = os.environ["LINKAGE_OWNER_DATABASE_URL"]
    match verb:
        case "upgrade":
            upgrade(spec, url)
        case "check":
            command.check(configuration(spec, url))
        case _:
            command.revision(configuration(spec, url), message=" ".join(rest), autogenerate=True)
            write_head(spec)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
