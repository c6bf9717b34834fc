"""The worked example of a cluster scan prints what the page says, on a copy of the sample data."""

import doctest
import re
import shutil
from pathlib import Path

from shared_data import shared

PAGE = Path(__file__).resolve().parents[2] / "docs/user/cluster-scan-example.md"


def test_the_example_runs(tmp_path, monkeypatch):
    (tmp_path / "sample_data").mkdir()
    for name in ("nm.cas", "nm.pop", "nm.geo", "NYCfever.cas", "NYCfever.geo"):
        shutil.copy(shared(f"scan/{name}"), tmp_path / "sample_data" / name)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(test, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)
    assert runner.summarize(verbose=False).attempted > 10
