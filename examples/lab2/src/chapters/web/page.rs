//! `lvs web` on a director.

use std::process::Stdio;
use std::time::{Duration, Instant};

use lab::{Result, Story};

use crate::director::Director;
use crate::processes::Running;

/// Where the page is, for who is on the director.
pub(super) const SITE: &str = "http://127.0.0.1:3636";

/// What opens it.
pub(super) const PASSWORD: &str = "piranha and pike";

/// How long it may take to come up on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The running page.
pub(super) struct Page {
    _program: Running,
}

impl Page {
    /// Sets the password and starts the page beside a director's pulse.
    ///
    /// # Errors
    /// When either does not work.
    pub(super) fn start(story: &mut Story, director: &Director) -> Result<Self> {
        story.step("The page is started there; it wants a password first.");
        let passwords = director.folder().join("lvs.passwd");
        let set = "lvs passwd /etc/sysconfig/ha/lvs.passwd";
        story.stands_for(&director.host, &format!("echo '{PASSWORD}' | {set}"));
        let program = director.program()?;
        let script = format!("echo '{PASSWORD}' | \"$0\" passwd \"$1\"");
        let words = [program.get_program(), passwords.as_os_str()];
        let words = words.map(|word| word.to_string_lossy());
        let [lvs, file] = words.each_ref().map(AsRef::as_ref);
        director.host.command("bash", &["-c", &script, lvs, file])?;

        story.stands_for(&director.host, "systemctl start web");
        let mut program = director.program()?;
        program
            .args(["web", "-c"])
            .arg(director.file())
            .arg("--passwd")
            .arg(passwords)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let start = Instant::now();
        let mut program = Running(director.host.spawn(&mut program)?);
        if let Some(stream) = program.0.stderr.take() {
            director.log.follow(stream);
        }
        director.log.wait(start, SITE, PATIENCE)?;
        director.show_log(story, start);
        Ok(Self { _program: program })
    }
}
