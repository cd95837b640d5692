//! Where one test happens: a network namespace of its own, its client, and a folder for
//! the control sockets of the programs that run in it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ipvs_core::{Client, Namespace, NamespaceSource, Options};
use tempfile::TempDir;

use crate::kernel::Kernel;
use crate::program::Program;

/// How long anything may take that has to happen: emulated machines are slow.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The program.
pub const LVS: &str = env!("CARGO_BIN_EXE_lvs");

/// A new network namespace in which `lo` is up, and a client of it.
pub struct Site {
    #[allow(dead_code, reason = "a test may ask which kernel runs")]
    pub kernel: Kernel,
    pub client: Client,
    pub namespace: Namespace,
    /// `LVS_RUN_DIR` of what runs here; for files too.
    pub run: TempDir,
}

impl Site {
    pub fn new(kernel: Kernel) -> Self {
        let client = Client::open(&Options::new().with_namespace(NamespaceSource::New)).unwrap();
        let namespace = client.namespace().unwrap();
        let run = tempfile::tempdir().unwrap();
        let site = Site {
            kernel,
            client,
            namespace,
            run,
        };
        site.sh("busybox ip link set lo up");
        site
    }

    /// Runs a line of shell here; it must succeed.
    pub fn sh(&self, line: &str) -> String {
        let output = self.inside(|| Command::new("dash").args(["-ec", line]).output());
        let output = output.unwrap();
        let (stdout, stderr) = (output.stdout.escape_ascii(), output.stderr.escape_ascii());
        assert!(
            output.status.success(),
            "`{line}` failed: {stdout} {stderr}"
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs code on a thread here.
    pub fn inside<T: Send>(&self, body: impl FnOnce() -> T + Send) -> T {
        self.namespace.run(body).unwrap()
    }

    /// Starts an applet of `lvs` here.
    pub fn start(&self, applet: &str, words: &[&str]) -> Program {
        self.start_program(Path::new(LVS), applet, words)
    }

    /// The same by another copy of it.
    pub fn start_program(&self, lvs: &Path, applet: &str, words: &[&str]) -> Program {
        let mut command = Command::new(lvs);
        command
            .arg(applet)
            .args(words)
            .env("LVS_RUN_DIR", self.run.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        Program::watch(self.inside(|| command.spawn()).unwrap())
    }

    /// Writes a file into the folder, and gives its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.run.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The dests of a service, as in `10.0.3.100:8080 1`; none of one that is not there.
    pub fn dests(&self, service: &str) -> Vec<String> {
        let entries = self.client.dests(&service.parse().unwrap());
        let entries = entries.unwrap_or_default();
        let dests = entries.iter().map(|entry| entry.dest);
        dests
            .map(|dest| format!("{} {}", dest.key, dest.weight))
            .collect()
    }

    /// Waits until a service has these dests.
    pub fn expect(&self, service: &str, dests: &[&str]) {
        until(&format!("{service}: {dests:?}"), || {
            self.dests(service) == dests
        });
    }
}

/// Waits until something is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
