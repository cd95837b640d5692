//! Fail-over and failback by the original heartbeat, below a download.

use std::time::{Duration, Instant};

use ipvs_core::procfs::{ConnectionState, Origin};
use lab::connections::Line;
use lab::download::Download;
use lab::{Result, Story};

use super::{TABLE, start_both, whereabouts};
use crate::cluster::{Cluster, WEB};
use crate::director::Director;
use crate::file;
use crate::load::Load;

/// The document's `deadtime`, which its file leaves at the default, and a second.
const TAKE_OVER: Duration = Duration::from_secs(5 + 1);

/// The default `keepalive`, and a second.
const FAILBACK: Duration = Duration::from_secs(2 + 1);

/// How long TCP may wait, behind an outage of some seconds, before it tries again.
const STALL: Duration = Duration::from_secs(13);

/// How soon a client that waits for the take-over tries again.
pub(super) const IMPATIENCE: Duration = Duration::from_millis(100);

/// How long one waits who wants the answer itself: less than TCP does before it sends again,
/// so that a packet that got lost is a failure.
const PATIENCE: Duration = Duration::from_millis(900);

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut cluster = Cluster::new(story)?;
    start_both(story, &mut cluster, &file::redundant()?)?;
    daemons(story, &cluster, ["master", "backup"])?;
    let load = Load::start(&[&cluster.client2], WEB, IMPATIENCE);
    let download = begin_download(story, &cluster)?;

    story.step("The director's cables are pulled, halfway between two heartbeats.");
    cluster.secours.hear()?;
    std::thread::sleep(Duration::from_secs(1));
    cluster.unplug()?;
    let pulled = Instant::now();
    let what = "the first answer comes within deadtime + 1 s";
    story.took(what, TAKE_OVER, load.first_answer(pulled)?);
    whereabouts(story, &cluster, "secours")?;
    serves_alone(story, &cluster)?;
    goes_on(story, &cluster.secours, &download)?;
    cluster.directeur.show_log(story, pulled);
    cluster.secours.show_log(story, pulled);

    story.step("The cables are back. The original's rules leave the service where it is.");
    let plugged = Instant::now();
    cluster.plug()?;
    let wait = Duration::from_secs(5);
    let words = "Local NIC link(s) restored";
    cluster.directeur.log.wait(plugged, words, wait)?;
    // Two heartbeats of either side.
    std::thread::sleep(Duration::from_secs(4));
    cluster.directeur.show_log(story, plugged);
    whereabouts(story, &cluster, "secours")?;

    story.step("Failback: secours stops, and says so.");
    story.stands_for(&cluster.secours.host, "systemctl stop pulse");
    let stopped = Instant::now();
    cluster.secours.stop()?;
    let what = "the first answer comes within keepalive + 1 s";
    story.took(what, FAILBACK, load.first_answer(stopped)?);
    story.stands_for(&cluster.secours.host, "systemctl start pulse");
    cluster.secours.start(&file::redundant()?)?;
    cluster.directeur.show_log(story, stopped);
    cluster.secours.show_log(story, stopped);
    whereabouts(story, &cluster, "directeur")?;
    daemons(story, &cluster, ["master", "backup"])?;
    goes_on(story, &cluster.directeur, &download)?;
    let tally = load.stop();
    story.show([format!(
        "{} requests in all, {} answered, by {}",
        tally.count(),
        tally.answered(),
        tally.servers()
    )]);
    end_download(story, download)
}

/// Begins a download of 40 seconds, and waits until secours knows its connection.
pub(super) fn begin_download(story: &mut Story, cluster: &Cluster) -> Result<Download> {
    story.step("The client begins a download of 40 seconds; secours learns its connection.");
    let download = cluster.client.download(WEB, Duration::from_secs(40))?;
    let client = "10.0.2.15".parse::<std::net::IpAddr>()?;
    let synced = || -> Result<bool> {
        let known = cluster.secours.host.connections()?;
        Ok(known.iter().any(|it| {
            it.client == client
                && it.state == ConnectionState::ESTABLISHED
                && it.origin == Some(Origin::Synced)
        }))
    };
    story.takes("the backup knows it", Duration::from_secs(5), synced)?;
    Ok(download)
}

/// Checks that lines come in through a director.
pub(super) fn goes_on(story: &mut Story, director: &Director, download: &Download) -> Result<()> {
    let before = download.received();
    let what = "the download goes on";
    story.takes(what, STALL, || Ok(download.received() > before))?;
    let connections = director.host.connections()?;
    let its = |line: &&Line| line.state == ConnectionState::ESTABLISHED;
    story.show(connections.iter().filter(its));
    Ok(())
}

/// Waits for the download's end, and checks that nothing of it is missing.
pub(super) fn end_download(story: &mut Story, download: Download) -> Result<()> {
    story.step("The download goes on through all of this.");
    let taken = download.finish()?;
    let what = "it is whole, and lost no more than the outages";
    story.took(what, Duration::from_secs(60), taken);
    Ok(())
}

/// Checks that secours has the table, and lets every client in.
pub(super) fn serves_alone(story: &mut Story, cluster: &Cluster) -> Result<()> {
    cluster.secours.serve()?;
    let table = cluster.secours.table()?.join("\n");
    story.check("its table is the file's", TABLE.join("\n"), table);
    let load = Load::start(&[&cluster.client2], WEB, PATIENCE);
    std::thread::sleep(Duration::from_secs(2));
    let failures = load.stop().failures();
    story.check("from then on no request fails", "", failures.join("; "));
    Ok(())
}

/// Checks which sync daemon runs on directeur, and which on secours.
pub(super) fn daemons(story: &mut Story, cluster: &Cluster, wanted: [&str; 2]) -> Result<()> {
    story.eventually("the sync daemons", wanted.join(", "), || {
        let both = [&cluster.directeur, &cluster.secours];
        let roles = both.map(|director| -> Result<String> {
            let daemons = director.ipvs.daemons()?;
            let roles: Vec<String> = daemons.iter().map(|it| it.role.to_string()).collect();
            Ok(roles.join(" and "))
        });
        let [directeur, secours] = roles;
        Ok(format!("{}, {}", directeur?, secours?))
    })
}
