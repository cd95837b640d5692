//! As root, from the top of the repository:
//!
//!     cargo run --example list                         this network namespace's table
//!     cargo run --example list -- /run/netns/blue      another one's
//!
//! Prints the IPVS table as `ipvsadm -Ln` does; `ipvs_examples::table` lays it out.

use std::error::Error;
use std::process::ExitCode;

use ipvs_core::{Client, NamespaceSource, Options};
use ipvs_examples::table;

fn main() -> ExitCode {
    ipvs_examples::tell(list)
}

fn list() -> Result<(), Box<dyn Error>> {
    let mut options = Options::new();
    if let Some(path) = std::env::args_os().nth(1) {
        options = options.with_namespace(NamespaceSource::Path(path.into()));
    }
    let ipvs = Client::open(&options)?;

    // Read until two readings agree: services and dests sorted, timeouts, daemons.
    let snapshot = ipvs.snapshot()?;
    println!("{}", table::banner(&snapshot));
    for line in table::HEADER {
        println!("{line}");
    }
    for line in table::body(&snapshot) {
        println!("{line}");
    }
    Ok(())
}
