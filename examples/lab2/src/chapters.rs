//! The chapters, and what several of them say.

mod heartbeat;
mod killed;
mod readme;
mod reload;
mod servers;
mod split;
mod start;
mod vrrp;
mod web;

use std::time::Instant;

use lab::book::Chapter;
use lab::{Result, Story};
use lvs::config::Config;

use crate::cluster::Cluster;

/// Every chapter, in the order of telling.
#[rustfmt::skip]
pub(crate) const CHAPTERS: &[Chapter] = &[
    Chapter { name: "start", title: "The document's file, and its log", tell: start::tell },
    Chapter { name: "servers", title: "Servers fail and come back", tell: servers::tell },
    Chapter { name: "heartbeat", title: "The cable is pulled, with the original heartbeat", tell: heartbeat::tell },
    Chapter { name: "vrrp", title: "The cable is pulled, with VRRP", tell: vrrp::tell },
    Chapter { name: "split", title: "Two directors that do not hear each other", tell: split::tell },
    Chapter { name: "reload", title: "The file changes under load", tell: reload::tell },
    Chapter { name: "web", title: "Somebody sets the cluster up in a browser", tell: web::tell },
    Chapter { name: "killed", title: "Programs are killed under load", tell: killed::tell },
    Chapter { name: "readme", title: "What the README has people type", tell: readme::tell },
];

/// The table of the document's service, without its counters.
const TABLE: [&str; 3] = [
    "TCP  10.0.2.100:80 rr",
    "  -> 10.0.3.100:8080 Masq 1",
    "  -> 10.0.3.150:8080 Masq 1",
];

/// The floating addresses of the director that serves.
const FLOATING: &str = "eth0:0 10.0.2.100/24, eth1:0 10.0.3.200/24";

/// Starts pulse on both directors with the same file, and waits until directeur serves.
fn start_both(story: &mut Story, cluster: &mut Cluster, file: &Config) -> Result<()> {
    start_each(story, cluster, [file, file])
}

/// The same with a file for each, directeur's first.
fn start_each(story: &mut Story, cluster: &mut Cluster, files: [&Config; 2]) -> Result<()> {
    story.step("Both directors start with their file; directeur is its primary.");
    let start = Instant::now();
    let both = [&mut cluster.directeur, &mut cluster.secours];
    for (director, file) in both.into_iter().zip(files) {
        story.stands_for(&director.host, "systemctl start pulse");
        director.start(file)?;
    }
    cluster.directeur.serve()?;
    cluster.directeur.show_log(story, start);
    cluster.secours.show_log(story, start);
    whereabouts(story, cluster, "directeur")
}

/// Checks that one director serves and has the floating addresses, and the other not.
fn whereabouts(story: &mut Story, cluster: &Cluster, serving: &str) -> Result<()> {
    let waiting = match serving {
        "directeur" => "secours",
        _ => "directeur",
    };
    let describe = || -> Result<String> {
        let both = [&cluster.directeur, &cluster.secours];
        let mut told = Vec::new();
        for director in both {
            let floating = director.floating()?;
            if director.is_active() || !floating.is_empty() {
                told.push(format!("{}: {}", director.host.name(), floating.join(", ")));
            }
        }
        Ok(told.join("; "))
    };
    let what = format!("{serving} serves, and {waiting} waits");
    story.eventually(&what, format!("{serving}: {FLOATING}"), describe)
}
