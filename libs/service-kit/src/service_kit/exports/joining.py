"""Several PDFs made into one, in a process of its own: ``python -m service_kit.exports.joining OUTPUT INPUT…``.

A thousand pages keep an interpreter busy for a second, in which a service would answer nobody.
"""

from __future__ import annotations

import sys

from pypdf import PdfWriter


def main(arguments: list[str]) -> int:
    output, *inputs = arguments
    with PdfWriter() as whole:
        for part in inputs:
            whole.append(part, import_outline=False)
        whole.write(output)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
