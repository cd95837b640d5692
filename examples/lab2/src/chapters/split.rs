//! Split brain: both directors are well and do not hear each other, so both serve; then
//! they hear each other again.

use std::time::{Duration, Instant};

use lab::{Host, Result, Story};

use super::{start_both, whereabouts};
use crate::cluster::{Cluster, WEB};
use crate::file;
use crate::load::Load;

/// The default `deadtime`, and time to start.
const DEAD: Duration = Duration::from_secs(5 + 3);

/// The default `keepalive`, and a second.
const HEALED: Duration = Duration::from_secs(2 + 1);

const DEAF: &str = "\
add table inet split
add chain inet split in { type filter hook input priority 0; }
add rule inet split in udp dport 539 drop";

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut cluster = Cluster::new(story)?;
    start_both(story, &mut cluster, &file::redundant()?)?;

    story.step("The client asks, and knows directeur's hardware address.");
    let [mac, other] = [&cluster.directeur, &cluster.secours].map(|it| link_address(&it.host));
    let (mac, other) = (mac?, other?);
    story.eventually("the client's ARP entry is directeur's", &mac, || {
        neighbour(&cluster.client)
    })?;

    story.step("A firewall swallows the heartbeats of both.");
    for director in [&cluster.directeur, &cluster.secours] {
        director.host.typed();
        director.host.nft(DEAF)?;
        story.typed(&[&director.host]);
    }
    let both = || Ok(cluster.directeur.is_active() && cluster.secours.is_active());
    story.takes("both serve: the brain is split", DEAD, both)?;
    let twice = || Ok(cluster.secours.floating()?.len() == 2);
    story.takes("both have the addresses", DEAD, twice)?;
    story.eventually("the client's ARP entry is secours's", &other, || {
        neighbour(&cluster.client)
    })?;

    story.step("The firewall is gone.");
    for director in [&cluster.directeur, &cluster.secours] {
        director.host.nft("delete table inet split")?;
        story.typed(&[&director.host]);
    }
    let healed = Instant::now();
    let alone = || Ok(cluster.directeur.is_active() && !cluster.secours.is_active());
    story.takes("secours yields at the next heartbeat", HEALED, alone)?;
    whereabouts(story, &cluster, "directeur")?;
    cluster.directeur.show_log(story, healed);
    cluster.secours.show_log(story, healed);
    story.eventually("the client's ARP entry is directeur's again", &mac, || {
        neighbour(&cluster.client)
    })?;
    let load = Load::start(
        &[&cluster.client, &cluster.client2],
        WEB,
        Duration::from_secs(5),
    );
    std::thread::sleep(Duration::from_secs(3));
    let tally = load.stop();
    story.show([format!(
        "{} requests, by {}",
        tally.count(),
        tally.servers()
    )]);
    story.check("none of them failed", "", tally.failures().join("; "));
    Ok(())
}

/// The hardware address of a host's eth0.
fn link_address(host: &Host) -> Result<String> {
    let told = host.command("ip", &["-o", "link", "show", "dev", "eth0"])?;
    word_behind(&told, "link/ether")
}

/// Which hardware address a client has for the virtual one, after a packet to it.
fn neighbour(host: &Host) -> Result<String> {
    // Its answer may come from either, and is not what counts here.
    let _ = host.get_within(WEB, Duration::from_millis(500));
    let told = host.command("ip", &["neigh", "show", "10.0.2.100", "dev", "eth0"])?;
    // None yet, or none any more.
    Ok(word_behind(&told, "lladdr").unwrap_or_default())
}

fn word_behind(text: &str, word: &str) -> Result<String> {
    let mut words = text.split_whitespace().skip_while(|it| *it != word);
    let found = words
        .nth(1)
        .ok_or_else(|| format!("no {word} in {text:?}"))?;
    Ok(found.to_owned())
}
