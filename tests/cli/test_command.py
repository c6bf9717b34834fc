import subprocess
import sys

import pytest


def test_help_names_the_commands(command):
    told = command("--help").stdout
    for name in ("data", "pack", "init", "serve", "demo", "administrator"):
        assert name in told


def test_reading_commands_do_not_import_django(loaded, tmp_path):
    code = (
        "import sys; sys.argv = ['commonweal', 'data', 'status']\n"
        "from commonweal.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "False"


def test_help_imports_no_frame_library():
    code = "import sys\nfrom commonweal.cli import app\nprint({*sys.modules} & {'polars', 'django', 'numpy', 'rich'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_init_says_what_to_do_next(command, tmp_path):
    done = command("init")
    assert done.returncode == 0
    assert "commonweal data load" in done.stdout
    assert (tmp_path / "workspace/collaborative.toml").exists()


def test_pack_check(command, tmp_path):
    from commonweal.packs import shipped_folder

    assert command("pack", "check", shipped_folder("blood_pressure")).returncode == 0
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "pack.toml").write_text("name = 3\n")
    done = command("pack", "check", bad)
    assert done.returncode == 2
    assert "pack.toml" in done.stderr


def test_administrator(loaded):
    weak = loaded("administrator", "ada@example.org", COMMONWEAL_PASSWORD="password")
    assert weak.returncode == 2
    assert "too common" in weak.stderr
    wrong = loaded("administrator", "ada", COMMONWEAL_PASSWORD="sunrise over the Mersey")
    assert wrong.returncode == 2
    assert "not an e-mail address" in wrong.stderr
    made = loaded("administrator", "ada@example.org", COMMONWEAL_PASSWORD="sunrise over the Mersey")
    assert made.returncode == 0, made.stderr
    again = loaded("administrator", "ada@example.org", COMMONWEAL_PASSWORD="sunrise over the Mersey")
    assert again.returncode == 2
    assert "already" in again.stderr


def test_a_port_in_use_is_said_plainly(loaded):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = loaded("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "another with --port" in done.stderr


def test_the_demonstration_is_not_built_over_real_data(loaded, tmp_path):
    done = loaded("demo", "--folder", "workspace", "--build-only")
    assert done.returncode == 2
    assert "not a demonstration" in done.stderr or "real" in done.stderr


@pytest.fixture
def own_collaborative(tmp_path):
    """Writes a collaborative of one's own, of some of the areas of Cheshire and Merseyside and others."""

    def write(*more_codes, neighbours="", folder="mine"):
        path = tmp_path / folder / "mine.toml"
        path.parent.mkdir(exist_ok=True)
        codes = ["E06000006", "E06000007", *more_codes]
        path.write_text(f'id = "mine"\nname = "Mine"\nareas = {codes}\nbenchmark = "E92000001"\n{neighbours}\n')
        return path

    return write


LISTED = '[neighbours]\nmethod = "listed"\nfile = "alike.csv"'


def test_init_copies_the_list_of_neighbours(command, own_collaborative, tmp_path):
    chosen = own_collaborative(neighbours=LISTED)
    (chosen.parent / "alike.csv").write_text("area_code,neighbour_code,rank\nE06000006,E06000007,1\n")
    assert command("init", "-c", chosen).returncode == 0
    assert (tmp_path / "workspace" / "alike.csv").read_text().startswith("area_code")


def test_init_refuses_a_list_of_neighbours_that_is_missing(command, own_collaborative, tmp_path):
    done = command("init", "-c", own_collaborative(neighbours=LISTED))
    assert done.returncode == 2
    assert "alike.csv: the list of neighbours cannot be read" in done.stderr
    assert not (tmp_path / "workspace").exists()


def test_init_refuses_unknown_codes_and_names_the_nearest(command, own_collaborative, tmp_path):
    done = command("init", "-c", own_collaborative("E08000099", "E0600006"))
    assert done.returncode == 2
    assert "no area is known with the code 'E08000099' (the nearest is E08" in done.stderr
    assert "'E0600006' (the nearest is E06" in done.stderr
    assert not (tmp_path / "workspace").exists()


def test_init_takes_areas_of_ones_own_from_beside_the_file(command, own_collaborative, tmp_path):
    chosen = own_collaborative("X00000001")
    (chosen.parent / "areas.csv").write_text("code,name,type\nX00000001,Own,unitary authority\n")
    done = command("init", "-c", chosen)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "workspace" / "areas.csv").exists()


def test_serve_refuses_a_workspace_whose_list_of_neighbours_is_gone(command, own_collaborative, tmp_path):
    chosen = own_collaborative(neighbours=LISTED)
    (chosen.parent / "alike.csv").write_text("area_code,neighbour_code,rank\nE06000006,E06000007,1\n")
    command("init", "-c", chosen)
    (tmp_path / "workspace" / "alike.csv").unlink()
    done = command("serve", "--port", 8799)
    assert done.returncode == 2
    assert "alike.csv: the list of neighbours cannot be read" in done.stderr


def test_serve_refuses_a_mistyped_setting_and_names_file_and_key(loaded, tmp_path):
    (tmp_path / "workspace" / "settings.toml").write_text("public_page = false\n")
    done = loaded("serve", "--port", 8799)
    assert done.returncode == 2
    assert "settings.toml: public_page: there is no such key; did you mean 'public_pages'?" in done.stderr
