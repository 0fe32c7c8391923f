"""The wheel, as a user gets it: installed in an empty environment, away from the checkout."""

import os
import subprocess
import sys
import venv
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Build the wheel, install it with the versions tested here, and return the environment."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("flowcause-*.whl")
    pins = folder / "pins.txt"
    found = {dist.metadata["Name"]: dist.version for dist in distributions()}
    found.pop("flowcause", None)
    pins.write_text("".join(f"{name}=={version}\n" for name, version in found.items()))
    venv.create(folder / "env")
    pip = [sys.executable, "-m", "pip", "--python", folder / "env/bin/python", "install", "--quiet"]
    # What is never run need not be compiled.
    pip += ["--no-compile", "--disable-pip-version-check", "--constraint", pins]
    run(*pip, wheel, cwd=folder)
    return folder / "env"


def run(*command, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_wheel_runs_a_report_outside_the_checkout(installed, tmp_path) -> None:
    flowcause = installed / "bin" / "flowcause"
    assert "Usage" in run(flowcause, "--help", cwd=tmp_path)
    (tmp_path / "a.log").write_text(
        "interface-id srcaddr dstaddr srcport dstport protocol start end action\n"
        "eni-0a1b2c3d 10.0.1.5 10.0.2.7 50000 443 6 1772452800 1772452860 REJECT\n"
    )
    run(flowcause, "ingest", "files", "a.log", cwd=tmp_path)
    run(flowcause, "attribute", cwd=tmp_path)
    assert "interface_unknown" in run(flowcause, "report", "rejects", cwd=tmp_path)


def test_the_wheel_holds_every_query(installed) -> None:
    (inside,) = installed.glob("lib/python*/site-packages/pipeline/queries")
    carried = {str(file.relative_to(inside)) for file in inside.rglob("*.sql")}
    assert carried == {
        str(file.relative_to(ROOT / "queries")) for file in (ROOT / "queries").rglob("*.sql")
    }
