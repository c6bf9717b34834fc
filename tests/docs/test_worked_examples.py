"""The methods pages tell the truth: their examples run and print what they say, and no public function is left out."""

import doctest
import re
from pathlib import Path

import pytest

from commonweal import clusters, stats

METHODS = Path(__file__).resolve().parents[2] / "docs/methods"
PAGES = sorted(METHODS.rglob("*.md"))
SIMILAR_ENOUGH = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(METHODS)))
def test_examples_print_what_the_page_says(page):
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    examples = "\n".join(block for block in blocks if ">>>" in block)
    test = doctest.DocTestParser().get_doctest(examples, {}, page.name, str(page), 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=SIMILAR_ENOUGH, verbose=False)
    runner.run(test, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)


PUBLIC = {*stats.__all__, *clusters.__all__} - {"intervals", "ColumnError", "Gap"}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_function_has_a_place_in_the_methods(name):
    assert any(f"`{name}" in page.read_text(encoding="utf-8") for page in PAGES), (
        f"docs/methods does not speak of {name}"
    )


def test_the_index_leads_to_every_page_and_to_none_that_is_missing():
    linked = set(re.findall(r"\]\(([\w/-]+\.md)\)", (METHODS / "README.md").read_text(encoding="utf-8")))
    assert linked == {str(page.relative_to(METHODS)) for page in PAGES} - {"README.md"}
