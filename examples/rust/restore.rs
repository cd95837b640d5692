//! As root, from the top of the repository:
//!
//!     cargo run --example restore -- rules              makes the services those of a file
//!     cargo run --example restore -- rules --dry-run    only tells what it would do
//!
//! The file holds what `ipvsadm-save -n` prints. It is read whole before anything
//! is changed, and then only what differs is: no service is missing meanwhile.

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use ipvs_core::rules::{self, Format};
use ipvs_core::{Client, Options, Plan, Scope};

fn main() -> ExitCode {
    ipvs_examples::tell(restore)
}

fn restore() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("which file?")?;
    let dry_run = arguments.next().is_some_and(|word| word == "--dry-run");

    // The first mistake is told with its line, column and word.
    let wanted = rules::parse(&fs::read_to_string(file)?)?;

    let ipvs = Client::open(&Options::new())?;
    let services = Scope::nothing().with_every_service();
    let plan = Plan::new(&ipvs.snapshot()?, &wanted, &services)?;
    for step in plan.steps() {
        println!(
            "ipvsadm {} # {}",
            Format::new().line(&step.change)?,
            step.reason
        );
    }
    if !dry_run {
        ipvs.apply(&plan).into_result()?;
    }
    for (service, dest) in plan.draining() {
        println!("# {dest} of {service} still has connections, and leaves when they are gone");
    }
    Ok(())
}
