//! The service manager of a director: does what `boot/pulse.service` asks of systemd.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lab::{Host, Result};
use rustix::process::Signal;

use crate::log::Log;
use crate::processes::Process;

/// The unit that is shipped.
const FILE: &str = include_str!("../../lvs/boot/pulse.service");

/// Where it expects the file of the cluster.
const CONFIG: &str = "/etc/sysconfig/ha/lvs.cf";

/// How long systemd waits before it restarts, unless told otherwise.
const RESTART: Duration = Duration::from_millis(100);

/// How long a stopping program may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A running unit: its program is started again whenever it ends, unless on purpose.
#[derive(Debug)]
pub(crate) struct Unit {
    stopping: Arc<AtomicBool>,
    /// The process, 0 while there is none.
    pid: Arc<AtomicU32>,
    thread: JoinHandle<()>,
}

impl Unit {
    /// Starts the unit's program on a host: our own binary, with this file of the cluster
    /// and this folder for what it keeps while it runs.
    ///
    /// # Errors
    /// When the host's namespace is gone.
    pub(crate) fn start(host: &Host, config: &Path, folder: &Path, log: &Log) -> Result<Self> {
        let mut words = command_line();
        for word in words.iter_mut().filter(|word| *word == CONFIG) {
            *word = config.to_string_lossy().into_owned();
        }
        let mut command = program(folder)?;
        command
            .args(words.iter().skip(1))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let (stopping, pid) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let (namespace, log) = (host.namespace().try_clone()?, log.clone());
        let (seen, number) = (Arc::clone(&stopping), Arc::clone(&pid));
        let spawn = move || namespace.run(|| command.spawn())?;
        let thread = std::thread::spawn(move || keep(spawn, &log, &seen, &number));
        Ok(Self {
            stopping,
            pid,
            thread,
        })
    }

    /// Has the program read its file again.
    ///
    /// # Errors
    /// When it does not run.
    pub(crate) fn reload(&self) -> Result<()> {
        self.signal(Signal::HUP)
    }

    /// Ends the program, and waits for that.
    ///
    /// # Errors
    /// When it takes more than fifteen seconds: then it was killed.
    pub(crate) fn stop(self) -> Result<()> {
        self.stopping.store(true, Ordering::SeqCst);
        let start = Instant::now();
        // It may be between two lives.
        let mut told = 0;
        while !self.thread.is_finished() {
            let pid = self.pid.load(Ordering::SeqCst);
            if pid != told {
                told = pid;
                let _ = self.signal(Signal::TERM);
            }
            if start.elapsed() > PATIENCE {
                let _ = self.signal(Signal::KILL);
                return Err(format!("pulse did not end within {PATIENCE:?}").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let process = Process {
            pid: self.pid.load(Ordering::SeqCst),
            words: vec!["pulse".to_owned()],
        };
        process.signal(signal)
    }
}

/// Runs the program again and again until it shall stop, or ends on purpose.
fn keep(
    mut spawn: impl FnMut() -> io::Result<Child>,
    log: &Log,
    stopping: &AtomicBool,
    pid: &AtomicU32,
) {
    while !stopping.load(Ordering::SeqCst) {
        match spawn() {
            Ok(mut child) => {
                pid.store(child.id(), Ordering::SeqCst);
                if let Some(stream) = child.stderr.take() {
                    log.follow(stream);
                }
                let ended = child.wait();
                pid.store(0, Ordering::SeqCst);
                if ended.is_ok_and(|status| status.success()) {
                    return;
                }
            }
            Err(error) => log.add(&format!("unit: {error}")),
        }
        std::thread::sleep(RESTART);
    }
}

/// The words of the unit's `ExecStart`.
fn command_line() -> Vec<String> {
    let lines = FILE.lines();
    let line = lines.filter_map(|line| line.strip_prefix("ExecStart="));
    line.flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect()
}

/// Our own binary, to be run with this folder for what it keeps while it runs.
///
/// # Errors
/// When it is not built.
pub(crate) fn program(folder: &Path) -> Result<Command> {
    // A copy of its own: that a guest reads its host's files slowly is no fact of the lab.
    let program = folder.join("lvs");
    if !program.exists() {
        std::fs::copy(binary()?, &program)?;
    }
    let mut command = Command::new(program);
    command.env("LVS_RUN_DIR", folder);
    Ok(command)
}

/// The binary `lvs`, which is built into the same folder as this program.
fn binary() -> Result<std::path::PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("lvs");
    if !binary.exists() {
        return Err(format!("{}: build it first", binary.display()).into());
    }
    Ok(binary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_runs_pulse_in_the_foreground() {
        let wanted = ["/usr/local/sbin/lvs", "pulse", "--nofork", "-c", CONFIG];
        assert_eq!(command_line(), wanted);
        let settings = [
            "Restart=always",
            "RestartPreventExitStatus=0",
            "KillMode=process",
        ];
        for setting in settings {
            assert!(FILE.lines().any(|line| line == setting), "{setting}");
        }
    }

    #[test]
    fn it_comes_back_until_it_ends_on_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let lives = folder.path().join("lives");
        let mut command = Command::new("sh");
        let script = "echo alive >>$0; test $(wc -l <$0) = 3";
        command.arg("-c").arg(script).arg(&lives);
        command.stderr(Stdio::piped());
        keep(|| command.spawn(), &Log::new(), &false.into(), &0.into());
        let lived = std::fs::read_to_string(&lives).unwrap();
        assert_eq!(lived.lines().count(), 3);
    }
}
