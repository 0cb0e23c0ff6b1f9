"""What both faces show is worded once."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PRESENTATION = Path(__file__).parents[3] / "cli" / "presentation"


def _texts(tree: ast.AST) -> list[tuple[str, ...]]:
    """Every text of a module that is constant in both languages."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [node for node in found if isinstance(node.func, ast.Name) and node.func.id == "Text"]
    sides = [
        [*node.args, *(k.value for k in sorted(node.keywords, key=lambda k: k.arg != "pl"))] for node in named
    ]
    return [
        tuple(str(side.value) for side in pair if isinstance(side, ast.Constant))
        for pair in sides
        if all(isinstance(side, ast.Constant) for side in pair)
    ]


def test_text_stands_in_one_file_only() -> None:
    places = defaultdict[tuple[str, ...], set[str]](set)
    for file in PRESENTATION.rglob("*.py"):
        for text in _texts(ast.parse(file.read_text(encoding="utf-8"))):
            places[text].add(str(file.relative_to(PRESENTATION)))
    assert len(places) > 200
    assert {text: files for text, files in places.items() if len(files) > 1} == {}
