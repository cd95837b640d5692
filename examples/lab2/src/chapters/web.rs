//! The page in a real browser, with the cluster behind it: somebody logs in, looks around, sets
//! up a service and takes a server out of it, and others try what they may not.

mod changes;
mod page;
mod refusals;

use std::env;
use std::path::PathBuf;

use lab::{Result, Story};

use crate::browser::Browser;
use crate::cluster::Cluster;
use crate::director::Director;
use crate::file;
use page::{PASSWORD, Page, SITE};

/// Who goes through the page.
struct Visitor<'a> {
    story: &'a mut Story,
    browser: Browser,
}

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut cluster = Cluster::new(story)?;
    start(story, &mut cluster)?;
    let director = &cluster.directeur;
    let _page = Page::start(story, director)?;
    story.step("A browser there: what a person has elsewhere by ssh -L 3636:127.0.0.1:3636.");
    let pictures = env::var_os("IPVS_PICTURES").unwrap_or_else(|| "target/screenshots".into());
    let browser = Browser::start(&director.host, director.folder(), &PathBuf::from(pictures))?;
    let mut visitor = Visitor { story, browser };
    visitor.log_in()?;
    visitor.look_at_each_tab()?;
    visitor.add(director)?;
    visitor.activate(&cluster)?;
    visitor.take_out(&cluster)?;
    visitor.make_a_mistake(director)?;
    visitor.be_refused(director)?;
    visitor.leave()?;
    super::whereabouts(story, &cluster, "directeur")
}

/// Both directors, and nothing to serve.
fn start(story: &mut Story, cluster: &mut Cluster) -> Result<()> {
    story.step("Both directors start with a file that has no virtual service yet.");
    let file = file::empty()?;
    for director in [&mut cluster.directeur, &mut cluster.secours] {
        story.stands_for(&director.host, "systemctl start pulse");
        director.start(&file)?;
    }
    cluster.directeur.serve()?;
    let gateway = "eth1:0 10.0.3.200/24";
    story.eventually("directeur is the servers' gateway", gateway, || {
        Ok(cluster.directeur.floating()?.join(", "))
    })?;
    story.check("its table is empty", "", table(&cluster.directeur)?);
    Ok(())
}

/// The kernel's table.
fn table(director: &Director) -> Result<String> {
    Ok(director.table()?.join("\n"))
}

impl Visitor<'_> {
    fn log_in(&mut self) -> Result<()> {
        self.story.step("Somebody logs in, at the second try.");
        self.browser.go(SITE)?;
        self.is_at("/login")?;
        self.browser.try_the_measure(self.story)?;
        self.browser.picture(self.story, "1-login")?;
        self.browser.fill("Password", "not the password")?;
        self.browser.press("Log in")?;
        self.has_status(401)?;
        self.reads("This is not the password.")?;
        self.browser.fill("Password", PASSWORD)?;
        self.browser.press("Log in")?;
        self.is_at("/control")?;
        self.browser.tab()?;
        let first = self.browser.string("document.activeElement.textContent")?;
        self.story
            .check("where the first Tab leads", "Skip to the content", first);
        let cookie = self.browser.string("document.cookie")?;
        self.story
            .check("scripts see nothing of the cookie", "", cookie);
        Ok(())
    }

    fn look_at_each_tab(&mut self) -> Result<()> {
        self.story.step("The four tabs.");
        for (number, tab, path, part) in [
            (
                2,
                "Control/Monitoring",
                "/control",
                "There is no virtual service.",
            ),
            (3, "Global Settings", "/global", "Primary server public IP"),
            (4, "Redundancy", "/redundancy", "Assume dead after"),
            (5, "Virtual Servers", "/virtual", "There is none yet."),
        ] {
            self.browser.press(tab)?;
            self.is_at(path)?;
            self.reads(part)?;
            let name = path.replace('/', "-");
            self.browser
                .picture(self.story, &format!("{number}{name}"))?;
        }
        Ok(())
    }

    fn leave(&mut self) -> Result<()> {
        self.story.step("The visitor logs out.");
        self.browser.go(&format!("{SITE}/control"))?;
        self.is_at("/control")?;
        self.browser.press("Log out")?;
        self.browser.go(&format!("{SITE}/control"))?;
        self.is_at("/login")
    }

    /// Checks the path.
    fn is_at(&mut self, path: &str) -> Result<()> {
        let seen = self.browser.path()?;
        self.story.check("the browser is at", path, seen);
        Ok(())
    }

    /// Checks the status.
    fn has_status(&mut self, status: u64) -> Result<()> {
        let seen = self.browser.status()?;
        self.story.check("the answer's status", status, seen);
        Ok(())
    }

    /// Checks that these words are on the page. A miss shows all that is there.
    fn reads(&mut self, part: &str) -> Result<()> {
        let text = self.browser.text()?;
        let seen = if text.contains(part) { part } else { &text };
        self.story.check("the page says", part, seen);
        Ok(())
    }
}
