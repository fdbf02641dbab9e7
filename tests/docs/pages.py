"""The pages of the documentation, read as Markdown: headings, links, code spans, blocks."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from workspaces import ROOT

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
MARKDOWN = MarkdownIt("commonmark").enable("table")


def tokens(page: Path) -> Iterator[Token]:
    """Every token of a page, inline ones too."""
    for token in MARKDOWN.parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or ()


def links(page: Path) -> list[str]:
    """Targets of links and images."""
    targets = [token.attrGet("href") or token.attrGet("src") for token in tokens(page)]
    return [str(target) for target in targets if target]


def spans(page: Path) -> list[str]:
    """Texts set as code within a line."""
    return [token.content for token in tokens(page) if token.type == "code_inline"]


def blocks(page: Path, *languages: str) -> list[str]:
    """Fenced blocks of some languages; of all, where none is named."""
    fences = [token for token in tokens(page) if token.type == "fence"]
    return [token.content for token in fences if not languages or token.info.strip() in languages]


def anchors(page: Path) -> set[str]:
    """Names by which a page's headings are linked to, as GitHub makes them."""
    pairs = pairwise(MARKDOWN.parse(page.read_text(encoding="utf-8")))
    headings = [text.content.lower() for opening, text in pairs if opening.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}
