//! What changes nothing: mistakes, and what comes from elsewhere.

use std::fs;

use lab::Result;

use super::{SITE, Visitor};
use crate::director::Director;

/// Where another site is.
const ELSEWHERE: u16 = 9999;

impl Visitor<'_> {
    /// Types nonsense, without a mouse.
    pub(super) fn make_a_mistake(&mut self, director: &Director) -> Result<()> {
        self.story
            .step("A mistake in a form, by Tab, typing and Enter alone.");
        let before = fs::read_to_string(director.file())?;
        self.browser.tab_to("Edit serveur1")?;
        self.browser.enter()?;
        self.browser.tab_to("Weight")?;
        self.browser.write("heavy")?;
        self.browser.enter()?;
        self.has_status(422)?;
        self.reads("integer expected")?;
        let kept = self
            .browser
            .string("document.getElementById('weight').value")?;
        self.story
            .check("what was typed is still there", "heavy", kept);
        let focus = self.browser.string("document.activeElement.id")?;
        self.story.check("where the focus is", "weight", focus);
        self.browser.picture(self.story, "12-mistake")?;
        self.is_unchanged(director, &before)
    }

    /// Asks for changes by GET, and has another site send forms while this one is logged in.
    pub(super) fn be_refused(&mut self, director: &Director) -> Result<()> {
        let before = fs::read_to_string(director.file())?;
        self.story.step("A change is no link: GET is refused.");
        for path in ["/virtual/0/delete", "/virtual/0/toggle", "/apply"] {
            let status = self.browser.go(&format!("{SITE}{path}"))?;
            self.story.check(path, 405, status);
        }
        self.story
            .step("A form of another site, which a browser sends along with the cookie.");
        let trap = format!(
            "<!doctype html><title>Win</title><main>\
             <form method=post action={SITE}/virtual/0/delete><button>Win</button></form></main>"
        );
        let _elsewhere = director.host.serve_web(ELSEWHERE, &trap)?;
        for (host, what) in [
            ("127.0.0.1", "of another origin on the same site"),
            ("localhost", "of another site"),
        ] {
            self.browser.go(&format!("http://{host}:{ELSEWHERE}/"))?;
            self.browser.press("Win")?;
            let status = self.browser.status()?;
            self.story.check(what, 403, status);
            self.reads("does not come from a page of this server")?;
        }
        self.is_unchanged(director, &before)
    }

    /// Checks the file.
    fn is_unchanged(&mut self, director: &Director, before: &str) -> Result<()> {
        let now = fs::read_to_string(director.file())?;
        self.story
            .check("the file is as it was", true, now == before);
        Ok(())
    }
}
