"""Find a Chromium for the browser tests; run as a program, install one where there is none and that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of the system's Chromium, else of Playwright's own; None where there is neither."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def install() -> None:
    """Playwright's own browser, else the system's package; says so where neither can be had."""
    if find():
        return
    print("Installing Chromium for the browser tests")
    own = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(own, check=False, capture_output=True).returncode == 0 and find():
        return
    if shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]):
            subprocess.run([*prefix, *command], check=False, capture_output=True)
    if not find():
        print("No Chromium could be installed: the browser tests will be skipped, or fail where CI=true.")


if __name__ == "__main__":
    install()
