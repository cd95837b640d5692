//! The README against the code: its commands run, and its tables leave nothing out.
//!
//! What it tells of a director, behind prompts, LAB #2 runs on a kernel (its chapter
//! `readme`); what it shows in `sh` runs here, or by make.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../README.md");
const MAKEFILE: &str = include_str!("../../../Makefile");
const CI: &str = include_str!("../../../.ci/run");
const MODEL: &str = include_str!("../src/config/model.rs");
const CHAPTERS: &str = include_str!("../../lab2/src/chapters.rs");

/// Each block of commands, with what the block of text right behind it shows.
fn commands() -> Vec<(&'static str, Option<&'static str>)> {
    let blocks = README.split("```sh\n").skip(1);
    blocks
        .map(|text| {
            let (command, behind) = text.split_once("```").unwrap();
            let shown = behind.trim_start().strip_prefix("```text\n");
            let shown = shown.map(|text| text.split_once("```").unwrap().0);
            (command.trim_end(), shown)
        })
        .collect()
}

/// The names in the first column of the tables of a section.
fn names(section: &str) -> BTreeSet<&'static str> {
    let (_, section) = README.split_once(&format!("\n## {section}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let words = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    words.collect()
}

#[test]
fn every_command_does_what_is_shown() {
    let commands = commands();
    assert!(commands.len() > 3, "{commands:?}");
    for (command, shown) in commands {
        match command.strip_prefix("make ") {
            Some(target) => {
                assert!(MAKEFILE.contains(&format!("\n{target}: ")), "{target}");
                let made = CI.split_whitespace().any(|word| word == target);
                assert!(made, "CI does not make {target}");
            }
            // Who builds this test has built it.
            None if command.starts_with("cargo ") => {
                assert!(MAKEFILE.contains(&format!("\n\t{command}\n")), "{command}");
            }
            None => run(command, shown),
        }
    }
}

/// Runs a command at the repository's root, where `lvs` is this build's.
fn run(command: &str, shown: Option<&str>) {
    let programs = Path::new(env!("CARGO_BIN_EXE_lvs")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let out = Command::new("bash")
        .args(["-c", command])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env("PATH", path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{command}: {said}");
    if let Some(shown) = shown {
        assert_eq!(String::from_utf8_lossy(&out.stdout), shown, "{command}");
    }
}

#[test]
fn every_applet_has_its_row() {
    let applets = lvs::applets::APPLETS.iter().map(|applet| applet.name);
    assert_eq!(names("The parts"), applets.collect());
}

#[test]
fn every_key_of_ours_has_its_row() {
    let mut keys = BTreeSet::new();
    let mut ours = false;
    for line in MODEL.lines().map(str::trim_start) {
        // The fields' comments: a paragraph says whose the key is.
        if line.starts_with("///") {
            ours |= line.starts_with("/// *(ours)*");
        } else if let Some(field) = line.strip_prefix("pub ").filter(|_| ours) {
            keys.insert(field.split(':').next().unwrap());
            ours = false;
        } else {
            ours = false;
        }
    }
    assert!(keys.len() > 15, "{keys:?}");
    assert_eq!(names("Keys of our own"), keys);
}

#[test]
fn every_chapter_of_the_lab_is_in_the_table_of_its_steps() {
    let chapters = CHAPTERS.split("Chapter { name: \"").skip(1);
    let chapters: BTreeSet<_> = chapters
        .map(|text| text.split('"').next().unwrap())
        .collect();
    let (_, section) = README.split_once("\n## LAB #2, step by step\n").unwrap();
    let rows = section.split("\n## ").next().unwrap().lines();
    let rows = rows.filter(|line| line.starts_with('|')).skip(2);
    let told = rows.map(|row| {
        let cells = row.trim_matches('|').rsplit('|');
        cells.into_iter().next().unwrap().trim().trim_matches('`')
    });
    assert_eq!(told.collect::<BTreeSet<_>>(), chapters);
}
