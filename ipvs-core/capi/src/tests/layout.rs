//! Structs have the same sizes and offsets in C as here: a C program asserts each of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command;
use std::{env, fs};

use crate::address::{ipvs_address, ipvs_netmask};
use crate::client::{ipvs_client_options, ipvs_kernel_info};
use crate::connection::ipvs_connection;
use crate::daemon::ipvs_daemon;
use crate::dest::{ipvs_dest, ipvs_dest_edit, ipvs_dest_entry, ipvs_tunnel};
use crate::drain::{ipvs_drain_options, ipvs_drain_state};
use crate::fake::faults::{ipvs_fake_calls, ipvs_fake_fault};
use crate::fake::ipvs_fake_options;
use crate::fake::traffic::{ipvs_fake_address, ipvs_fake_interface};
use crate::ffi::{Plain, growing, plain};
use crate::key::{ipvs_dest_key, ipvs_service_key};
use crate::plan::ipvs_planned_change;
use crate::service::{ipvs_service, ipvs_service_edit, ipvs_service_entry};
use crate::stats::ipvs_stats;
use crate::timeouts::{ipvs_timeouts, ipvs_timeouts_edit};

/// A struct whose second field came later.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Grown {
    pub(super) size: usize,
    pub(super) grown: u64,
}

plain!(Grown { size, grown });
growing!(Grown to size);

const HEADER: &str = include_str!("../../../../include/ipvs.h");

macro_rules! layouts {
    ($($type:ty,)*) => {
        fn assertions() -> (BTreeSet<&'static str>, String) {
            let mut names = BTreeSet::new();
            let mut program = "#include <ipvs.h>\n".to_owned();
            $(
                names.insert(<$type>::NAME);
                assertions_of::<$type>(&mut program);
            )*
            (names, program)
        }
    };
}

layouts! {
    ipvs_address, ipvs_netmask, ipvs_service_key, ipvs_dest_key, ipvs_stats, ipvs_tunnel,
    ipvs_client_options, ipvs_kernel_info, ipvs_service, ipvs_service_entry, ipvs_service_edit,
    ipvs_dest, ipvs_dest_entry, ipvs_dest_edit, ipvs_daemon, ipvs_timeouts, ipvs_timeouts_edit,
    ipvs_planned_change, ipvs_drain_options, ipvs_drain_state, ipvs_connection,
    ipvs_fake_options, ipvs_fake_address, ipvs_fake_interface, ipvs_fake_fault, ipvs_fake_calls,
}

fn assertions_of<T: Plain>(program: &mut String) {
    let mut assert = |left: String, right: usize| {
        writeln!(program, "typedef char assert_[{left} == {right} ? 1 : -1];").unwrap();
    };
    let name = T::NAME;
    assert(format!("sizeof({name})"), size_of::<T>());
    for (field, offset, size) in T::FIELDS {
        assert(format!("offsetof({name}, {field})"), *offset);
        assert(format!("sizeof((({name} *)0)->{field})"), *size);
    }
}

#[test]
fn c_sees_the_same_structs() {
    let (names, assertions) = assertions();
    let structs = HEADER.lines().filter_map(|line| {
        let name = line.strip_prefix("typedef struct ")?.strip_suffix(" {")?;
        Some(name)
    });
    assert_eq!(
        structs.collect::<BTreeSet<_>>(),
        names,
        "a struct is not compared"
    );
    assert_eq!(complaints(&assertions, "layout"), "");
    let wrong = assertions.replace("sizeof(ipvs_stats) == 88", "sizeof(ipvs_stats) == 80");
    assert_ne!(wrong, assertions);
    assert_ne!(
        complaints(&wrong, "wrong_layout"),
        "",
        "the assertions assert nothing"
    );
}

/// What a C compiler says of a program that it need not link.
pub(crate) fn complaints(program: &str, name: &str) -> String {
    let source = env::temp_dir().join(format!("ipvs_{name}_{}.c", std::process::id()));
    fs::write(&source, program).unwrap();
    let include = concat!(env!("CARGO_MANIFEST_DIR"), "/../../include");
    let output = Command::new("cc")
        .args(["-std=c11", "-fsyntax-only", "-I", include])
        .arg(&source)
        .output()
        .expect("a C compiler");
    fs::remove_file(&source).unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}
