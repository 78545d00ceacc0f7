"""Chinese text is punctuated in full width: a clerk reads it, and half-width commas look like a programmer's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("libs/service-kit/src", "services/*/src", "deploy/local/src")
HAN = "[\u4e00-\u9fff》”）〕]"
HALF_WIDTH = re.compile(f"{HAN}[,;:]|[,;](?=[\u4e00-\u9fff《“])|{HAN}\\(|\\({HAN}")
NOT_PROSE = re.compile(r"SELECT |://|\\d|\[\^")
"""SQL, addresses and patterns have a punctuation of their own."""


def prose(tree: ast.AST) -> list[tuple[int, str]]:
    """String literals but docstrings, with their lines; of an f-string the parts that stand written."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


class TestChineseText:
    def test_has_full_width_punctuation(self) -> None:
        files = [file for folder in FOLDERS for file in ROOT.glob(f"{folder}/**/*.py")]
        wrong = [
            f"{file.relative_to(ROOT)}:{line}: {text[:60]}"
            for file in files
            for line, text in prose(ast.parse(file.read_text(encoding="utf-8")))
            if HALF_WIDTH.search(text) and not NOT_PROSE.search(text)
        ]

        assert len(files) > 200
        assert not wrong, "\n".join(wrong)
