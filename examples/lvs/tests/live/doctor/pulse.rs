//! A pair of directors.

use std::path::Path;
use std::process::Command;

use lab::Site;
use lvs::doctor::Code;
use lvs::{control, status};

use super::patient::Lab;
use super::table::FILE;
use crate::harness::{Test, tests};
use crate::site::{self, until};

pub fn tests() -> Vec<Test> {
    tests![nobody_who_would_take_over]
}

/// Ends the pulse that a cure began.
struct End<'a>(&'a Lab);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let socket = self.0.folder.path().join("pulse.sock");
        let Ok(answer) = control::ask(&socket, "status") else {
            return;
        };
        let pulse: status::Pulse = serde_json::from_str(&answer).unwrap();
        let pid = pulse.pid.to_string();
        Command::new("kill").arg(&pid).status().unwrap();
        until("pulse ends", || !Path::new("/proc").join(&pid).exists());
    }
}

fn nobody_who_would_take_over(_: &site::Site) {
    let site = Site::lab1().unwrap();
    site.director.forward().unwrap();
    for server in &site.servers {
        server.ip(&["route add default via 10.0.3.200"]).unwrap();
    }
    let lab = Lab::new(site, "nat", 80);
    let pair = "backup_active = 1\nbackup = 10.0.2.51\nbackup_private = 10.0.3.16\n\
        heartbeat = 1\nkeepalive = 1\ndeadtime = 2\n";
    let file = lab.file(&format!("{pair}{FILE}"));
    let _end = End(&lab);
    let client = &lab.site.client;
    assert!(lab.starves(client));
    let director = &lab.site.director;
    lab.treat_host(director, &["-c", &file], &[Code::PulseNotRunning], || {
        // Nobody answers as its partner, so that it serves.
        until("pulse has taken over", || lab.serves(client));
    });
}
