"""Fetch the pinned third-party front-end files when the package is built."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndBuildHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        script = root / "frontend" / "fetch.py"
        if not script.exists():
            return
        spec = importlib.util.spec_from_file_location("frontend_fetch", script)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.fetch(root / "frontend" / "frontend.toml", root / "src/commonweal/web/static/vendor")
