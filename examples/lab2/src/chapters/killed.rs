//! kill -9 of every part while clients ask: the kernel goes on, and the part comes back.

use std::time::{Duration, Instant};

use lab::{Result, Story};
use rustix::process::Signal;

use super::{TABLE, start_both, whereabouts};
use crate::cluster::{Cluster, WEB};
use crate::director::Director;
use crate::file;
use crate::load::Load;

/// How long a part may be away on a slow machine: less than the partner's patience.
const BACK: Duration = Duration::from_secs(15);

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut cluster = Cluster::new(story)?;
    start_both(story, &mut cluster, &file::patient()?)?;
    let started = Instant::now();
    let patience = Duration::from_secs(5);
    let load = Load::start(&[&cluster.client, &cluster.client2], WEB, patience);
    for victims in [
        &["nanny"][..],
        &["lvsd"],
        &["pulse"],
        &["pulse", "lvsd", "nanny"],
    ] {
        kill(story, &cluster, victims)?;
    }
    // Long enough for a check of each server.
    std::thread::sleep(Duration::from_secs(7));
    let tally = load.stop();
    story.step("And the clients?");
    story.show([format!(
        "{} requests, by {}; the slowest took {:.2} s",
        tally.count(),
        tally.servers(),
        tally.slowest().as_secs_f32()
    )]);
    story.check("no request was lost", "", tally.failures().join("; "));
    whereabouts(story, &cluster, "directeur")?;
    let lines = cluster.secours.log.since(started);
    let took = lines
        .iter()
        .filter(|it| it.words.contains("activating lvs"));
    story.check("secours never took over", 0, took.count());
    Ok(())
}

/// Kills every program of these names, and checks that others take their place.
fn kill(story: &mut Story, cluster: &Cluster, victims: &[&str]) -> Result<()> {
    let director = &cluster.directeur;
    story.step(&format!("kill -9 of {}.", victims.join(", ")));
    let killed: Vec<u32> = programs(director, victims)?;
    let now = Instant::now();
    for process in director.processes()? {
        if killed.contains(&process.pid) {
            story.stands_for(
                &director.host,
                &format!("kill -9 {}   # {process}", process.pid),
            );
            // A nanny may have followed its lvsd already.
            let _ = process.signal(Signal::KILL);
        }
    }
    story.check(
        "the table keeps serving",
        TABLE.join("\n"),
        director.table()?.join("\n"),
    );
    let back = || {
        let new = programs(director, victims)?;
        let replaced = new.iter().all(|pid| !killed.contains(pid));
        Ok(replaced && new.len() == killed.len() && director.is_active() && director.is_well())
    };
    let what = format!("{} is back, and knows the servers", victims.join(", "));
    story.takes(&what, BACK, back)?;
    director.show_log(story, now);
    let mut names: Vec<String> = Vec::new();
    for process in director.processes()? {
        names.push(process.program().to_owned());
    }
    names.sort();
    story.check(
        "each program runs once, and a nanny for each server",
        "lvsd, nanny, nanny, pulse",
        names.join(", "),
    );
    story.check(
        "the table is the same",
        TABLE.join("\n"),
        director.table()?.join("\n"),
    );
    Ok(())
}

/// The processes of these names.
fn programs(director: &Director, names: &[&str]) -> Result<Vec<u32>> {
    let processes = director.processes()?.into_iter();
    let named = processes.filter(|process| names.contains(&process.program()));
    Ok(named.map(|process| process.pid).collect())
}
