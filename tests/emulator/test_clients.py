"""Clients that know nothing of the emulator work against it as it starts by default: the Azure CLI and JavaScript's SDKs.

Both are installed for the test when the registries can be reached; `BATCHPLAN_TEST_AZ` names an `az` 2.91 to use instead.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).resolve().parents[2] / "../shared/clients"
PROGRAM = "import sys; from batchplan.cli.emulator import app; sys.argv[0] = 'batchplan emulator'; app()"
AZ = "azure-cli==2.91.0"
INSTALL_SECONDS = 400

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CLIENTS.exists(), reason="no clients beside the repository"),
]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """An emulator with TLS and its default speed, in a process of its own: what its ready file says."""
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-c", PROGRAM]
    words = ["--tls", "--background", "--data", str(tmp_path / "data"), "--ready-file", str(ready)]
    subprocess.run([*command, "start", *words], check=True, capture_output=True, timeout=60)
    yield json.loads(ready.read_text())
    subprocess.run([*command, "stop", "--ready-file", str(ready)], check=True, capture_output=True, timeout=60)


def endpoint(about: dict[str, Any]) -> str:
    """Return host:port of ARM."""
    return str(about["arm_endpoint"]).removeprefix("https://")


def installed(command: list[str], folder: Path) -> None:
    """Run an installer; skip the test when it cannot do its work."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{command[0]} takes too long")
    if done.returncode != 0:
        pytest.skip(f"cannot install: {done.stderr[-300:]}")


def passed(output: str) -> list[str]:
    """Return the steps that passed."""
    return [line for line in output.splitlines() if line.startswith("PASS")]


def test_javascript(running: dict[str, Any], tmp_path: Path) -> None:
    """All 15 checks of the JavaScript clients pass."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node and npm")
    folder = tmp_path / "js"
    folder.mkdir()
    for name in ("package.json", "run_js.mjs"):
        shutil.copy(CLIENTS / name, folder)
    installed(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], folder)
    done = subprocess.run(
        ["node", "run_js.mjs", endpoint(running)],
        cwd=folder,
        env={**os.environ, "NODE_EXTRA_CA_CERTS": running["ca_file"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(passed(done.stdout)) == 15, done.stdout


def az(tmp_path: Path) -> str:
    """Return an Azure CLI: the one that is named, or one that is installed now."""
    named = os.environ.get("BATCHPLAN_TEST_AZ")
    if named:
        return named
    installed([sys.executable, "-m", "venv", "az"], tmp_path)
    installed([str(tmp_path / "az/bin/pip"), "install", "--quiet", "--no-compile", AZ], tmp_path)
    return str(tmp_path / "az/bin/az")


def test_azure_cli(running: dict[str, Any], tmp_path: Path) -> None:
    """All 37 commands of the Azure CLI end as they should."""
    environment = {**os.environ, "AZ": az(tmp_path), "AZCFG": str(tmp_path / "azcfg")}
    done = subprocess.run(
        ["bash", str(CLIENTS / "run_azcli.sh"), endpoint(running), running["ca_file"], "smoke"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(passed(done.stdout)) == 37, done.stdout
