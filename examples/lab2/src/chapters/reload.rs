//! Every kind of change to the file, read while clients ask.

use std::time::Duration;

use lab::{Result, Story};
use lvs::config::Config;

use super::{TABLE, start_both};
use crate::cluster::{Cluster, WEB};
use crate::director::Director;
use crate::file;
use crate::load::Load;

/// More than comes here.
const LIMIT: u32 = 1_000_000;

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut cluster = Cluster::new(story)?;
    let mut file = file::patient()?;
    start_both(story, &mut cluster, &file)?;
    let director = &cluster.directeur;
    let checked = since(director)?;
    let patience = Duration::from_secs(5);
    let load = Load::start(&[&cluster.client, &cluster.client2], WEB, patience);

    let [service, first, second] = TABLE;
    let heavy = "  -> 10.0.3.100:8080 Masq 3";
    story.step("Another weight.");
    file::web(&mut file)?.servers[0].weight = 3;
    reload(story, director, &mut file, &[service, heavy, second])?;

    story.step("Persistence comes and goes.");
    file::web(&mut file)?.persistent = 300;
    let persistent = "TCP  10.0.2.100:80 rr persistent 300";
    reload(story, director, &mut file, &[persistent, heavy, second])?;
    file::web(&mut file)?.persistent = 0;
    reload(story, director, &mut file, &[service, heavy, second])?;

    story.step("Other rules for the checks, and a limit for serveur1.");
    let web = file::web(&mut file)?;
    (web.timeout, web.quiesce_server) = (9, true);
    web.servers[0].upper_threshold = LIMIT;
    reload(story, director, &mut file, &[service, heavy, second])?;
    story.eventually("serveur1's limit", LIMIT, || limit(director))?;

    story.step("A second service comes and goes; its servers begin with a small weight.");
    let mut another = file::web(&mut file)?.clone();
    another.name = "SECOND".to_owned();
    another.port = 81;
    file.virtuals.push(another);
    let lines = [
        service,
        heavy,
        second,
        "TCP  10.0.2.100:81 rr",
        first,
        second,
    ];
    reload(story, director, &mut file, &lines)?;
    file.virtuals.pop();
    reload(story, director, &mut file, &[service, heavy, second])?;

    story.step("serveur2 leaves, at rest while it has connections, and comes back.");
    let server = file::web(&mut file)?.servers.pop().ok_or("no serveur2")?;
    let resting = "  -> 10.0.3.150:8080 Masq 0";
    reload(story, director, &mut file, &[service, heavy, resting])?;
    file::web(&mut file)?.servers.push(server);
    reload(story, director, &mut file, &[service, heavy, second])?;

    story.step("All is as it was.");
    let web = file::web(&mut file)?;
    (web.timeout, web.quiesce_server) = (6, false);
    web.servers[0].weight = 1;
    web.servers[0].upper_threshold = 0;
    reload(story, director, &mut file, &[service, first, second])?;
    story.eventually("serveur1's limit", 0, || limit(director))?;
    refuse(story, director, &mut file)?;

    let tally = load.stop();
    story.show([format!(
        "{} requests, by {}; the slowest took {:.2} s",
        tally.count(),
        tally.servers(),
        tally.slowest().as_secs_f32()
    )]);
    story.check("no request was lost", "", tally.failures().join("; "));
    story.check(
        "serveur1's checker has known it as up since the start",
        checked,
        since(director)?,
    );

    story
        .step("Another scheduler: the kernel has none for an instant, and refuses who comes then.");
    file::web(&mut file)?.scheduler = ipvs_core::Scheduler::WRR;
    reload(
        story,
        director,
        &mut file,
        &["TCP  10.0.2.100:80 wrr", first, second],
    )
}

/// Has the file read and checks the table.
fn reload(
    story: &mut Story,
    director: &Director,
    file: &mut Config,
    wanted: &[&str],
) -> Result<()> {
    story.stands_for(&director.host, "systemctl reload pulse");
    director.reload(file)?;
    story.eventually("the table is the file's", wanted.join("\n"), || {
        Ok(director.table()?.join("\n"))
    })
}

/// A file with a mistake changes nothing.
fn refuse(story: &mut Story, director: &Director, file: &mut Config) -> Result<()> {
    story.step("A file with a mistake is refused whole, and the next one read.");
    let text = file
        .to_string()
        .replace("scheduler = rr", "scheduler = rrr");
    let line = text.lines().position(|line| line.contains("rrr"));
    let line = line.ok_or("the file has no scheduler")? + 1;
    director.reload_text(&text)?;
    let reason = director.wait("the file to be refused", || Ok(director.lvsd()?.refused))?;
    story.show(reason.lines());
    story.check(
        "it says where the mistake is",
        true,
        reason.contains(&format!("line {line}")),
    );
    story.check(
        "nothing has changed",
        TABLE.join("\n"),
        director.table()?.join("\n"),
    );
    director.reload(file)
}

/// The limit of the first service's first server.
fn limit(director: &Director) -> Result<u32> {
    let table = director.ipvs.snapshot()?;
    let service = table.services.first().ok_or("no service")?;
    let entry = service.dests.first().ok_or("no server")?;
    Ok(entry.dest.upper_threshold)
}

/// Since when the first server is up, by its checker's memory.
fn since(director: &Director) -> Result<u64> {
    let status = director.lvsd()?;
    let service = status.services.first().ok_or("no service")?;
    Ok(service.servers.first().ok_or("no server")?.health.since)
}
