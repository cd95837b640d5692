"""How a short story is told."""

from __future__ import annotations

import sys
from collections.abc import Callable


def tell(story: Callable[[list[str]], None]) -> None:
    """Runs a story with the words behind its name; its error is one line on stderr, status 1."""
    try:
        story(sys.argv[1:])
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
