//! The README's table of coverage against the code: it cannot say what isn't so.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const README: &str = include_str!("../../README.md");
const UAPI: &str = include_str!("../../ipvs-sys/src/uapi.rs");
const MAKEFILE: &str = include_str!("../../Makefile");
const CI: &str = include_str!("../../.ci/run");
const KERNELS: &str = include_str!("../../.ci/vm/kernels");

/// What no row is about: bounds, padding, and a command that is a reply's number only.
fn is_no_feature(constant: &str) -> bool {
    constant == "IPVS_CMD_SET_INFO"
        || ["_UNSPEC", "_MAX", "_PAD"]
            .iter()
            .any(|end| constant.ends_with(end))
}

struct Row<'a> {
    constant: &'a str,
    rust: &'a str,
    test: &'a str,
    kernels: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    README
        .lines()
        .filter(|line| line.starts_with("| `IPVS_"))
        .map(|line| {
            let mut cells = line
                .split('|')
                .skip(1)
                .map(|cell| cell.trim().trim_matches('`'));
            let mut cell = || {
                cells
                    .next()
                    .unwrap_or_else(|| panic!("a cell is missing: {line}"))
            };
            let (constant, rust, test, kernels) = (cell(), cell(), cell(), cell());
            Row {
                constant,
                rust,
                test,
                kernels,
            }
        })
        .collect()
}

/// Every `.rs` file below a folder of this crate.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files
}

/// The items that a doc alias stands on: the first name after each.
fn aliased(constant: &str, sources: &[(PathBuf, String)]) -> BTreeSet<String> {
    let alias = format!("#[doc(alias = \"{constant}\")]");
    let mut items = BTreeSet::new();
    for (_, text) in sources {
        let mut rest = text.as_str();
        while let Some(place) = rest.find(&alias) {
            rest = &rest[place + alias.len()..];
            let item = rest.lines().map(str::trim_start).find(|line| {
                !line.is_empty() && !line.starts_with("#[") && !line.starts_with("//")
            });
            let words = item
                .unwrap()
                .split(|c: char| !c.is_alphanumeric() && c != '_');
            let keywords = ["pub", "fn", "struct", "enum", "const"];
            items.extend(
                words
                    .filter(|word| !word.is_empty())
                    .find(|word| !keywords.contains(word))
                    .map(str::to_owned),
            );
        }
    }
    items
}

#[test]
fn the_table_has_a_row_for_each_command_and_attribute() {
    let constants: BTreeSet<&str> = UAPI
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split(':').next())
        .filter(|name| {
            name.starts_with("IPVS_CMD_") || (name.starts_with("IPVS_") && name.contains("_ATTR_"))
        })
        .filter(|name| !is_no_feature(name))
        .collect();
    let listed: BTreeSet<&str> = rows().iter().map(|row| row.constant).collect();
    assert_eq!(listed, constants);
    assert_eq!(rows().len(), listed.len(), "a row is there twice");
}

#[test]
fn each_row_names_the_item_that_stands_for_the_constant() {
    let sources = sources("src");
    for Row { constant, rust, .. } in rows() {
        let name = rust.rsplit("::").next().unwrap();
        let items = aliased(constant, &sources);
        assert!(
            items.contains(name),
            "{constant} stands on {items:?}, the table says {rust}"
        );
        let owner = rust.split("::").next().unwrap();
        let front = sources
            .iter()
            .find(|(path, _)| path.ends_with("src/lib.rs"))
            .unwrap();
        assert!(front.1.contains(owner), "{owner} is not public");
    }
}

#[test]
fn each_row_is_shown_by_a_live_test_on_every_kernel() {
    let kernels: Vec<&str> = KERNELS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("modules") && !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let live = sources("tests/live");
    for Row {
        constant,
        test,
        kernels: shown,
        ..
    } in rows()
    {
        let (group, name) = test
            .split_once("::")
            .unwrap_or_else(|| panic!("{constant}: {test}"));
        let body = format!("\nfn {name}(");
        let found = live.iter().any(|(path, text)| {
            path.components()
                .any(|part| Path::new(part.as_os_str()).with_extension("") == Path::new(group))
                && text.contains(&body)
                && text.contains("tests![")
        });
        assert!(found, "{constant}: there is no live test {test}");
        assert_eq!(shown.split(' ').collect::<Vec<_>>(), kernels, "{constant}");
    }
}

/// The code blocks of a language, each as it stands.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let behind = README.split(&fence).skip(1);
    behind
        .map(|text| text.split("```").next().unwrap())
        .collect()
}

#[test]
fn each_command_is_a_target_that_ci_makes() {
    let commands: Vec<&str> = blocks("sh")
        .iter()
        .flat_map(|block| block.lines())
        .collect();
    assert!(
        commands.contains(&"make test") && commands.contains(&"make lab"),
        "{commands:?}"
    );
    // CI makes some targets itself, and `make test` the others.
    let parts = |text: &'static str| text.lines().filter(|line| line.contains(".ci/parts"));
    let made: Vec<&str> = parts(CI).chain(parts(MAKEFILE)).collect();
    for command in commands {
        let target = match command.strip_prefix("make ") {
            Some(target) => target,
            // What a target runs, as it stands there.
            None => {
                let before = MAKEFILE.split(&format!("\n\t{command}\n")).next().unwrap();
                assert_ne!(before, MAKEFILE, "{command}: who runs it?");
                let line = before.lines().rfind(|line| !line.starts_with(['\t', '.']));
                line.unwrap().split(':').next().unwrap()
            }
        };
        assert!(MAKEFILE.contains(&format!("\n{target}: ")), "{command}");
        assert!(
            made.iter()
                .any(|line| line.split(' ').any(|word| word == target)),
            "CI does not run {command}"
        );
    }
}
