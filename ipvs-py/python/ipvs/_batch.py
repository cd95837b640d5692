"""Many changes at once."""

from __future__ import annotations

from ._ipvs import Change


class Batch(list[Change]):
    """Changes to be made one after the other, in few system calls: ``Client.batch`` makes them.

    It is a list; any iterable of changes does as well.
    """

    def __repr__(self) -> str:
        """As Python source."""
        return f"Batch({super().__repr__()})"
