import subprocess
import sys


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
