"""One document typeset in a process of its own: ``python -m service_kit.exports.typeset FONTS OUTPUT``, with the source
and the data on standard input.

A thousand pages take a gigabyte while they are made, and the compiler keeps what it has seen; this process gives it all
back when it ends.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import typst


def compile_to(compiler: typst.Compiler, source: bytes, family: str, data: str, path: Path, *, tagged: bool) -> None:
    """Write the PDF of ``source``, which finds ``data`` and ``font`` in ``sys.inputs``."""
    made = compiler.compile(input=source, format="pdf", sys_inputs={"data": data, "font": family}, pdf_tags=tagged)
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    path.write_bytes(made)


def fonts_in(folder: Path) -> typst.Fonts:
    """The fonts of a folder and no others."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def main(arguments: list[str]) -> int:
    folder, output = Path(arguments[0]), Path(arguments[1])
    order = orjson.loads(sys.stdin.buffer.read())
    fonts = fonts_in(folder)
    compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
    compile_to(compiler, order["source"].encode(), fonts.families()[0], order["data"], output, tagged=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
