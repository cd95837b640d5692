//! Something goes wrong around every operation: any of its system calls fails, strangers answer
//! in the kernel's place, the receive buffer is full, the process forks, the thread moves on.
//!
//! One list of [`operations`] holds each public method of the client, and a test that it does.
//! Whatever disturbs one of them, it says and does what it says and does undisturbed, or fails
//! with an error that tells the truth about what became of it; and the client goes on.

mod forged;
mod matrix;
mod operations;
mod stage;
mod surroundings;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ipvs_core::Op;

use crate::harness::{Need, Test, tests};
use crate::site::Site;
use forged::nobody_answers_for_the_kernel;
use matrix::every_call_fails_in_every_way;
use operations::operations;
use surroundings::*;

pub fn tests() -> Vec<Test> {
    tests![
        every_public_method_is_an_operation,
        every_call_fails_in_every_way,
        nobody_answers_for_the_kernel,
        every_operation_survives_an_overrun,
        every_operation_is_refused_in_a_child,
        no_operation_follows_the_caller,
        every_operation_outlives_the_module: Need::Guest,
        a_stream_holds_the_module: Need::Guest
    ]
}

/// Those of the sources: the methods of the client, and the others that take one.
fn public_methods() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(folder.join("client")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let sources = files.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let mut methods = BTreeSet::new();
    for source in sources.chain([folder.join("client.rs")]) {
        let text = fs::read_to_string(source).unwrap();
        let mut of = "";
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("impl ") {
                of = name.trim_end_matches(" {");
            }
            let Some(method) = line.strip_prefix("    pub fn ") else {
                continue;
            };
            let (name, parameters) = method.split_once('(').unwrap();
            match of {
                "Client" => methods.insert(name.to_owned()),
                _ if parameters.contains("client: &Client") => {
                    methods.insert(format!("{of}::{name}"))
                }
                _ => false,
            };
        }
    }
    methods
}

fn every_public_method_is_an_operation(site: &Site) {
    operations::connect(site);
    let shown: BTreeSet<_> = operations(site)
        .iter()
        .map(|operation| operation.method.to_owned())
        .collect();
    let methods = public_methods();
    assert!(methods.len() > 40, "where are the sources?");
    assert_eq!(shown, methods);
    // Those that are no method of a client's: of texts, and of tables.
    let others = [Op::Parse, Op::Print, Op::Plan];
    for op in Op::ALL.iter().filter(|op| !others.contains(op)) {
        assert!(shown.contains(op.name()), "{op:?}");
    }
}
