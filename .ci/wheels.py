"""Looks into wheels of the package: they are whole, and what their names say they are.

wheels.py VERSION WHEEL...
"""

from __future__ import annotations

import re
import struct
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]

# What an ELF file's header says of the processor.
MACHINES = {"x86_64": 62, "aarch64": 183}

# The GNU C library that a tag of manylinux stands for: the native module needs none newer.
TAG = re.compile(r"cp310-abi3-manylinux_(\d+)_(\d+)_(\w+)")


def look(version: str, path: Path) -> str:
    """Fails for what is wrong with a wheel; returns the processor it is for."""
    with zipfile.ZipFile(path) as wheel:
        assert wheel.testzip() is None
        files = {name: wheel.read(name) for name in wheel.namelist()}
    about = f"ipvs-{version}.dist-info"

    sources = {f"ipvs/{file.name}" for file in (REPOSITORY / "ipvs-py/python/ipvs").glob("*.py*")}
    expected = sources | {"ipvs/py.typed", "ipvs/_ipvs.pyi", "ipvs/_ipvs.abi3.so"}
    assert {name for name in files if name.startswith("ipvs/")} == expected
    for name in sources | {"ipvs/py.typed"}:
        assert files[name] == (REPOSITORY / "ipvs-py/python" / name).read_bytes(), name
    for licence in ("LICENSE-MIT", "LICENSE-APACHE"):
        assert files[f"{about}/licenses/{licence}"] == (REPOSITORY / licence).read_bytes()

    metadata = Parser().parsestr(files[f"{about}/METADATA"].decode())
    assert (metadata["Name"], metadata["Version"]) == ("ipvs", version)
    assert metadata["License-Expression"] == "MIT OR Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.10"
    assert "Requires-Dist" not in metadata
    assert "## Quick start" in metadata.get_payload()

    tags = Parser().parsestr(files[f"{about}/WHEEL"].decode()).get_all("Tag")
    assert tags is not None
    [found] = [match for tag in tags if (match := TAG.fullmatch(tag))]
    assert all(tag.endswith(found[3]) for tag in tags)
    assert all(tag.removeprefix("cp310-abi3-") in path.name for tag in tags)
    native = files["ipvs/_ipvs.abi3.so"]
    assert native[:4] == b"\x7fELF"
    assert struct.unpack_from("<H", native, 18) == (MACHINES[found[3]],)
    needed = {tuple(map(int, number)) for number in re.findall(rb"GLIBC_(\d+)\.(\d+)", native)}
    assert max(needed) <= (int(found[1]), int(found[2]))
    return found[3]


def main(version: str, *paths: str) -> None:
    """Looks into each."""
    for path in map(Path, paths):
        machine = look(version, path)
        print(f"ok: {path.name}, {path.stat().st_size // 1024} KiB, for {machine}")


if __name__ == "__main__":
    main(*sys.argv[1:])
