"""PDF by Typst. A template is code of ours; what people wrote comes in as data and is never read as markup.

One compiler with the fonts lives as long as the process and makes what is small, in a thread, outside the interpreter's
lock. What is large is made by a process of its own, which gives its memory back.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import typst

from service_kit.context import ServiceContext
from service_kit.errors import Unavailable
from service_kit.exports.typeset import compile_to, fonts_in

_SMALL_BYTES = 200_000
"""Up to this much data a document is made here, with tags for screen readers; in a thousand cards they would be most of
the file."""

_PARTS = 2
"""Papers that do not depend on each other are typeset by so many processes at once; each takes a gigabyte for a
thousand of them."""

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
    """Makes PDFs: small ones by the one compiler of this process, large ones in a process of their own."""

    def __init__(self, fonts_dir: Path) -> None:
        fonts = fonts_in(fonts_dir)
        if not fonts.families():
            raise FontsMissing()
        self._fonts_dir = fonts_dir
        self._family = fonts.families()[0]
        self._compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
        self._lock = threading.Lock()
        self._large = asyncio.Semaphore(1)

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
        """Write the document to ``path``; ``data`` is anything that JSON can hold."""
        content = await asyncio.to_thread(orjson.dumps, data)
        source = f"{HOUSE_STYLE}\n{template.source}"
        if len(content) <= _SMALL_BYTES:
            await asyncio.to_thread(self._make_here, source, content, path)
        else:
            async with self._large:
                await self._make_beside(source, content, path)

    def _make_here(self, source: str, content: bytes, path: Path) -> None:
        with self._lock:
            compile_to(self._compiler, source.encode(), self._family, content.decode(), path, tagged=True)

    async def make_papers(self, template: Template, data: Mapping[str, Any], papers: Sequence[Any], path: Path) -> None:
        """Write papers that count their own pages into one document; many are typeset in parts at the same time.

        Args:
            data: what all papers share; the template finds a part of the papers in its ``content``.
        """
        whole = await asyncio.to_thread(orjson.dumps, papers)
        if len(whole) <= _SMALL_BYTES or len(papers) < _PARTS:
            await self.make(template, {**data, "content": papers}, path)
            return
        source = f"{HOUSE_STYLE}\n{template.source}"
        size = -(-len(papers) // _PARTS)
        parts = [path.with_suffix(f".{start}.pdf") for start in range(0, len(papers), size)]
        async with self._large, asyncio.TaskGroup() as group:
            for number, part in enumerate(parts):
                content = {**data, "content": papers[number * size : (number + 1) * size]}
                group.create_task(self._make_beside(source, orjson.dumps(content), part))
        await _run("joining", str(path), *map(str, parts))

    async def _make_beside(self, source: str, content: bytes, path: Path) -> None:
        order = orjson.dumps({"source": source, "data": content.decode()})
        await _run("typeset", str(self._fonts_dir), str(path), order=order)


async def _run(module: str, *arguments: str, order: bytes = b"") -> None:
    """A module of this package as a process. Raises RuntimeError with what it said when it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"service_kit.exports.{module}",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate(order)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"{module} ended with {process.returncode}: {said[-500:].decode(errors='replace')}")
