//! Debian's Chromium without a screen, led through the pipe of its DevTools protocol: lines of
//! JSON, each with a zero byte behind it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::site::Site;

/// How long a page may take: an emulated machine is slow, and a browser's start slower.
const PATIENCE: Duration = Duration::from_secs(240);

/// The pipe's ends are its descriptors 3 and 4. A machine that is thrown away needs no sandbox,
/// and on an emulated one processes are slow to start, and given up as dead when they do: as few
/// as may be.
const START: &str = "exec chromium --headless --remote-debugging-pipe --no-sandbox --no-zygote \
     --disable-gpu --in-process-gpu --disable-gpu-watchdog --disable-hang-monitor \
     --disable-dev-shm-usage --disable-extensions --disable-background-networking \
     --disable-component-update --disable-sync --no-first-run --no-proxy-server \
     --renderer-process-limit=1 --disable-site-isolation-trials \
     --enable-features=NetworkServiceInProcess2 \
     --disable-features=BackForwardCache,ProactivelySwapBrowsingInstance,RenderDocument \
     --user-data-dir=\"$1\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>&1";

/// A browser with one page.
pub struct Chromium {
    child: Child,
    orders: ChildStdin,
    answers: Receiver<Value>,
    session: String,
    last: u64,
    pictures: PathBuf,
}

impl Chromium {
    /// Starts one in a site's network; its pictures go to `pictures`.
    pub fn start(site: &Site, pictures: &Path) -> Chromium {
        let profile = site.run.path().join("chromium");
        let mut command = Command::new("bash");
        command
            .args(["-c", START, "chromium"])
            .arg(&profile)
            .env("HOME", site.run.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = site.inside(|| command.spawn()).unwrap();
        let orders = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).split(0);
        let (send, answers) = channel();
        thread::spawn(move || {
            while let Some(Ok(line)) = lines.next() {
                let _ = send.send(serde_json::from_slice(&line).unwrap());
            }
        });
        let mut browser = Chromium {
            child,
            orders,
            answers,
            session: String::new(),
            last: 0,
            pictures: pictures.into(),
        };
        browser.attach();
        browser
    }

    fn attach(&mut self) {
        let blank = json!({ "url": "about:blank" });
        let target = self.call("Target.createTarget", blank)["targetId"].clone();
        let words = json!({ "targetId": target, "flatten": true });
        let session = self.call("Target.attachToTarget", words);
        self.session = session["sessionId"].as_str().unwrap().to_owned();
        self.call("Page.enable", json!({}));
        self.resize(1280, 900);
    }

    /// Gives an order, and waits for its answer.
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        let answer = self.try_call(method, parameters, PATIENCE);
        let answer = answer.unwrap_or_else(|| panic!("no answer to {method}"));
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The same; `None` when no answer comes. An order that meets a change of pages may be lost.
    fn try_call(&mut self, method: &str, parameters: Value, patience: Duration) -> Option<Value> {
        self.last += 1;
        let mut order = json!({ "id": self.last, "method": method, "params": parameters });
        if !self.session.is_empty() {
            order["sessionId"] = json!(self.session);
        }
        let mut line = order.to_string().into_bytes();
        line.push(0);
        self.orders.write_all(&line).unwrap();
        let start = Instant::now();
        loop {
            let rest = patience.saturating_sub(start.elapsed());
            match self.answers.recv_timeout(rest) {
                Ok(answer) if answer["id"] == json!(self.last) => return Some(answer),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => panic!("Chromium ended at {method}"),
            }
        }
    }

    /// What an expression is worth in the page; `None` while the page changes, or when the
    /// expression throws.
    fn try_evaluate(&mut self, expression: &str) -> Option<Value> {
        let words = json!({ "expression": expression, "returnByValue": true });
        let answer = self.try_call("Runtime.evaluate", words, Duration::from_secs(15))?;
        let result = answer.get("result")?;
        let threw = result.get("exceptionDetails").is_some();
        (!threw).then(|| result["result"]["value"].clone())
    }

    /// The same in a page that is there.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let start = Instant::now();
        loop {
            if let Some(value) = self.try_evaluate(expression) {
                return value;
            }
            let patient = start.elapsed() < Duration::from_secs(60);
            assert!(patient, "it throws: {expression}: {}", self.text());
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Does something that loads a page, and waits for that. The step is done a moment after it
    /// was ordered, so that its answer isn't lost with the old page.
    fn load(&mut self, what: &str, step: &str) {
        let later = format!("window.before = true; setTimeout(() => {{ {step} }}, 50); true");
        self.evaluate(&later);
        self.wait(what);
    }

    /// Waits for the page that comes.
    fn wait(&mut self, what: &str) {
        let start = Instant::now();
        let there = "!window.before && document.readyState === 'complete'";
        loop {
            thread::sleep(Duration::from_millis(300));
            if self.try_evaluate(there) == Some(json!(true)) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "never loaded: {what}");
        }
    }

    /// Goes to an address, and gives the status of what came.
    pub fn go(&mut self, address: &str) -> u64 {
        self.evaluate("window.before = true");
        self.call("Page.navigate", json!({ "url": address }));
        self.wait(address);
        self.status()
    }

    /// The status of the page that is shown.
    pub fn status(&mut self) -> u64 {
        let entry = "performance.getEntriesByType('navigation')[0].responseStatus";
        self.evaluate(entry).as_u64().unwrap()
    }

    /// Presses the link or button of this name, and waits for the page behind it.
    pub fn press(&mut self, name: &str) {
        let find = format!(
            "[...document.querySelectorAll('main a, main button, nav a')].find(each => \
             (each.getAttribute('aria-label') ?? each.textContent).trim() === {})",
            json!(name)
        );
        assert_eq!(
            self.evaluate(&format!("!!{find}")),
            json!(true),
            "no {name}: {}",
            self.text()
        );
        self.load(name, &format!("{find}.click()"));
    }

    /// Fills in the field of a label, or ticks it.
    pub fn fill(&mut self, label: &str, value: &str) {
        let expression = format!(
            "(() => {{ const label = [...document.querySelectorAll('label')].find(each => \
             each.textContent.trim() === {}); const field = label.control; \
             for (let fold = field.closest('details'); fold; fold = null) fold.open = true; \
             field.focus(); \
             if (field.type === 'checkbox') field.checked = {value:?} !== ''; \
             else field.value = {}; return field.name; }})()",
            json!(label),
            json!(value)
        );
        self.evaluate(&expression);
    }

    /// Presses a key.
    pub fn key(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let words =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", words);
        }
    }

    /// The text of the page.
    pub fn text(&mut self) -> String {
        let text = self.try_evaluate("document.body.innerText");
        text.and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// The path of the page.
    pub fn path(&mut self) -> String {
        self.evaluate("location.pathname")
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn resize(&mut self, width: u32, height: u32) {
        let words = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", words);
    }

    /// Takes pictures of the whole page: wide and narrow, where nothing may stand out at the
    /// side, and of the first tab a dark one.
    pub fn picture(&mut self, name: &str) {
        for (kind, width, scheme) in [
            ("wide", 1280, "light"),
            ("dark", 1280, "dark"),
            ("narrow", 390, "light"),
        ]
        .into_iter()
        .filter(|(kind, ..)| *kind != "dark" || name.ends_with("control"))
        {
            self.resize(width, 900);
            let features = json!([
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ]);
            self.call(
                "Emulation.setEmulatedMedia",
                json!({ "features": features }),
            );
            let out = self.evaluate("document.documentElement.scrollWidth - innerWidth");
            assert!(
                out.as_i64().unwrap() <= 0,
                "{name}, {kind}: {out} pixels stand out"
            );
            let height = self.evaluate("document.documentElement.scrollHeight");
            let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
            let words = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
            let shot = self.call("Page.captureScreenshot", words);
            let path = self.pictures.join(format!("{name}-{kind}.png"));
            println!("| {}", path.display());
            fs::write(path, decode(shot["data"].as_str().unwrap())).unwrap();
        }
        self.call("Emulation.setEmulatedMedia", json!({ "features": [] }));
        self.resize(1280, 900);
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Base64.
fn decode(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = LETTERS.iter().position(|own| *own == letter).unwrap();
        bits = bits << 6 | u32::try_from(value).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}
