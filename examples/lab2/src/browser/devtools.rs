//! Debian's Chromium without a screen, and the pipe of its DevTools protocol: lines of JSON,
//! each with a zero byte behind it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use lab::{Host, Result};
use serde_json::{Value, json};

use super::PATIENCE;
use crate::processes::Running;

/// How long the browser may take to start: seconds on a machine of its own, minutes on a busy
/// and emulated one.
const START_UP: Duration = Duration::from_secs(600);

/// The pipe's ends are its descriptors 3 and 4. A machine that is thrown away needs no sandbox,
/// and on an emulated one processes are slow to start, and given up as dead when they do: as few
/// as may be. It yields to the cluster, which has deadlines.
const START: &str = "exec nice chromium --headless --remote-debugging-pipe --no-sandbox \
     --no-zygote --disable-gpu --in-process-gpu --disable-gpu-watchdog --disable-hang-monitor \
     --disable-dev-shm-usage --disable-extensions --disable-background-networking \
     --disable-component-update --disable-sync --no-first-run --no-proxy-server \
     --renderer-process-limit=1 --disable-site-isolation-trials \
     --enable-features=NetworkServiceInProcess2 \
     --disable-features=BackForwardCache,ProactivelySwapBrowsingInstance,RenderDocument \
     --user-data-dir=\"$1\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>\"$2\"";

/// A browser with one page.
pub(super) struct Devtools {
    _browser: Running,
    orders: ChildStdin,
    answers: Receiver<Value>,
    /// Of the page, once there is one.
    session: Option<Value>,
    /// The number of the last order.
    last: u64,
    /// What it says on standard error.
    log: PathBuf,
}

impl Devtools {
    /// Starts one on a host; what it keeps goes into `folder`.
    ///
    /// # Errors
    /// When there is none on this machine, or it does not come up.
    pub(super) fn start(host: &Host, folder: &Path) -> Result<Self> {
        check_installed()?;
        let log = folder.join("chromium.log");
        let mut command = Command::new("bash");
        command
            .args(["-c", START, "chromium"])
            .args([&folder.join("chromium"), &log])
            .env("HOME", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut browser = Running(host.spawn(&mut command)?);
        let orders = browser.0.stdin.take().ok_or("Chromium has no input")?;
        let answers = browser.0.stdout.take().ok_or("Chromium has no output")?;
        let mut devtools = Self {
            _browser: browser,
            orders,
            answers: read(answers),
            session: None,
            last: 0,
            log,
        };
        let blank = json!({ "url": "about:blank" });
        let target = devtools.call_within("Target.createTarget", blank, START_UP)?;
        let page = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = devtools.call("Target.attachToTarget", page)?;
        devtools.session = Some(attached["sessionId"].clone());
        devtools.call("Page.enable", json!({}))?;
        Ok(devtools)
    }

    /// Gives an order, and waits for what comes of it.
    ///
    /// # Errors
    /// When nothing does, or the order is refused.
    pub(super) fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.call_within(method, parameters, PATIENCE)
    }

    fn call_within(&mut self, method: &str, parameters: Value, time: Duration) -> Result<Value> {
        let result = self.tell(method, parameters, time)?;
        result.ok_or_else(|| format!("Chromium gave no answer to {method}").into())
    }

    /// The same where a change of pages may swallow the answer: `None` when it does.
    ///
    /// # Errors
    /// When the order is refused, or the browser has ended.
    pub(super) fn tell(
        &mut self,
        method: &str,
        parameters: Value,
        patience: Duration,
    ) -> Result<Option<Value>> {
        let Some(mut answer) = self.ask(method, parameters, patience)? else {
            return Ok(None);
        };
        match answer.get_mut("result") {
            Some(result) => Ok(Some(result.take())),
            None => Err(format!("Chromium refused {method}: {answer}").into()),
        }
    }

    /// Gives an order: the whole answer, and `None` when none comes in time. An order that meets a
    /// change of pages may be lost.
    ///
    /// # Errors
    /// When the browser has ended; then with its last words.
    pub(super) fn ask(
        &mut self,
        method: &str,
        parameters: Value,
        patience: Duration,
    ) -> Result<Option<Value>> {
        self.last += 1;
        let mut order = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            order["sessionId"] = session.clone();
        }
        let line = format!("{order}\0");
        if self.orders.write_all(line.as_bytes()).is_err() {
            return Err(self.ended(method));
        }
        let start = Instant::now();
        loop {
            let rest = patience.saturating_sub(start.elapsed());
            match self.answers.recv_timeout(rest) {
                Ok(answer) if answer["id"] == self.last => return Ok(Some(answer)),
                // An event, or the late answer to an order that was given up.
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => return Err(self.ended(method)),
            }
        }
    }

    fn ended(&self, method: &str) -> lab::Failure {
        let said = fs::read_to_string(&self.log).unwrap_or_default();
        format!("Chromium ended at {method}: {}", said.trim()).into()
    }
}

/// Says which package is missing.
fn check_installed() -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join("chromium").is_file()) {
        return Ok(());
    }
    Err("no chromium on this machine: install Debian's package chromium, and a font such as fonts-dejavu-core".into())
}

/// What comes through the pipe, until it closes.
fn read(stream: impl Read + Send + 'static) -> Receiver<Value> {
    let (send, answers) = channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(stream).split(0);
        let told = lines.map_while(std::result::Result::ok);
        let values = told.map_while(|line| serde_json::from_slice(&line).ok());
        for value in values {
            if send.send(value).is_err() {
                break;
            }
        }
    });
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_parted_by_zero_bytes_and_end_with_the_pipe() {
        let told = b"{\"id\":1}\0{\"id\":2,\"result\":\"two\\nlines\"}\0{\"id\":".as_slice();
        let answers: Vec<Value> = read(told).iter().collect();
        assert_eq!(
            answers,
            [
                json!({ "id": 1 }),
                json!({ "id": 2, "result": "two\nlines" })
            ]
        );
    }
}
