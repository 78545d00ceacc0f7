"""PDF: what people wrote is data, never markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from service_kit.exports import pdf
from service_kit.exports.pdf import FontsMissing, PdfMaker, Template

FONTS = Path(__file__).parents[5] / "frontend/node_modules/@expo-google-fonts/noto-sans-sc"
NASTY = ['#panic("x")', "*粗* _斜_ $x^2$", "张\\n三 @label <tag>", '"] } #', "", "　", "`raw` // comment", "䶮𠮷"]


@pytest.fixture(scope="module")
def maker() -> PdfMaker:
    # The front end's packages bring the fonts; the launcher installs them before it starts a service.
    assert FONTS.is_dir(), "npm ci in frontend/ brings the fonts"
    return PdfMaker(FONTS)


class TestMaking:
    async def test_any_text_comes_through(self, maker: PdfMaker, tmp_path: Path) -> None:
        template = Template(
            '#house-page("清单", "衔接平台")[#house-title(data.title, "")'
            ' #house-table((auto, 1fr), ("序号", "内容"), data.rows, numbers: (0,)) #house-seal(("经办人", "负责人"))]'
        )
        rows = [[index, word] for index, word in enumerate(NASTY)]

        await maker.make(template, {"title": "#bad(", "rows": rows}, tmp_path / "a.pdf")

        content = (tmp_path / "a.pdf").read_bytes()
        assert content.startswith(b"%PDF-")
        assert len(content) < 500_000  # only the glyphs that are used

    async def test_the_head_repeats_and_pages_are_numbered(self, maker: PdfMaker, tmp_path: Path) -> None:
        template = Template('#house-page("册", "源")[#house-table((1fr, 1fr), ("甲", "乙"), data)]')
        await maker.make(template, [["一", "二"]] * 400, tmp_path / "b.pdf")
        assert (tmp_path / "b.pdf").read_bytes().count(b"/Type /Page\n") + (tmp_path / "b.pdf").read_bytes().count(
            b"/Type/Page/"
        ) >= 5

    async def test_what_is_large_is_made_in_a_process_of_its_own(
        self, maker: PdfMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pdf, "_SMALL_BYTES", 10)
        template = Template('#house-page("册", "源")[#house-table((1fr, 1fr), ("甲", "乙"), data)]')
        await maker.make(template, [["一", word] for word in NASTY], tmp_path / "c.pdf")
        assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF-")
        with pytest.raises(RuntimeError, match="typeset ended"):
            await maker.make(Template("#nonsense("), ["x" * 20], tmp_path / "d.pdf")

    @pytest.mark.parametrize("small", [10, 1_000_000])
    async def test_papers_count_their_own_pages(
        self, maker: PdfMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
    ) -> None:
        monkeypatch.setattr(pdf, "_SMALL_BYTES", small)
        template = Template(
            '#house-page(data.title, "源", several: true)[#for (index, lines) in data.content.enumerate(start: 1) {'
            ' house-paper(index, [#data.title#index] + house-table((1fr,), ("甲",), lines)) }]'
        )
        short, long = [["一"]], [["一"]] * 60

        await maker.make_papers(template, {"title": "卡"}, [short, long, short], tmp_path / "e.pdf")

        pages = [page.extract_text() for page in PdfReader(tmp_path / "e.pdf").pages]
        counted = [re.findall(r"第 ?(\d+) ?页 ?共 ?(\d+) ?页", text) for text in pages]
        assert counted == [[("1", "1")], [("1", "2")], [("2", "2")], [("1", "1")]]

    def test_a_server_without_fonts_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(FontsMissing):
            PdfMaker(tmp_path)
