//! The same by VRRP: faster, and the primary comes back by itself.

use std::time::{Duration, Instant};

use lab::{Result, Story};
use lvs::config::Config;

use super::heartbeat::{IMPATIENCE, begin_download, daemons, end_download, goes_on, serves_alone};
use super::{start_each, whereabouts};
use crate::cluster::{Cluster, WEB};
use crate::file;
use crate::load::Load;

/// Three advertisements of a second, and a second.
const TAKE_OVER: Duration = Duration::from_secs(3 + 1);

/// A farewell leaves the skew alone to wait for, (256 - 253) / 256 s, and two seconds.
const FAREWELL: Duration = Duration::from_millis(12 + 2000);

/// From one director's addresses to the other's.
const GAP: Duration = Duration::from_secs(1);

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut cluster = Cluster::new(story)?;
    let of = |priority| -> Result<Config> {
        let mut file = file::redundant()?;
        file.vrrp_id = Some(51);
        // The skew is (256 - priority) / 256 s: next to nothing for both.
        file.vrrp_priority = Some(priority);
        // Who takes over within a second has no time to start checkers.
        file.hot_standby = true;
        Ok(file)
    };
    story.show(["vrrp_id = 51", "hot_standby = 1"]);
    story.show(["vrrp_priority = 254, and 253 on secours"]);
    start_each(story, &mut cluster, [&of(254)?, &of(253)?])?;
    cluster.secours.know()?;
    daemons(story, &cluster, ["master", "backup"])?;
    let load = Load::start(&[&cluster.client2], WEB, IMPATIENCE);
    let download = begin_download(story, &cluster)?;

    story.step("The director's cables are pulled.");
    cluster.unplug()?;
    let pulled = Instant::now();
    let what = "the first answer comes within 3 advertisements + 1 s";
    story.took(what, TAKE_OVER, load.first_answer(pulled)?);
    whereabouts(story, &cluster, "secours")?;
    serves_alone(story, &cluster)?;
    goes_on(story, &cluster.secours, &download)?;
    cluster.directeur.show_log(story, pulled);
    cluster.secours.show_log(story, pulled);

    story.step("The cables are back: directeur has the higher priority, and takes over.");
    let plugged = Instant::now();
    cluster.plug()?;
    let words = "partner of lower priority: activating lvs";
    let wait = Duration::from_secs(10);
    let takes = cluster.directeur.log.wait(plugged, words, wait)?;
    story.took("the gap is short", GAP, load.first_answer(takes)?);
    whereabouts(story, &cluster, "directeur")?;
    cluster.directeur.serve()?;
    let back = load.so_far().since(takes);
    story.check("no client met the sorry server", 0, back.excuses());
    cluster.directeur.show_log(story, plugged);
    cluster.secours.show_log(story, plugged);

    story.step("directeur stops, and says so: priority 0.");
    story.stands_for(&cluster.directeur.host, "systemctl stop pulse");
    let stopped = Instant::now();
    cluster.directeur.stop()?;
    let what = "the first answer comes within the skew + 2 s";
    story.took(what, FAREWELL, load.first_answer(stopped)?);
    cluster.secours.show_log(story, stopped);
    whereabouts(story, &cluster, "secours")?;
    drop(load.stop());
    end_download(story, download)
}
