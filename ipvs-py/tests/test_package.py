"""The package: its files, its version, its README, and the names of the Rust library."""

from __future__ import annotations

import contextlib
import enum
import io
import re
from importlib import metadata, resources

import ipvs
import pytest
from conftest import REPOSITORY
from ipvs import _ipvs, fake

CORE = REPOSITORY / "ipvs-core" / "src"


def test_the_version_is_that_of_the_workspace() -> None:
    workspace = (REPOSITORY / "Cargo.toml").read_text().split("[workspace.package]")[1]
    found = re.search(r'^version = "(.*)"$', workspace, re.MULTILINE)
    assert found is not None
    assert found[1] == ipvs.__version__ == metadata.version("ipvs")


def test_types_are_in_the_package() -> None:
    files = {file.name for file in resources.files("ipvs").iterdir()}
    assert {"py.typed", "_ipvs.pyi"} <= files


def test_everything_is_exported() -> None:
    own = {"ERROR_KINDS", "OPERATIONS", "read_rules", "FakeKernel", "FakeNamespace"}
    exported = set(ipvs.__all__) | set(fake.__all__)
    assert set(_ipvs.__all__) - own <= exported
    for name in ipvs.__all__:
        assert getattr(ipvs, name) is not None


def examples() -> list[tuple[str, str]]:
    readmes = [REPOSITORY / "ipvs-py" / "README.md", REPOSITORY / "README.md"]
    readme = "".join(file.read_text() for file in readmes)
    return re.findall(r"```python\n(.*?)```.*?```text\n(.*?)```", readme, re.DOTALL)


@pytest.mark.parametrize(("code", "output"), examples())
def test_a_readme_prints_what_it_says(code: str, output: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == output


def test_the_readmes_have_examples() -> None:
    assert len(examples()) == 4


def methods(type_: str, *files: str) -> set[str]:
    """The public methods of a type of the core."""
    found: set[str] = set()
    for file in files:
        text = (CORE / file).read_text()
        for block in re.findall(rf"^impl {type_} \{{$(.*?)^\}}$", text, re.DOTALL | re.MULTILINE):
            found |= set(re.findall(r"^    pub (?:const )?fn (\w+)", block, re.MULTILINE))
    return found


CLIENT = [str(file.relative_to(CORE)) for file in CORE.glob("client/*.rs")]

# What is a constructor in Python.
BUILT = {"new", "open", "with"}


@pytest.mark.parametrize(
    ("class_", "names"),
    [
        (ipvs.Client, methods("Client", "client.rs", *CLIENT)),
        (ipvs.Apply, methods("Apply", "client/apply.rs")),
        (ipvs.Drain, methods("Drain", "client/drain.rs") - {"with_deadline", "until_empty"}),
        (ipvs.Plan, methods("Plan", "plan.rs")),
        (ipvs.Scope, methods("Scope", "plan/scope.rs")),
        (ipvs.Report, methods("Report", "batch.rs")),
        (ipvs.Snapshot, methods("Snapshot", "table.rs")),
        (ipvs.Table, methods("Table", "table.rs", "change.rs") - {"with_timeouts", "with_daemons"}),
        (ipvs.ServiceKey, methods("ServiceKey", "key.rs")),
        (ipvs.DestKey, methods("DestKey", "key.rs")),
        (ipvs.Connection, methods("Connection", "procfs/connection.rs")),
        (ipvs.Sysctl, methods("Sysctl", "sysctl.rs")),
        (fake.Kernel, methods("Kernel", "fake.rs")),
        (fake.Namespace, methods("Namespace", "fake/namespace.rs") - {"socket"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_method_of_rust_has_its_name_in_python(class_: type, names: set[str]) -> None:
    assert names
    assert names - BUILT <= set(dir(class_))


# Types of Rust that are Python's own, or keywords, here.
ELSEWHERE = {
    "DestEdit": "keywords of Client.edit_dest",
    "DrainStep": "DrainWaiting, DrainRemoved, DrainGone, DrainRestored",
    "Error": "IpvsError",
    "FileStream": "Stream",
    "InterfaceName": "str",
    "Netmask": "IPv4Address, int",
    "Object": "IpvsError.object",
    "Options": "keywords of Client",
    "ServiceEdit": "keywords of Client.edit_service",
    "SysctlForm": "Sysctl.form",
    "SysctlNeed": "Sysctl.needs",
    "SysctlValue": "int, tuple, str",
    "duplicate_descriptor": "int",
}


def test_every_type_of_rust_has_its_name_in_python() -> None:
    exports = re.findall(
        r"^pub use (.*?);", (CORE / "lib.rs").read_text(), re.DOTALL | re.MULTILINE
    )
    names = {
        name.strip().split(" as ")[-1].split("::")[-1]
        for export in exports
        for name in re.sub(r".*\{(.*)\}", r"\1", export, flags=re.DOTALL).split(",")
        if name.strip()
    }
    assert len(names) > 50
    assert {name for name in names if not hasattr(ipvs, name)} == set(ELSEWHERE) - {"DrainStep"}


def constants(type_: str, file: str) -> dict[str, str]:
    """The constants of an open type of the core: names and what they stand for."""
    text = (CORE / file).read_text()
    pattern = rf"^\s+pub const (\w+): {type_} = {type_}\((\d+)\);"
    return dict(re.findall(pattern, text, re.MULTILINE)) or dict(
        re.findall(r'^    ([A-Z][A-Z0-9_]*) "([^"]+)",$', text, re.MULTILINE)
    )


@pytest.mark.parametrize(
    ("class_", "file"),
    [
        (ipvs.Protocol, "protocol.rs"),
        (ipvs.ForwardMethod, "forward.rs"),
        (ipvs.TunnelKind, "forward.rs"),
        (ipvs.Scheduler, "scheduler.rs"),
        (ipvs.ConnectionState, "procfs/state.rs"),
    ],
)
def test_every_constant_of_rust_has_its_member(class_: type[enum.Enum], file: str) -> None:
    members = {member.name: str(member.value) for member in class_}
    assert members == constants(class_.__name__, file)


@pytest.mark.parametrize(("class_", "file"), [(ipvs.Differences, "plan/differences.rs")])
def test_every_difference_of_rust_has_its_bit(class_: type[enum.IntFlag], file: str) -> None:
    found = re.findall(r"const (\w+) = 1(?: << (\d+))?;", (CORE / file).read_text())
    assert {member.name: member.value for member in class_} == {
        name: 1 << int(bit or 0) for name, bit in found
    }


def test_the_flags_read_as_they_do_in_rust() -> None:
    for flag in ipvs.ServiceFlags:
        [word] = ipvs.Service("fwmark 1", flags=flag).to_dict()["flags"]
        assert word.replace("-", "_").upper() == flag.name
    assert ipvs.Tunnel(flags=ipvs.TunnelFlags.CHECKSUM).to_dict()["flags"] == ["csum"]
    assert ipvs.Tunnel(flags=ipvs.TunnelFlags.REMOTE_CHECKSUM).to_dict()["flags"] == ["remcsum"]
