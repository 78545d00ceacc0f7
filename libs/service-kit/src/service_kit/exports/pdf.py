"""PDF by Typst. A template is code of ours; what people wrote comes in as data and is never read as markup.

One compiler with the fonts lives as long as the process; it compiles outside the interpreter's lock, in a thread.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import typst

from service_kit.context import ServiceContext
from service_kit.errors import Unavailable

_TAGGED_BYTES = 200_000
"""Up to this much data the PDF gets tags for screen readers; in a thousand cards they would be most of the file."""

HOUSE_STYLE = (Path(__file__).parent / "house.typ").read_text()
"""What all documents share: page, fonts, numbers of pages, the place for the seal."""


class FontsMissing(Unavailable):
    code = "fonts_missing"
    title, title_en = "服务器没有安装中文字体，不能生成 PDF，请联系管理员", "No Chinese font is installed on the server"


@dataclass(frozen=True, slots=True)
class Template:
    """A Typst source that reads its data from ``data``; the house style goes before it."""

    source: str

    @classmethod
    def beside(cls, module_file: str, name: str) -> Template:
        """The template ``name`` in the folder of the module."""
        return cls((Path(module_file).parent / name).read_text())


class PdfMaker:
    """Makes PDFs one after another."""

    def __init__(self, fonts_dir: Path) -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts_dir)])
        if not fonts.families():
            raise FontsMissing()
        self._family = fonts.families()[0]
        self._compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
        self._one_at_a_time = threading.Lock()

    @classmethod
    def of(cls, ctx: ServiceContext) -> PdfMaker:
        """The maker of this process, made at its first use.

        Raises:
            FontsMissing
        """
        maker: PdfMaker | None = ctx.extras.get("pdf")
        if maker is None:
            if ctx.settings.fonts_dir is None or not ctx.settings.fonts_dir.is_dir():
                raise FontsMissing()
            maker = ctx.extras["pdf"] = cls(ctx.settings.fonts_dir)
        return maker

    async def make(self, template: Template, data: Any, path: Path) -> None:
        """Compile into ``path``; ``data`` is anything that JSON can hold."""
        await asyncio.to_thread(self._make, template, data, path)

    def _make(self, template: Template, data: Any, path: Path) -> None:
        content = orjson.dumps(data)
        source = f"{HOUSE_STYLE}\n{template.source}".encode()
        with self._one_at_a_time:
            made = self._compiler.compile(
                input=source,
                format="pdf",
                sys_inputs={"data": content.decode(), "font": self._family},
                pdf_tags=len(content) <= _TAGGED_BYTES,
            )
        if not isinstance(made, bytes):
            raise TypeError("Typst gave no document")
        path.write_bytes(made)
