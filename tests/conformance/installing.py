"""The official CLI from npm, pinned, in a folder that is not committed. No install script is run."""

import json
import shutil
import subprocess
from pathlib import Path

NEWEST = "64.0.2"
OVERRIDES = {"64.0.2": {"sandbox": "4.5.0"}}
"""Of dependencies that a version names, but the registry does not have."""


class NoNode(Exception):
    """Node.js or npm is missing."""


class NotInstalled(Exception):
    """npm could not install it; the text is npm's."""


def installed(version: str, below: Path) -> Path:
    """The CLI's entry script. Raises NoNode and NotInstalled."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NoNode
    folder = below / f"vercel-{version}"
    script = folder / "node_modules" / "vercel" / "dist" / "vc.js"
    finished = folder / ".installed"
    if not finished.exists():
        _install(version, folder)
        finished.touch()
    return script


def _install(version: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    package = {
        "private": True,
        "dependencies": {"vercel": version},
        "overrides": OVERRIDES.get(version, {}),
    }
    (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
    command = ["npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        raise NotInstalled(done.stderr.strip())
