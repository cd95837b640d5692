#!/usr/bin/env python3
"""As root, with the package installed:

    python examples/python/restore.py rules              makes the services those of a file
    python examples/python/restore.py rules --dry-run    only tells what it would do

The file holds what ``ipvsadm-save -n`` prints. It is read whole before anything is changed,
and then only what differs is: no service is missing meanwhile.
"""

from __future__ import annotations

from pathlib import Path

import ipvs

from story import tell


def restore(words: list[str]) -> None:
    if not words:
        raise ValueError("which file?")
    # The first mistake is told with its line, column and word.
    wanted = ipvs.rules.parse(Path(words[0]).read_text())

    with ipvs.Client() as client:
        plan = ipvs.Plan(client.snapshot(), wanted, ipvs.Scope(every_service=True))
        for step in plan:
            print(f"ipvsadm {step.change.to_rule()} # {step.why}")
        if words[1:] != ["--dry-run"]:
            client.apply(plan).into_result()
        for service, dest in plan.draining:
            print(f"# {dest} of {service} still has connections, and leaves when they are gone")


if __name__ == "__main__":
    tell(restore)
