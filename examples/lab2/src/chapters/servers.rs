//! What the nannies are for: a server fails and comes back, by removal or by weight 0,
//! and when the last one has failed the sorry server answers.

use std::time::Duration;

use lab::site::turns;
use lab::{Result, Story};
use lvs::config::Config;
use rustix::process::Signal;

use super::TABLE;
use crate::cluster::{Cluster, EXCUSE, WEB};
use crate::director::Director;
use crate::file;
use crate::load::Load;

/// The document's `timeout`, and a second for the check itself.
const TIMEOUT: Duration = Duration::from_secs(6 + 1);

/// The document's `reentry`, and the same second.
const REENTRY: Duration = Duration::from_secs(15 + 1);

/// The table without the first server, without the second, with the second one at rest,
/// and with none but the sorry server.
const WITHOUT_1: [&str; 2] = [TABLE[0], TABLE[2]];
const WITHOUT_2: [&str; 2] = [TABLE[0], TABLE[1]];
const RESTING_2: [&str; 3] = [TABLE[0], TABLE[1], "  -> 10.0.3.150:8080 Masq 0"];
const SORRY: [&str; 2] = [TABLE[0], "  -> 10.0.2.200:80 Masq 1"];

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut cluster = Cluster::new(story)?;
    story.step("One director, without persistence: a client meets both servers.");
    let mut file = file::single()?;
    cluster.secours.start(&file)?;
    cluster.secours.serve()?;
    becomes(
        story,
        &cluster.secours,
        "both servers are in the table",
        &TABLE,
        TIMEOUT,
    )?;
    fail(story, &mut cluster)?;
    quiesce(story, &mut cluster, &mut file)?;
    excuse(story, &mut cluster)?;
    force(story, &cluster)
}

/// Checks that the table becomes these lines in time.
fn becomes(
    story: &mut Story,
    director: &Director,
    what: &str,
    wanted: &[&str],
    limit: Duration,
) -> Result<Duration> {
    let taken = story.takes(what, limit, || Ok(without_rest(director)? == wanted))?;
    story.show(director.table()?);
    Ok(taken)
}

/// The table without a sorry server that is at rest: it has weight 0 for as long as it has
/// connections.
fn without_rest(director: &Director) -> Result<Vec<String>> {
    let mut table = director.table()?;
    table.retain(|line| line != "  -> 10.0.2.200:80 Masq 0");
    Ok(table)
}

fn fail(story: &mut Story, cluster: &mut Cluster) -> Result<()> {
    story.step("serveur1's web server dies.");
    cluster.servers[0].fall();
    let what = "it is removed within timeout (6 s)";
    becomes(story, &cluster.secours, what, &WITHOUT_1, TIMEOUT)?;
    let answers = cluster.client.get_times(WEB, 4)?;
    story.check("requests meet the other", "2, 2, 2, 2", turns(&answers));

    story.step("It is back. reentry / timeout = 15 / 6: two good checks in a row.");
    cluster.servers[0].rise()?;
    let what = "it has entered again after reentry (15 s)";
    let taken = becomes(story, &cluster.secours, what, &TABLE, REENTRY)?;
    // The first of the two may come at once, the second an interval later.
    let patient = taken > Duration::from_millis(5500);
    story.check("and not at its first sign of life", true, patient);
    let answers = cluster.client.get_times(WEB, 2)?;
    let mut answers = [turns(&answers[..1]), turns(&answers[1..])];
    answers.sort();
    story.check("both answer", "1, 2", answers.join(", "));
    Ok(())
}

fn quiesce(story: &mut Story, cluster: &mut Cluster, file: &mut Config) -> Result<()> {
    story.step("Quiesce server: Yes. The file changes, and is read while all goes on.");
    file::web(file)?.quiesce_server = true;
    story.stands_for(&cluster.secours.host, "systemctl reload pulse");
    cluster.secours.reload(file)?;
    let mut held = [cluster.client.hold(WEB)?, cluster.client.hold(WEB)?];
    held.sort_by_key(|held| held.server.clone());
    cluster.servers[1].fall();
    let what = "serveur2 fails: it keeps its place with weight 0";
    becomes(story, &cluster.secours, what, &RESTING_2, TIMEOUT)?;
    let answers = cluster.client.get_times(WEB, 4)?;
    story.check(
        "new connections meet the other",
        "1, 1, 1, 1",
        turns(&answers),
    );
    let again = held[1].ask_again()?;
    story.check("an open connection to it goes on", "2", turns(&[again]));
    cluster.servers[1].rise()?;
    let what = "it is back: its weight returns after reentry";
    becomes(story, &cluster.secours, what, &TABLE, REENTRY)?;
    file::web(file)?.quiesce_server = false;
    cluster.secours.reload(file)
}

fn excuse(story: &mut Story, cluster: &mut Cluster) -> Result<()> {
    story.step("Both servers die: the sorry server 10.0.2.200 answers.");
    for server in &mut cluster.servers {
        server.fall();
    }
    let what = "it is the only one within timeout";
    becomes(story, &cluster.secours, what, &SORRY, TIMEOUT)?;
    story.check("what the client reads", EXCUSE, cluster.client.get(WEB)?);

    story.step("They are back: the sorry server goes when they have entered, not before.");
    let load = Load::start(&[&cluster.client2], WEB, Duration::from_secs(5));
    for server in &mut cluster.servers {
        server.rise()?;
    }
    becomes(
        story,
        &cluster.secours,
        "the table is as before",
        &TABLE,
        REENTRY,
    )?;
    let tally = load.stop();
    story.show([format!(
        "{} requests, by {}",
        tally.count(),
        tally.servers()
    )]);
    story.check("none of them failed", "", tally.failures().join("; "));
    Ok(())
}

fn force(story: &mut Story, cluster: &Cluster) -> Result<()> {
    let secours = &cluster.secours;
    story.step("An administrator forces serveur2 down by a signal to its nanny, and lets it go.");
    let nannies = secours.processes()?;
    let nanny = nannies
        .iter()
        .find(|it| it.words.iter().any(|word| word == "10.0.3.150"))
        .ok_or("no nanny checks serveur2")?;
    let second = Duration::from_secs(2);
    story.stands_for(&secours.host, &format!("kill -USR1 {}", nanny.pid));
    nanny.signal(Signal::USR1)?;
    becomes(
        story,
        secours,
        "opaque glasses on: it is out at once",
        &WITHOUT_2,
        second,
    )?;
    story.stands_for(&secours.host, &format!("kill -HUP {}", nanny.pid));
    nanny.signal(Signal::HUP)?;
    becomes(
        story,
        secours,
        "glasses off: it is in again",
        &TABLE,
        second,
    )?;
    Ok(())
}
