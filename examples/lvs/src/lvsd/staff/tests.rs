//! With scripts as nannies.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::*;
use crate::nanny::options::{Asked, parse};

/// How long anything may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

struct Lab {
    folder: tempfile::TempDir,
    processes: Processes<Heard>,
    heard: Receiver<Heard>,
}

impl Lab {
    /// One whose own nannies are this script.
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("own");
        let script = script.replace("FOLDER", folder.path().to_str().unwrap());
        fs::write(&own, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        let (sender, heard) = channel();
        Lab {
            processes: Processes::new(own, sender),
            folder,
            heard,
        }
    }

    fn start(&mut self, program: &str, talks: bool) -> io::Result<u32> {
        let job = Job {
            program: program.into(),
            words: vec!["--lvs".into()],
            talks,
        };
        // A process that another test forks at this moment has the script open.
        loop {
            match self.processes.start(0, &job) {
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {}
                other => return other,
            }
        }
    }

    fn hears(&self) -> Heard {
        self.heard.recv_timeout(PATIENCE).unwrap()
    }
}

#[test]
fn what_is_no_text_is_not_heard_and_ends_nobody() {
    let mut lab = Lab::new(r#"printf '\377\n"Ready"\n'; read -r line"#);
    lab.start("nanny", true).unwrap();
    assert_eq!(lab.hears(), Heard::Said(0, Said::Ready));
    lab.processes.let_go(0);
    assert_eq!(lab.hears(), Heard::Ended(0));
}

#[test]
fn an_order_for_a_thousand_services_is_read_whole() {
    // It is told before it reads.
    let mut lab = Lab::new(
        "while [ ! -e FOLDER/go ]; do sleep 0.05; done\n\
         head -n 1 | wc -c >FOLDER/bytes; echo '\"Ready\"'; exec sleep 600",
    );
    lab.start("nanny", true).unwrap();
    let words = "--lvs -h 10.0.3.100 -V 10.0.2.100".split(' ');
    let words = words.map(Into::into).collect();
    let Ok(Asked::Run(run)) = parse(words, &ipvs_core::rules::NoNames) else {
        panic!("no watch");
    };
    let mut watch = run.watch;
    watch.entries = vec![watch.entries[0].clone(); 1000];
    let order = Order::Watch(Box::new(watch));
    lab.processes.tell(0, &order);
    fs::write(lab.folder.path().join("go"), "").unwrap();
    assert_eq!(lab.hears(), Heard::Said(0, Said::Ready));
    let bytes = fs::read_to_string(lab.folder.path().join("bytes")).unwrap();
    assert_eq!(bytes.trim(), line(&order).len().to_string());
}

#[test]
fn another_program_is_found_first_and_started_by_this_one() {
    let mut lab = Lab::new(r#"echo "$*" >FOLDER/words; echo '"Ready"'; exec sleep 600"#);
    let error = lab.start("/nowhere/monitor", false).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    lab.start("/bin/true", false).unwrap();
    assert_eq!(lab.hears(), Heard::Said(0, Said::Ready));
    let words = fs::read_to_string(lab.folder.path().join("words")).unwrap();
    let expected = format!("{} /bin/true --lvs\n", std::process::id());
    assert_eq!(words, expected);
}
