//! The suite in C, `tests/c`, leaves nothing of `include/ipvs.h` out. (`make capi` runs it.)
//!
//! The suite calls functions by macros that say what comes of it: `DOES`, `FAILS`,
//! `NULL_REFUSED`, …. What the header declares, and what its comments say, is looked for among them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Statuses that comments name, and why no `FAILS` tells of them.
const ELSEWHERE: &str = "
    ipvs_client_open                IPVS_TIMED_OUT          no real kernel is silent
    ipvs_client_namespace           IPVS_PERMISSION_DENIED  no user namespace's root asks
    ipvs_client_namespace           IPVS_IO                 no such system call fails
    ipvs_client_total_stats         IPVS_PROTOCOL           the kernel prints it right
    ipvs_client_connections         IPVS_PROTOCOL           the kernel begins it right
    ipvs_client_synced_connections  IPVS_PROTOCOL           the kernel begins it right
    ipvs_connection_stream_next     IPVS_IO                 no such system call fails
    ipvs_client_sysctl              IPVS_PROTOCOL           the kernel prints it right
    ipvs_client_stream_services     IPVS_IO                 operations.c has it
    ipvs_client_stream_dests        IPVS_IO                 operations.c has it
";

#[test]
fn every_function_is_called_and_succeeds() {
    let ways = ["DOES", "SIZES_IN", "SIZES_OUT"];
    missing(|suite, function| {
        let name = &function.name;
        let called = match function.can_fail {
            true => ways.iter().any(|way| suite.has(way, name, "")),
            false => suite.calls(name),
        };
        vec![(called, "a call")]
    });
}

#[test]
fn every_pointer_is_null_in_some_call() {
    missing(|suite, function| {
        let pointers = function.arguments.iter().filter(|it| it.is_pointer());
        let null = |argument: &'_ Argument| match function.takes_null(&argument.name) {
            _ if suite.has("FREES_NULL", &function.name, "") => true,
            true => suite.has("NULL_TAKEN", &function.name, &argument.name),
            false => suite.has("NULL_REFUSED", &function.name, &argument.name),
        };
        pointers.map(|it| (null(it), it.name.as_str())).collect()
    });
}

#[test]
fn every_struct_that_grows_has_wrong_sizes_in_some_call() {
    let growing = growing();
    assert!(growing.len() > 15, "{growing:?}");
    missing(|suite, function| {
        let sizes = |argument: &'_ Argument, kind: &str| {
            let which = format!("{}, {kind}", argument.name);
            let way = ["SIZES_OUT", "SIZES_IN"][usize::from(argument.is_input())];
            !function.can_fail || suite.has(way, &function.name, &which)
        };
        let each = function.arguments.iter().filter_map(|argument| {
            let kind = growing.iter().find(|kind| argument.points_to(kind))?;
            Some((sizes(argument, kind), argument.name.as_str()))
        });
        each.collect()
    });
}

#[test]
fn every_text_is_garbage_in_some_call() {
    missing(|suite, function| {
        let texts = function.arguments.iter().filter(|it| it.points_to("char"));
        let garbage = |text: &'_ Argument| {
            !function.can_fail || suite.has("NOT_TEXT", &function.name, &text.name)
        };
        texts.map(|it| (garbage(it), it.name.as_str())).collect()
    });
}

#[test]
fn every_status_that_a_comment_names_comes_of_some_call() {
    missing(|suite, function| {
        let name = &function.name;
        let elsewhere = |status: &str| {
            let mut lines = ELSEWHERE.lines().map(str::split_whitespace);
            lines.any(|words| words.take(2).eq([name.as_str(), status]))
        };
        let comes = |status: &str| match status {
            "IPVS_INVALID_INPUT" => suite.has("NULL_REFUSED", name, ""),
            "IPVS_FORKED" => suite.has("ASKS", name, ""),
            _ => suite.has("FAILS", status, name) != elsewhere(status),
        };
        let statuses = function.statuses().into_iter();
        statuses.map(|status| (comes(status), status)).collect()
    });
}

#[test]
fn every_function_of_a_client_is_among_the_operations() {
    missing(|suite, function| {
        let of_a_client = |it: &Argument| it.is_input() && it.points_to("ipvs_client");
        let is_one = function.arguments.iter().any(of_a_client);
        let mut listed = ["ASKS", "MAKES_UP"].iter();
        let listed = listed.any(|way| suite.has(way, &function.name, ""));
        vec![(listed == is_one, "operations.c")]
    });
}

#[test]
fn every_file_of_tests_is_run() {
    let suite = Suite::read();
    let files = suite.0.matches("_tests[] = {").count();
    assert_eq!(files, suite.0.matches(" group(").count());
}

/// Fails with what the suite lacks of each function.
fn missing<'f>(look: impl Fn(&Suite, &'f Function) -> Vec<(bool, &'f str)>) {
    let (suite, mut lacking) = (Suite::read(), Vec::new());
    let functions: &'f [Function] = Vec::leak(functions());
    for function in functions {
        for (_, what) in look(&suite, function).into_iter().filter(|(has, _)| !has) {
            lacking.push(format!("{}: {what}", function.name));
        }
    }
    assert!(lacking.is_empty(), "no test has {lacking:#?}");
}

/// The text of the suite.
struct Suite(String);

impl Suite {
    /// Without what is between words, so that a call is one text however it is broken.
    fn read() -> Self {
        let mut text = String::new();
        for entry in fs::read_dir(folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "c") {
                text += &without_comments(&fs::read_to_string(path).unwrap());
            }
        }
        assert!(text.len() > 50_000, "where is it?");
        let words: Vec<&str> = text.split_whitespace().collect();
        Suite(words.join(" "))
    }

    /// Whether a macro has these first arguments: a function, and another word unless that is
    /// empty.
    fn has(&self, way: &str, function: &str, second: &str) -> bool {
        let call = match second {
            "" => format!("{way}({function}"),
            _ => format!("{way}({function}, {second}"),
        };
        let behind = self.0.split(&call).skip(1);
        behind.into_iter().any(|rest| rest.starts_with([',', ')']))
    }

    fn calls(&self, function: &str) -> bool {
        self.0.contains(&format!("{function}(")) || self.has("FREES_NULL", function, "")
    }
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let mut code = parts.next().unwrap().to_owned();
    for part in parts {
        code += part.split_once("*/").unwrap().1;
    }
    code
}

/// A function of the header.
struct Function {
    name: String,
    comment: String,
    arguments: Vec<Argument>,
    can_fail: bool,
}

/// An argument of it, but for the error.
struct Argument {
    kind: String,
    name: String,
}

impl Function {
    fn read(comment: &str, declaration: &str) -> Option<Self> {
        let (before, arguments) = declaration.split_once('(')?;
        let name = before.rsplit([' ', '*']).next()?.to_owned();
        let all = arguments.trim_end_matches(')').split(',');
        let mut arguments: Vec<Argument> = all.map(Argument::read).collect();
        let is_error = |it: &Argument| it.kind == "ipvs_error **";
        let can_fail = arguments.iter().any(is_error);
        arguments.retain(|it| !is_error(it));
        Some(Function {
            name,
            comment: comment.to_owned(),
            arguments,
            can_fail,
        })
    }

    /// Whether the comment says what NULL does, other than to be refused.
    fn takes_null(&self, argument: &str) -> bool {
        let said = self.said("NULL:").unwrap_or_default();
        !self.can_fail || said.contains(&format!("`{argument}`"))
    }

    /// The statuses that the comment says it fails with.
    fn statuses(&self) -> BTreeSet<&str> {
        let said = self.said("Fails ").unwrap_or_default();
        let words =
            said.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
        words
            .filter(|word| {
                word.starts_with("IPVS_")
                    && !word.starts_with("IPVS_N")
                    && !word.contains("_CHECKS_")
                    && !word.contains("DRAIN_")
            })
            .collect()
    }

    /// What the comment says from a word at a line's beginning on, up to the next such part.
    fn said(&self, word: &str) -> Option<&str> {
        let rest = self.comment.split_once(&format!("* {word}"))?.1;
        let ends = ["* NULL:", "* Fails ", "* Kernel:", "* ipvsadm:", "* Free `"];
        let end = ends.iter().filter_map(|end| rest.find(end)).min();
        rest.get(..end.unwrap_or(rest.len()))
    }
}

impl Argument {
    fn read(text: &str) -> Self {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = text.rsplit([' ', '*']).next().unwrap().to_owned();
        let kind = text.strip_suffix(&name).unwrap().trim().to_owned();
        Argument { kind, name }
    }

    fn is_pointer(&self) -> bool {
        self.kind.ends_with('*')
    }

    fn is_input(&self) -> bool {
        self.kind.starts_with("const ")
    }

    /// One that is read or written as it is.
    fn points_to(&self, kind: &str) -> bool {
        let bare = self.kind.strip_prefix("const ").unwrap_or(&self.kind);
        let text = kind != "char" || self.is_input();
        text && bare.strip_suffix(" *") == Some(kind)
    }
}

fn functions() -> Vec<Function> {
    let header = header();
    let documented = header.split("/**\n").skip(1);
    let parts = documented.filter_map(|part| part.split_once(" */\n"));
    let declared = parts.filter_map(|(comment, code)| Some((comment, code.split_once(");")?.0)));
    let functions = declared.filter(|(_, code)| !code.contains(['{', '#', ';']));
    let all: Vec<_> = functions
        .filter_map(|(comment, code)| Function::read(comment, code))
        .collect();
    let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
    let declarations = header
        .lines()
        .filter(|line| begins(line) && line.contains('('));
    assert_eq!(all.len(), declarations.count(), "one was not understood");
    all
}

/// The structs that begin with their size.
fn growing() -> Vec<String> {
    let header = header();
    let starts = header
        .lines()
        .filter_map(|line| line.strip_prefix("    /** sizeof("));
    starts
        .map(|rest| rest.split(')').next().unwrap().to_owned())
        .collect()
}

/// The declarations, behind the introduction.
fn header() -> String {
    let header = fs::read_to_string(folder().join("../../../../include/ipvs.h")).unwrap();
    header.split_once("extern \"C\" {").unwrap().1.to_owned()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c")
}
