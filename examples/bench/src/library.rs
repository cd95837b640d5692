//! The contender that this is about: what a user of ipvs-core writes.

use std::hint::black_box;

use ipvs_core::{Apply, Batch, Client, Options, Plan, Scope, Table};

use crate::Outcome;
use crate::meter::{Clock, own_peak};
use crate::tables::Size;
use crate::workload::Workload;

/// Does a workload, and tells what it cost.
pub(crate) fn run(workload: Workload, clock: Clock) -> Outcome {
    let client = Client::open(&Options::new())?;
    let cost = match workload {
        Workload::Nothing | Workload::Overlap => return Ok(()),
        Workload::List => list(&client, clock)?,
        // Fixing is compared with the floor's, which reads by listing; a table is brought into
        // force as a user best does it.
        Workload::Fix => converge(&client, clock, &workload.after(Size::USUAL), |wanted| {
            Plan::new(&client.list()?, wanted, &Scope::everything())
        })?,
        Workload::Reload => converge(&client, clock, &workload.after(Size::USUAL), |wanted| {
            client.plan(wanted, &Scope::everything())
        })?,
        Workload::Stream => stream(&client, clock)?,
        Workload::Flush => {
            let (cost, result) = clock.measure(|| client.flush())?;
            result?;
            cost
        }
        Workload::Load
        | Workload::Services
        | Workload::Wide
        | Workload::Edit
        | Workload::Delete => {
            let batch: Batch = workload.changes(Size::USUAL).into_iter().collect();
            let (cost, report) = clock.measure(|| client.batch(&batch))?;
            report.into_result()?;
            cost
        }
    };
    println!("inside {cost}");
    Ok(())
}

fn list(client: &Client, clock: Clock) -> Outcome<u64> {
    let (cost, listed) = clock.measure(|| client.list())?;
    let services = listed?.services;
    let dests: usize = services.iter().map(|service| service.dests.len()).sum();
    println!("objects {}", services.len() + dests);
    Ok(cost)
}

/// Finds what is not as it should be, and makes it so; the verifying pass is told apart.
fn converge(
    client: &Client,
    clock: Clock,
    wanted: &Table,
    plan: impl Fn(&Table) -> Result<Plan, ipvs_core::Error>,
) -> Outcome<u64> {
    let (found, apply) = clock.measure(|| {
        let plan = plan(wanted)?;
        let mut apply = Apply::new(&plan);
        while apply.sent() < plan.steps().len() {
            apply.step(client);
        }
        Ok::<_, ipvs_core::Error>(apply)
    })?;
    let mut apply = apply?;
    let (verified, ()) = clock.measure(|| while apply.step(client) {})?;
    println!("verify {verified}");
    apply.into_report().into_result()?;
    Ok(found)
}

/// Tells by how much the process grew, too.
fn stream(client: &Client, clock: Clock) -> Outcome<u64> {
    let before = own_peak()?;
    let (cost, objects) = clock.measure(|| {
        let mut objects = 0;
        for service in client.stream_services()? {
            objects += 1;
            for dest in client.stream_dests(&service?.service.key)? {
                black_box(dest?);
                objects += 1;
            }
        }
        Ok::<_, ipvs_core::Error>(objects)
    })?;
    println!("objects {}", objects?);
    println!("growth {}", own_peak()? - before);
    Ok(cost)
}

/// Makes a table in an empty namespace, for a contender to begin with.
pub(crate) fn load(table: &Table) -> Outcome {
    let client = Client::open(&Options::new())?;
    client.batch(&table.changes().collect()).into_result()?;
    Ok(())
}

/// Whether the namespace's services and dests are those of `table`.
pub(crate) fn compare(table: &Table) -> Outcome {
    let snapshot = Client::open(&Options::new())?.snapshot()?;
    let plan = Plan::new(&snapshot, table, &Scope::everything())?;
    match plan.steps().first() {
        None => Ok(()),
        Some(step) => Err(format!(
            "{} things are not as they should be: {step}",
            plan.steps().len()
        )
        .into()),
    }
}
