"""The lines that ``ipvsadm`` reads and writes.

``ipvsadm -S`` writes a table as lines, and ``ipvsadm -R`` reads lines, each of which is a whole
command line of the tool. Names of hosts and services are not looked up: ``ipvsadm -Sn`` writes
numbers.
"""

from __future__ import annotations

from ._ipvs import Change, Stream, Table, read_rules

__all__ = ["line", "parse", "print", "read"]


def parse(text: str) -> Table:
    """Makes a table of lines: ``-A`` for each service and ``-a`` for its dests, and once each,
    ``--set`` for its timeouts and ``--start-daemon`` for its daemons (``ipvsadm -R``).

    Raises ``InvalidInputError`` with the line's number at the first line that is no rule,
    another command, a service or dest that is there already, or a dest whose service is not
    there yet.
    """
    return Table.from_rules(text)


def print(table: Table, *, extras: bool = False, original: bool = False) -> str:
    """Prints a table as lines (``ipvsadm -Sn``).

    With ``extras``, its timeouts and daemons too. With ``original``, as ``ipvsadm -S`` does,
    which leaves out thresholds and some flags. Raises ``InvalidInputError`` with the field that
    no line can say.
    """
    return table.to_rules(extras=extras, original=original)


def line(change: Change) -> str:
    """The line of a change, without a line end.

    Raises ``InvalidInputError`` with the field that no line can say.
    """
    return change.to_rule()


def read(text: str) -> Stream[tuple[int, Change]]:
    """The changes of many lines, each with its line's number from 1.

    A line that is none raises ``InvalidInputError`` from ``next``; the lines behind it follow.
    """
    return read_rules(text)
