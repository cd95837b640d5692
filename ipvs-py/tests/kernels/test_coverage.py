"""Nothing of the client and what goes with it is without a test on the kernels."""

from __future__ import annotations

import ast
from pathlib import Path

import ipvs
import pytest

# Those that ask for this fixture run on the fake kernel alone.
FAKE_ALONE = "kernel"


def names_used() -> set[str]:
    """The attributes that the tests name which run on a real kernel."""
    used: set[str] = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                arguments = {argument.arg for argument in node.args.args}
                if FAKE_ALONE in arguments:
                    continue
            used |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    return used


@pytest.mark.parametrize(
    "class_",
    [
        ipvs.Client,
        ipvs.Namespace,
        ipvs.Stream,
        ipvs.Report,
        ipvs.Plan,
        ipvs.Apply,
        ipvs.Drain,
        ipvs.Snapshot,
    ],
    ids=lambda class_: class_.__name__,
)
def test_every_method_runs_on_the_kernels(class_: type) -> None:
    public = {name for name in dir(class_) if not name.startswith("_")}
    # Of every value class, and tested as such.
    values = {"replace", "to_json", "from_json", "to_dict", "from_dict"}
    assert public - values - names_used() == set()
