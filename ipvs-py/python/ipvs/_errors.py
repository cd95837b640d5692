"""The exceptions of this package: one class for each kind of error.

``IpvsError`` is an ``OSError``; the classes below it say the kind, and are the built-in
exception of the same meaning too, where there is one.
"""

from __future__ import annotations

from typing import Any

from ._enums import Applied, ErrorKind, Op


class IpvsError(OSError):
    """What went wrong, with what, and what to do about it.

    ``str`` is one sentence: the operation, the object, the field where one is to blame, the
    cause, the kernel's errno where there is one, and the cure where one is known.
    """

    kind: ErrorKind = ErrorKind.INTERNAL
    """The class of the error, named after the caller's next step."""
    operation: Op | str | None = None
    """The operation that failed, named as the method of ``Client``."""
    applied: Applied | str = Applied.NO
    """Whether the operation took effect in spite of the error; always ``NO`` for reads."""
    object: Any = None
    """The ``ServiceKey``, the ``(ServiceKey, DestKey)``, the ``DaemonRole`` or the ``Sysctl``
    that the operation was about, if it was about one."""
    field: str | None = None
    """The name of the field or argument that is to blame, when it is known."""
    cause: str = ""
    """The cause alone, without operation, object and cure."""
    cure: str | None = None
    """What to do about it, where that is known."""

    # The kernel's number, where it gave one; its place is in OSError.
    errno: int | None

    def __init__(self, message: str = "", **parts: Any) -> None:
        super().__init__(message)
        self.errno = parts.pop("errno", None)
        self.__dict__.update(parts)

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __reduce__(self) -> tuple[Any, ...]:
        parts = {**self.__dict__, "errno": self.errno}
        return _again, (type(self), self.args, parts)


class ServiceNotFoundError(IpvsError, LookupError):
    """There is no such virtual service."""

    kind = ErrorKind.SERVICE_NOT_FOUND


class DestNotFoundError(IpvsError, LookupError):
    """The service exists and has no such real server."""

    kind = ErrorKind.DEST_NOT_FOUND


class DaemonNotRunningError(IpvsError, LookupError):
    """No sync daemon of that role is running."""

    kind = ErrorKind.DAEMON_NOT_RUNNING


class AlreadyExistsError(IpvsError):
    """The service, dest or daemon is there already."""

    kind = ErrorKind.ALREADY_EXISTS


class UnknownSchedulerError(IpvsError):
    """The kernel has no such scheduler or persistence engine and could not load its module."""

    kind = ErrorKind.UNKNOWN_SCHEDULER


class ModuleMissingError(IpvsError):
    """The kernel has no IPVS: the module ``ip_vs`` is not loaded."""

    kind = ErrorKind.MODULE_MISSING


class PermissionDeniedError(IpvsError, PermissionError):
    """The caller lacks ``CAP_NET_ADMIN`` in the initial user namespace."""

    kind = ErrorKind.PERMISSION_DENIED


class InvalidInputError(IpvsError, ValueError):
    """A value that the kernel refuses, or that this library refuses to send."""

    kind = ErrorKind.INVALID_INPUT


class UnsupportedError(IpvsError):
    """The kernel that is running cannot do it."""

    kind = ErrorKind.UNSUPPORTED


class ChangedWhileReadingError(IpvsError):
    """The table kept changing while it was read."""

    kind = ErrorKind.CHANGED_WHILE_READING


class TimedOutError(IpvsError, TimeoutError):
    """The kernel did not answer before the deadline."""

    kind = ErrorKind.TIMED_OUT


class OverrunError(IpvsError):
    """The kernel's answers did not fit the socket's receive buffer."""

    kind = ErrorKind.OVERRUN


class ProtocolError(IpvsError):
    """An answer that cannot be understood."""

    kind = ErrorKind.PROTOCOL


class ForkedError(IpvsError):
    """The client was opened before a fork and is used in the child."""

    kind = ErrorKind.FORKED


class IpvsIOError(IpvsError):
    """A system call failed, or the kernel failed for a reason of its own."""

    kind = ErrorKind.IO


class InternalError(IpvsError):
    """A bug in this library."""

    kind = ErrorKind.INTERNAL


CLASSES: dict[ErrorKind, type[IpvsError]] = {
    class_.kind: class_ for class_ in IpvsError.__subclasses__()
}


def of_core(message: str, *, kind: int, **parts: Any) -> IpvsError:
    """The exception for an error of the native half."""
    return CLASSES[ErrorKind(kind)](message, **parts)


def _again(class_: type[IpvsError], args: tuple[Any, ...], parts: dict[str, Any]) -> IpvsError:
    """An exception that was pickled."""
    return class_(*args, **parts)
