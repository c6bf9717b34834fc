"""`commonweal indicator compute` as its user meets it."""

RECIPE = """
format = 1
indicator = "local.checked"
period = "calendar year"
source = "Made up"
denominator = []
metadata = { name = "Checked", value_type = "proportion", per = 100, disclosure = "counts 1 to 4 suppressed" }

[records]
file = "people.csv"
area = "area"
date = "seen"
where = [{ column = "checked", one_of = ["yes"] }]
"""


def folder_of(tmp_path):
    lines = [f"E06000006,2024-01-{n % 28 + 1:02d},{'yes' if n < 3 else 'no'}" for n in range(40)]
    lines += [f"E06000007,2024-01-{n % 28 + 1:02d},{'yes' if n < 30 else 'no'}" for n in range(40)]
    (tmp_path / "people.csv").write_text("area,seen,checked\n" + "\n".join(lines) + "\n")
    (tmp_path / "recipe.toml").write_text(RECIPE)


def test_computing_stores_what_may_be_shown(command, tmp_path):
    folder_of(tmp_path)
    command("init")
    shown = command("indicator", "compute", "recipe.toml", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "withheld" in shown.stdout
    assert "75" in shown.stdout
    assert "checked" not in command("data", "status").stdout
    made = command("indicator", "compute", "recipe.toml")
    assert "2 observations added, 0 updated, 0 unchanged" in made.stdout
    again = command("indicator", "compute", "recipe.toml")
    assert "0 observations added, 0 updated, 2 unchanged" in again.stdout


def test_a_faulty_recipe_ends_with_code_2(command, tmp_path):
    folder_of(tmp_path)
    (tmp_path / "recipe.toml").write_text(RECIPE.replace("one_of", "one"))
    command("init")
    refused = command("indicator", "compute", "recipe.toml")
    assert refused.returncode == 2
    assert "recipe.toml has something to put right" in refused.stderr
    assert "records.where[1].one: 'one' is not a key that belongs here. Did you mean 'one_of'?" in refused.stderr
