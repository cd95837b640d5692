//! What the page is for: each change is asked for in a form, previewed, and applied.

use std::time::{Duration, Instant};

use lab::Result;
use lab::site::turns;

use super::{Visitor, table};
use crate::chapters::{TABLE, whereabouts};
use crate::cluster::{Cluster, WEB};
use crate::director::Director;
use crate::load::Load;

/// How long the kernel's rates and the plot's first samples may take.
const SAMPLED: Duration = Duration::from_secs(60);

/// The virtual server as the document has it; checks are patient, for the other side is as slow
/// as this one.
const SERVICE: &[(&str, &str)] = &[
    ("Name", "LVS_NAT"),
    ("Application port", "80"),
    ("Virtual IP address", "10.0.2.100"),
    ("Device", "eth0:0"),
    ("Virtual IP network mask", "255.255.255.0"),
    ("Scheduling", "rr"),
    ("Service timeout", "20"),
    ("Interval", "1"),
    ("Re-entry time", "2"),
];

const SERVERS: [(&str, &str); 2] = [("serveur1", "10.0.3.100"), ("serveur2", "10.0.3.150")];

impl Visitor<'_> {
    /// Adds a virtual server with two real servers, which is not active yet.
    pub(super) fn add(&mut self, director: &Director) -> Result<()> {
        self.story.step("A virtual server is added.");
        self.browser.press("Add")?;
        for (label, value) in SERVICE {
            self.browser.fill(label, value)?;
        }
        self.browser.picture(self.story, "6-add")?;
        self.browser.press("Preview")?;
        self.reads("+ virtual LVS_NAT {")?;
        self.apply()?;
        self.story.step("And its two real servers.");
        self.browser.press("Real servers of LVS_NAT")?;
        for (name, address) in SERVERS {
            self.browser.press("Add")?;
            for (label, value) in [("Name", name), ("Address", address), ("Port", "8080")] {
                self.browser.fill(label, value)?;
            }
            self.browser.tick("Active")?;
            self.browser.press("Preview")?;
            self.apply()?;
            self.reads(address)?;
        }
        self.browser.picture(self.story, "7-servers")?;
        let what = "it is not active yet: the table has nothing of it";
        self.story.check(what, "", table(director)?);
        Ok(())
    }

    /// Activates it, and sees it serve.
    pub(super) fn activate(&mut self, cluster: &Cluster) -> Result<()> {
        let director = &cluster.directeur;
        self.story
            .step("It is activated: first the plan, and then the table.");
        self.browser.press("Virtual Servers")?;
        self.browser.press("Activate LVS_NAT")?;
        self.reads("add service tcp 10.0.2.100:80 scheduler rr")?;
        self.browser.picture(self.story, "8-preview")?;
        let start = Instant::now();
        self.apply()?;
        self.browser.picture(self.story, "9-virtual")?;
        director.serve()?;
        director.show_log(self.story, start);
        let what = "the kernel's table is the document's";
        self.story
            .eventually(what, TABLE.join("\n"), || table(director))?;
        self.story.show(director.table()?);
        whereabouts(self.story, cluster, "directeur")?;
        let mut answers = cluster.client2.get_times(WEB, 2)?;
        answers.sort();
        self.story
            .check("both servers answer", "1, 2", turns(&answers));
        Ok(())
    }

    /// Watches the service on the first tab, and deactivates a server of it, while clients ask.
    pub(super) fn take_out(&mut self, cluster: &Cluster) -> Result<()> {
        // The last of them is serveur2's, whose turn it may have been twice.
        let hold = || cluster.client.hold(WEB);
        let mut held = [hold()?, hold()?, hold()?];
        held.sort_by_key(|held| held.server.clone());
        let load = Load::start(&[&cluster.client2], WEB, Duration::from_secs(5));
        self.watch()?;

        self.story
            .step("serveur2 is deactivated, while a client asks without a pause.");
        self.browser.press("Virtual Servers")?;
        self.browser.press("Real servers of LVS_NAT")?;
        self.browser.press("Deactivate serveur2")?;
        self.reads("10.0.3.150:8080 of tcp 10.0.2.100:80")?;
        self.browser.picture(self.story, "11-deactivate")?;
        self.apply()?;
        self.reads("inactive")?;
        let [service, first, _] = TABLE;
        let without = [service, first, "  -> 10.0.3.150:8080 Masq 0"].join("\n");
        let what = "it is at rest, for it has connections";
        let director = &cluster.directeur;
        self.story.eventually(what, without, || table(director))?;
        let answers = cluster.client.get_times(WEB, 6)?;
        let what = "new connections meet serveur1";
        self.story.check(what, "1, 1, 1, 1, 1, 1", turns(&answers));
        let again = held[2].ask_again()?;
        let what = "an open connection to serveur2 goes on";
        self.story.check(what, "2", turns(&[again]));
        let tally = load.stop();
        self.story.show([format!(
            "{} requests, by {}",
            tally.count(),
            tally.servers()
        )]);
        let lost = tally.failures().join("; ");
        self.story.check("no request was lost", "", lost);
        Ok(())
    }

    /// Loads the first tab until it tells of the clients, as a reader would.
    fn watch(&mut self) -> Result<()> {
        self.story.step("Control/Monitoring shows it at work.");
        self.browser.press("Control/Monitoring")?;
        let start = Instant::now();
        let busy = "parseFloat(document.querySelector('.service .head').textContent\
                    .match(/([\\d.]+) conn/)[1]) > 0";
        let courses = "document.querySelectorAll('.chart polyline').length";
        while start.elapsed() < SAMPLED
            && (self.browser.evaluate(busy)? != true || self.browser.evaluate(courses)? != 2)
        {
            std::thread::sleep(Duration::from_secs(1));
            self.browser.press("Update information now")?;
        }
        for part in [
            "LVS_NAT",
            "10.0.3.100:8080",
            "10.0.3.150:8080",
            "lvsd --nofork",
        ] {
            self.reads(part)?;
        }
        let up = "[...document.querySelectorAll('.live tbody tr')]\
                  .filter(each => each.querySelector('.state.up'))\
                  .map(each => each.querySelector('th').textContent).join(', ')";
        let up = self.browser.string(up)?;
        self.story.check("who is up", "serveur1, serveur2", up);
        let busy = self.browser.evaluate(busy)?;
        self.story
            .check("connections a second are told", true, busy);
        let courses = self.browser.evaluate(courses)?;
        self.story.check("lines in the plot", 2, courses);
        self.browser
            .picture_in_the_dark_too(self.story, "10-control")
    }

    /// Applies what was previewed.
    fn apply(&mut self) -> Result<()> {
        self.browser.press("Apply")?;
        self.reads("pulse is told;")?;
        self.reads("lvsd reads it again.")
    }
}
