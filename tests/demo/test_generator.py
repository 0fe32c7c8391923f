"""The sample data is what its program writes, and the program knows nothing of the product."""

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "sample_data"


def content(folder: Path) -> dict[str, bytes]:
    """Return every file, unpacked: another zlib may pack the same text otherwise."""
    return {
        str(file.relative_to(folder)): (
            gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        )
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_the_program_writes_the_sample_data_again(tmp_path) -> None:
    copy = tmp_path / "sample_data"
    written = shutil.ignore_patterns("logs", "snapshots", "trail", "truth.csv")
    shutil.copytree(SAMPLE, copy, ignore=written)
    subprocess.run([sys.executable, copy / "generate.py"], check=True, timeout=300)
    assert content(copy) == content(SAMPLE)


def test_the_program_imports_nothing_of_the_product() -> None:
    sources = [SAMPLE / "generate.py", *(SAMPLE / "generator").glob("*.py")]
    assert not [file for file in sources if "pipeline" in file.read_text(encoding="utf-8")]
