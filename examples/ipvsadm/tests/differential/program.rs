//! One run of a program: what is typed, and what comes of it.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

/// Longer than any run takes; one that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is typed at a program: words, standard input, its own name.
#[derive(Clone, Debug)]
pub struct Typed {
    pub words: Vec<OsString>,
    pub input: Vec<u8>,
    called: OsString,
    nobody: bool,
}

impl Typed {
    /// These words, as they are.
    pub fn words<S: Into<OsString>>(words: impl IntoIterator<Item = S>) -> Self {
        Typed {
            words: words.into_iter().map(Into::into).collect(),
            input: Vec::new(),
            called: "ipvsadm".into(),
            nobody: false,
        }
    }

    /// With this text on standard input, which is empty otherwise.
    pub fn with_input(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.input = text.into();
        self
    }

    /// By this name instead of `ipvsadm`.
    pub fn called(mut self, name: impl Into<OsString>) -> Self {
        self.called = name.into();
        self
    }

    /// By a user without any privilege.
    pub fn by_nobody(mut self) -> Self {
        self.nobody = true;
        self
    }

    /// Runs a program with an empty environment and nothing but this.
    pub fn run(&self, program: &Path) -> Outcome {
        let mut command = Command::new(program);
        command.arg0(&self.called).args(&self.words);
        command.env_clear().current_dir("/");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(match self.input.is_empty() {
            true => Stdio::null(),
            false => Stdio::piped(),
        });
        if self.nobody {
            command.uid(65534).gid(65534);
        }
        let mut child = command.spawn().unwrap();
        let watch = Watch::over(child.id());
        if let Some(mut stdin) = child.stdin.take() {
            // Who ends before reading all of it has said why.
            let _ = stdin.write_all(&self.input);
        }
        let output = child.wait_with_output().unwrap();
        assert!(
            !watch.end(),
            "`{self}` did not end within {PATIENCE:?}: {program:?}"
        );
        Outcome {
            stdout: output.stdout,
            stderr: output.stderr,
            status: output.status,
        }
    }
}

/// A line of words between blanks; `''` is an empty one.
impl From<&str> for Typed {
    fn from(line: &str) -> Self {
        let unquoted = |word| if word == "''" { "" } else { word };
        Typed::words(
            line.split(' ')
                .filter(|word| !word.is_empty())
                .map(unquoted),
        )
    }
}

impl From<&String> for Typed {
    fn from(line: &String) -> Self {
        line.as_str().into()
    }
}

/// As one would type it into a shell, nearly.
impl fmt::Display for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nobody {
            f.write_str("nobody$ ")?;
        }
        write!(f, "{}", self.called.to_string_lossy())?;
        for word in &self.words {
            match word.to_str() {
                Some(plain) if !plain.is_empty() && !plain.contains([' ', '\t', '\n']) => {
                    write!(f, " {plain}")?;
                }
                _ => write!(f, " {word:?}")?,
            }
        }
        if !self.input.is_empty() {
            write!(f, " <<< \"{}\"", self.input.escape_ascii())?;
        }
        Ok(())
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub status: ExitStatus,
}

impl Outcome {
    /// What was printed.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// What was complained about.
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// What was printed, by a run that had nothing to complain about.
    pub fn success(&self) -> String {
        assert!(self.status.success() && self.stderr.is_empty(), "{self}");
        self.text()
    }
}

/// The lines in which one outcome is not the other.
pub struct Difference<'a>(pub &'a Outcome, pub &'a Outcome);

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference(original, ours) = self;
        if original.status != ours.status {
            writeln!(f, "  {} and not {}", original.status, ours.status)?;
        }
        for (name, original, ours) in [
            ("stdout", &original.stdout, &ours.stdout),
            ("stderr", &original.stderr, &ours.stderr),
        ] {
            let [original, ours] = [original, ours].map(|bytes| {
                let lines = bytes.split_inclusive(|byte| *byte == b'\n');
                lines.collect::<Vec<_>>()
            });
            let differ = |n: &usize| original.get(*n) != ours.get(*n);
            for n in (0..original.len().max(ours.len())).filter(differ).take(4) {
                for (whose, lines) in [("the original's", &original), ("ours", &ours)] {
                    let line = lines
                        .get(n)
                        .map_or("-".to_owned(), |line| line.escape_ascii().to_string());
                    writeln!(f, "  {name}:{} {whose}: {line}", n + 1)?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        for (stream, bytes) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                write!(f, "\n    {stream}: {}", line.escape_ascii())?;
            }
        }
        Ok(())
    }
}

/// The program that runs now and when it has to have ended; `None` once it was killed.
static WATCHED: Mutex<Option<(u32, Instant)>> = Mutex::new(None);

/// Kills a program that hangs.
struct Watch;

impl Watch {
    fn over(process: u32) -> Self {
        static WATCHMAN: Once = Once::new();
        WATCHMAN.call_once(|| drop(std::thread::spawn(Watch::walk)));
        *WATCHED.lock().unwrap() = Some((process, Instant::now() + PATIENCE));
        Watch
    }

    /// Ends the watch; says whether the program had to be killed.
    fn end(self) -> bool {
        WATCHED.lock().unwrap().take().is_none()
    }

    fn walk() {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let mut watched = WATCHED.lock().unwrap();
            if let Some((process, _)) = watched.take_if(|(_, end)| *end < Instant::now()) {
                let process = process.to_string();
                let kill = ["kill", "-9", &process];
                // One that has just ended can't be killed, and was late all the same.
                let _ = Command::new("busybox").args(kill).status();
            }
        }
    }
}
