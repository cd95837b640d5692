#!/usr/bin/env python3
"""Makes the kernel's table that of a YAML file, and touches nothing that is not in its scope.
As root, with the packages ipvs and PyYAML:

    python examples/python/reconcile.py table.yaml --dry-run    tells what it would do
    python examples/python/reconcile.py table.yaml              does it
    python examples/python/reconcile.py table.yaml --fake       on a kernel that is made up

``reconcile.yaml`` beside this file is such a file. Its services are written in the schema of
``ipvs.Table.from_dict``. Run from a timer it converges: a real server that is taken out of the
file gets no new connections, and is removed by the first run that finds it without any.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import yaml
from ipvs import Scope, Table

import demo
from story import tell


def read(text: str) -> tuple[Scope, Table]:
    """What is ours, and what it should be. The first mistake is told by the name of its field."""
    try:
        file = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from error
    if not isinstance(file, dict) or "ours" not in file:
        raise ValueError('it does not say what is "ours"')
    ours = file.pop("ours")
    return scope(ours), Table.from_dict(file)


def scope(ours: Any) -> Scope:
    """``everything``, or a list of networks, as ``192.0.2.0/24``, and services, as ``fwmark 7``."""
    if ours == "everything":
        return Scope(every_service=True)
    if not isinstance(ours, list):
        raise ValueError('ours: neither "everything" nor a list')
    names = [str(name) for name in ours]
    networks = [name for name in names if " " not in name]
    return Scope(prefixes=networks, services=[name for name in names if " " in name])


def reconcile(words: list[str]) -> None:
    told = parser().parse_args(words)
    scope, wanted = read(Path(told.file).read_text())
    with demo.client(told.netns, told.fake) as client:
        plan = client.plan(wanted, scope)
        for step in plan:
            print(f"ipvsadm {step.change.to_rule()} # {step.why}")
        if not told.dry_run:
            client.apply(plan).into_result()
    for service, dest in plan.draining:
        print(f"# {dest} of {service} still has connections, and leaves when they are gone")


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="makes the kernel's table that of a YAML file")
    parser.add_argument("file", help="the YAML file")
    parser.add_argument("--dry-run", action="store_true", help="only print the plan, for ipvsadm")
    parser.add_argument("--netns", help="a network namespace, such as /run/netns/blue")
    parser.add_argument("--fake", action="store_true", help="a kernel that is made up")
    return parser


if __name__ == "__main__":
    tell(reconcile)
