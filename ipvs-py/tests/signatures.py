"""What can be called, as the stubs say it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class Parameter:
    name: str
    annotation: str
    is_optional: bool
    is_keyword: bool


@dataclass(frozen=True)
class Signature:
    """A function, a method, or by the name ``__new__`` a constructor."""

    owner: str | None
    name: str
    parameters: tuple[Parameter, ...]
    is_static: bool

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


def signatures() -> list[Signature]:
    """All of them that take an argument."""
    stub = ast.parse((resources.files("ipvs") / "_ipvs.pyi").read_text())
    found = [of(node, None) for node in stub.body if isinstance(node, ast.FunctionDef)]
    for class_ in stub.body:
        if isinstance(class_, ast.ClassDef) and not class_.name.startswith("_"):
            functions = (node for node in class_.body if isinstance(node, ast.FunctionDef))
            found += [of(function, class_.name) for function in functions if is_called(function)]
    return found


def is_called(function: ast.FunctionDef) -> bool:
    dunder = function.name.startswith("_") and function.name != "__new__"
    return not dunder and "property" not in decorators(function)


def decorators(function: ast.FunctionDef) -> set[str]:
    return {ast.unparse(decorator) for decorator in function.decorator_list}


def of(function: ast.FunctionDef, owner: str | None) -> Signature:
    is_static = owner is None or "staticmethod" in decorators(function)
    arguments = function.args
    positional = arguments.args if is_static else arguments.args[1:]
    optional = len(positional) - len(arguments.defaults)
    parameters = [
        parameter(argument, place >= optional, False) for place, argument in enumerate(positional)
    ]
    parameters += [
        parameter(argument, default is not None, True)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return Signature(owner, function.name, tuple(parameters), is_static)


def parameter(argument: ast.arg, is_optional: bool, is_keyword: bool) -> Parameter:
    assert argument.annotation is not None, argument.arg
    return Parameter(argument.arg, ast.unparse(argument.annotation), is_optional, is_keyword)
