//! The manual pages in `man/`: those of ipvs.h are what the header says, in mdoc, for
//! `man ipvs_client_open`. `IPVS_BLESS=1 cargo test -p ipvs-capi --test man` writes them anew.
//! libipvs(3) is written by hand.

#[path = "man/header.rs"]
mod header;
#[path = "man/mdoc.rs"]
mod mdoc;
#[path = "man/pages.rs"]
mod pages;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use header::{Header, Item};

#[test]
fn the_committed_pages_are_what_the_header_says() {
    let header = Header::parse(&read("../../include/ipvs.h"));
    for (name, made) in pages::all(&header) {
        let path = folder().join(format!("{name}.3"));
        if std::env::var_os("IPVS_BLESS").is_some() {
            // At once, for the tests beside this one.
            let new = path.with_extension("new");
            fs::write(&new, &made).unwrap();
            fs::rename(new, &path).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            made == committed,
            "man/{name}.3 is stale (IPVS_BLESS=1 writes it)"
        );
    }
}

#[test]
fn each_section_of_the_header_is_on_one_page() {
    let header = Header::parse(&read("../../include/ipvs.h"));
    let mut told: Vec<&str> = pages::PAGES
        .iter()
        .flat_map(|page| page.sections)
        .copied()
        .collect();
    let mut there: Vec<&str> = header.sections.iter().map(|it| it.title.as_str()).collect();
    told.sort_unstable();
    there.sort_unstable();
    assert_eq!(told, there);
}

/// By name, and so that its declaration is there, too.
#[test]
fn each_function_has_a_page_and_each_page_tells_of_functions_there_are() {
    let mut functions = functions_of_ipvs_h();
    functions.extend(functions_of_libipvs_h());
    let (mut named, mut declared) = (BTreeSet::new(), BTreeSet::new());
    for (page, text) in committed() {
        for name in names(&text).into_iter().filter(|name| *name != page) {
            assert!(named.insert(name.clone()), "{name} has two pages");
        }
        let macros = text.lines().filter_map(|line| line.strip_prefix(".Fo "));
        declared.extend(macros.map(str::to_owned));
    }
    assert!(functions.len() > 200, "{functions:?}");
    assert_eq!(named, functions);
    assert_eq!(declared, functions);
}

#[test]
fn what_a_page_refers_to_is_there() {
    let pages = committed();
    let own: BTreeSet<&str> = pages.keys().map(String::as_str).collect();
    let mut references = 0;
    for (page, text) in &pages {
        let words = text.lines().filter_map(|line| line.strip_prefix(".Xr "));
        for mut words in words.map(|rest| rest.split(' ')) {
            let (name, section) = (words.next().unwrap(), words.next().unwrap());
            let ours = name.contains("ipvs") && section == "3";
            assert!(!ours || own.contains(name), "{page}: {name}(3)");
            references += 1;
        }
    }
    assert!(references > 50, "{references}");
}

/// The examples are functions of a program, which calls each.
#[test]
fn the_examples_build_and_run() {
    let program = include_str!("man/run.c");
    let with_one = pages::PAGES.iter().filter(|page| !page.example.is_empty());
    for page in with_one {
        let line = format!("#include \"examples/{}.c\"\n", page.name);
        assert!(program.contains(&line), "{line}");
    }
    let test = std::env::current_exe().unwrap();
    let beside = test.parent().unwrap();
    let runner = beside.join("the-examples-of-the-manual");
    let output = Command::new("cc")
        .args([
            "-std=gnu99",
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Werror",
            "-I",
        ])
        .args([here().join("../../include"), here().join("tests/man/run.c")])
        .args([
            OsStr::new("-L"),
            beside.as_os_str(),
            OsStr::new("-lipvs"),
            OsStr::new("-o"),
        ])
        .arg(&runner)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    // The library is found by its soname.
    let folder = runner.with_extension("libraries");
    fs::create_dir_all(&folder).unwrap();
    let soname = folder.join("libipvs.so.0");
    let _ = fs::remove_file(&soname);
    std::os::unix::fs::symlink(beside.join("libipvs.so"), soname).unwrap();
    let output = Command::new(&runner)
        .env("LD_LIBRARY_PATH", folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    for line in [
        "tcp [2001:db8::1]:80",
        "-A -t 192.0.2.1:80 -s wlc",
        "0 of 2 failed",
    ] {
        assert!(told.lines().any(|it| it == line), "{line}: {told}");
    }
}

fn functions_of_ipvs_h() -> BTreeSet<String> {
    let header = Header::parse(&read("../../include/ipvs.h"));
    let items = header.sections.iter().flat_map(|section| &section.items);
    let names = items.filter_map(|item| match item {
        Item::Function { name, .. } => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

fn functions_of_libipvs_h() -> BTreeSet<String> {
    let text = read("../../include/libipvs.h");
    let declarations = text.lines().filter_map(|line| line.strip_prefix("extern "));
    let functions = declarations.filter_map(|line| line.split_once('('));
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let names = functions.map(|(before, _)| before.rsplit(|c| !is_word(c)).next().unwrap());
    names.map(str::to_owned).collect()
}

/// What a page's NAME section lists.
fn names(page: &str) -> Vec<String> {
    let lines = page.lines().skip_while(|line| *line != ".Sh NAME");
    let lines = lines.take_while(|line| !line.starts_with(".Nd "));
    let names = lines.filter_map(|line| line.strip_prefix(".Nm "));
    names
        .map(|name| name.trim_end_matches(" ,").to_owned())
        .collect()
}

/// Every page there is, by name.
fn committed() -> BTreeMap<String, String> {
    let paths = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pages = paths.filter(|path| path.extension().is_some_and(|extension| extension == "3"));
    let named = pages.map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        (name.to_owned(), fs::read_to_string(&path).unwrap())
    });
    named.collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(here().join(path)).unwrap()
}

fn folder() -> PathBuf {
    here().join("../../man")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
