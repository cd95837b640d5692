from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def test_garbage_gives_exceptions_and_never_an_abort() -> None:
    """In a process of its own, whose end would be seen."""
    program = Path(__file__).with_name("garbage.py")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    # Nothing was said that could not be raised either.
    assert done.stderr == ""
    *findings, sums = done.stdout.splitlines()
    assert findings == []
    made = re.fullmatch(r"(\d+) calls of (\d+), 0 findings", sums)
    assert made is not None
    assert int(made[1]) > 50_000
    assert int(made[2]) > 290
