//! What the programs of a director say, with the moment at which they said it.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lab::Result;

/// A director's log: the standard error of all its programs.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    start: Instant,
    lines: Arc<Mutex<Vec<Line>>>,
}

/// One line. It prints with the seconds since the log began, and without the process.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// When it was read.
    pub(crate) at: Instant,
    /// The program: `pulse`.
    program: String,
    /// Its words, with `N` for a process.
    pub(crate) words: String,
    since: Duration,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.since.as_secs_f32();
        write!(f, "{seconds:6.2} {}: {}", self.program, self.words)
    }
}

impl Log {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            lines: Arc::default(),
        }
    }

    /// Takes in what comes from a program and those that it starts, until the last ends.
    pub(crate) fn follow(&self, stream: impl Read + Send + 'static) {
        let log = self.clone();
        std::thread::spawn(move || {
            let lines = BufReader::new(stream).lines();
            lines
                .map_while(std::result::Result::ok)
                .for_each(|line| log.add(&line));
        });
    }

    /// A line as a program wrote it: `pulse[4711]: STARTING PULSE AS MASTER`.
    pub(crate) fn add(&self, text: &str) {
        let (program, words) = text.split_once(": ").unwrap_or(("?", text));
        let at = Instant::now();
        let line = Line {
            at,
            program: program.split('[').next().unwrap_or(program).to_owned(),
            words: nameless(words),
            since: at - self.start,
        };
        self.lock().push(line);
    }

    /// What was said from a moment on.
    pub(crate) fn since(&self, moment: Instant) -> Vec<Line> {
        let lines = self.lock();
        lines
            .iter()
            .filter(|line| line.at >= moment)
            .cloned()
            .collect()
    }

    /// Waits for a line that holds these words: when it came.
    ///
    /// # Errors
    /// When it does not come; then with what came instead.
    pub(crate) fn wait(&self, since: Instant, words: &str, limit: Duration) -> Result<Instant> {
        let deadline = Instant::now() + limit;
        loop {
            let lines = self.since(since);
            if let Some(line) = lines.iter().find(|line| line.words.contains(words)) {
                return Ok(line.at);
            }
            if Instant::now() > deadline {
                let lines: Vec<String> = lines.iter().map(|line| format!("\n{line}")).collect();
                return Err(format!("nobody said {words:?}, but:{}", lines.concat()).into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The words without the number of a process, which is another one each time.
fn nameless(words: &str) -> String {
    match words.split_once("running as pid ") {
        Some((before, pid)) => {
            let after = pid.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}running as pid N{after}")
        }
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_kept_without_its_processes() {
        let log = Log::new();
        let start = Instant::now();
        log.add("lvsd[71]: create_monitor for LVS_NAT/serveur1 running as pid 72");
        log.add("pulse[70]: gratuitous lvs arps finished");
        let words: Vec<String> = log
            .since(start)
            .into_iter()
            .map(|line| line.words)
            .collect();
        let wanted = [
            "create_monitor for LVS_NAT/serveur1 running as pid N",
            "gratuitous lvs arps finished",
        ];
        assert_eq!(words, wanted);
        let mut line = log.since(start).remove(1);
        line.since = Duration::from_millis(1500);
        assert_eq!(
            line.to_string(),
            "  1.50 pulse: gratuitous lvs arps finished"
        );
        assert!(log.wait(start, "arps", Duration::ZERO).is_ok());
        assert!(log.wait(start, "harps", Duration::ZERO).is_err());
    }
}
