"""Every link from one page to another leads to a file of this repository, and to a heading that is there."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)


def prose(page):
    """The text without its code, where square brackets mean other things."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "`code`", text)


def anchors(page):
    """What headings are called in addresses, as Git hosts make it."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page):
    found = []
    for address in LINK.findall(prose(page)) + REFERENCE.findall(prose(page)):
        if re.match(r"[a-z][a-z+.-]*:", address):
            continue
        path, _, anchor = unquote(address).partition("#")
        target = (page.parent / path).resolve() if path else page
        outside = not target.is_relative_to(ROOT)
        if outside or not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(address)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    assert broken(page) == []


def test_a_link_to_nothing_is_found(tmp_path):
    page = ROOT / "docs/methods/README.md"
    assert LINK.findall(prose(page)), "the pattern finds no link on a page that is full of them"
    assert anchors(ROOT / "docs/user/loading-data.md") >= {"a-table-with-headings-of-its-own"}
