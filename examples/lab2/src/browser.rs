//! A real browser, led as a person leads one: by the names of links, buttons and fields.

mod devtools;
mod picture;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lab::{Host, Result};
use serde_json::{Value, json};

use devtools::Devtools;

/// How long a page may take: an emulated machine is slow, and a browser's start slower.
const PATIENCE: Duration = Duration::from_secs(240);

/// How long an order may take that a change of pages may lose: then it is given again.
const IMPATIENCE: Duration = Duration::from_secs(15);

/// The same for one that only asks whether the page is there.
const LOOK: Duration = Duration::from_secs(3);

/// How long an expression may fail, because its page is still to come.
const COMING: Duration = Duration::from_secs(60);

/// A browser with one page.
pub(crate) struct Browser {
    devtools: Devtools,
    pictures: PathBuf,
}

impl Browser {
    /// Starts Chromium on a host: what it keeps goes into `folder`, its pictures into another.
    ///
    /// # Errors
    /// When there is none on this machine, or it does not come up, or has no place for pictures.
    pub(crate) fn start(host: &Host, folder: &Path, pictures: &Path) -> Result<Self> {
        std::fs::create_dir_all(pictures)
            .map_err(|error| format!("{}: {error}", pictures.display()))?;
        let mut browser = Self {
            devtools: Devtools::start(host, folder)?,
            pictures: pictures.to_owned(),
        };
        browser.resize(picture::WIDE)?;
        Ok(browser)
    }

    /// Goes to an address: the status of what came.
    ///
    /// # Errors
    /// When nothing comes.
    pub(crate) fn go(&mut self, address: &str) -> Result<u64> {
        self.evaluate("window.before = true")?;
        self.devtools
            .call("Page.navigate", json!({ "url": address }))?;
        self.wait(address)?;
        self.status()
    }

    /// Presses the link or button of this name, and waits for the page behind it.
    ///
    /// # Errors
    /// When there is no such thing, then with the page's text; or no page behind it.
    pub(crate) fn press(&mut self, name: &str) -> Result<()> {
        let find = format!(
            "[...document.querySelectorAll('header a, header button, main a, main button')]\
             .find(each => (each.getAttribute('aria-label') ?? each.textContent).trim() === {})",
            json!(name)
        );
        let page = self.evaluate(&format!("{find} && performance.timeOrigin"))?;
        if page.is_null() {
            return Err(format!("no {name:?} on the page: {}", self.text()?).into());
        }
        // A moment after it was ordered, so that the answer isn't lost with the old page; and
        // once, although an order without an answer is given again.
        self.evaluate(&format!(
            "if (performance.timeOrigin === {page} && !window.before) {{ \
               window.before = true; \
               setTimeout(() => {find}.click(), 50); \
             }} \
             true"
        ))?;
        self.wait(name)
    }

    /// Fills in the field of a label.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn fill(&mut self, label: &str, value: &str) -> Result<()> {
        self.set(label, &format!("value = {}", json!(value)))
    }

    /// Ticks the field of a label.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn tick(&mut self, label: &str) -> Result<()> {
        self.set(label, "checked = true")
    }

    fn set(&mut self, label: &str, what: &str) -> Result<()> {
        let expression = format!(
            "(() => {{ \
               const label = [...document.querySelectorAll('label')]\
                   .find(each => each.textContent.trim() === {}); \
               const fold = label.control.closest('details'); \
               if (fold) fold.open = true; \
               label.control.focus(); \
               label.control.{what}; \
             }})()",
            json!(label)
        );
        self.evaluate(&expression).map(drop)
    }

    /// Presses the key Tab, as who has no mouse.
    ///
    /// # Errors
    /// When the browser has ended.
    pub(crate) fn tab(&mut self) -> Result<()> {
        self.key(json!({ "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 }))
    }

    /// Presses it until the link, button or field of this name has the focus.
    ///
    /// # Errors
    /// When a hundred times are not enough.
    pub(crate) fn tab_to(&mut self, name: &str) -> Result<()> {
        let focused = "(each => (each.getAttribute('aria-label') \
                        ?? each.labels?.[0]?.textContent ?? each.textContent).trim())\
                       (document.activeElement)";
        for _ in 0..100 {
            self.tab()?;
            if self.string(focused)? == name {
                return Ok(());
            }
        }
        Err(format!("the key Tab leads to no {name:?}").into())
    }

    /// Types where the focus is.
    ///
    /// # Errors
    /// When the browser has ended.
    pub(crate) fn write(&mut self, text: &str) -> Result<()> {
        self.devtools
            .call("Input.insertText", json!({ "text": text }))
            .map(drop)
    }

    /// Presses the key Enter, and waits for the page behind it.
    ///
    /// # Errors
    /// When none comes.
    pub(crate) fn enter(&mut self) -> Result<()> {
        self.evaluate("window.before = true")?;
        let key =
            json!({ "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r" });
        self.key(key)?;
        self.wait("the key Enter")
    }

    fn key(&mut self, key: Value) -> Result<()> {
        for kind in ["keyDown", "keyUp"] {
            let mut key = key.clone();
            key["type"] = json!(kind);
            // The page behind Enter may swallow the answer.
            self.devtools
                .tell("Input.dispatchKeyEvent", key, IMPATIENCE)?;
        }
        Ok(())
    }

    /// The status of the page.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub(crate) fn status(&mut self) -> Result<u64> {
        let entry = "performance.getEntriesByType('navigation')[0].responseStatus";
        let status = self.evaluate(entry)?;
        status
            .as_u64()
            .ok_or_else(|| format!("the page's status is {status}").into())
    }

    /// The path of the page.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub(crate) fn path(&mut self) -> Result<String> {
        self.string("location.pathname")
    }

    /// The text of the page, as it is read.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub(crate) fn text(&mut self) -> Result<String> {
        self.string("document.body.innerText")
    }

    /// What an expression is worth, as a text: `""` when it is none.
    ///
    /// # Errors
    /// As [`Browser::evaluate`].
    pub(crate) fn string(&mut self, expression: &str) -> Result<String> {
        let value = self.evaluate(expression)?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// What an expression is worth in the page.
    ///
    /// # Errors
    /// When it still throws after a minute.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let start = Instant::now();
        loop {
            if let Some(value) = self.try_evaluate(expression, IMPATIENCE)? {
                return Ok(value);
            }
            if start.elapsed() > COMING {
                return Err(format!("the page can't tell {expression}").into());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The same; `None` while the page changes, or when the expression throws.
    fn try_evaluate(&mut self, expression: &str, patience: Duration) -> Result<Option<Value>> {
        let words = json!({ "expression": expression, "returnByValue": true });
        let answer = self.devtools.ask("Runtime.evaluate", words, patience)?;
        let answer = answer.filter(|answer| {
            let result = answer.get("result");
            result.is_some_and(|result| result.get("exceptionDetails").is_none())
        });
        Ok(answer.map(|answer| answer["result"]["result"]["value"].clone()))
    }

    /// Waits for the page that follows the one that is marked.
    fn wait(&mut self, what: &str) -> Result<()> {
        let start = Instant::now();
        let there = "!window.before && document.readyState === 'complete'";
        while start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(300));
            if self.try_evaluate(there, LOOK)? == Some(json!(true)) {
                return Ok(());
            }
        }
        Err(format!("no page came behind {what}").into())
    }
}
