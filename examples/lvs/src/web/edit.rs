//! What every page that changes the file has in common: its form, what is wrong with what was
//! typed, the preview, and the change itself.

mod fields;
mod preview;

use std::borrow::Cow;

use axum::http::StatusCode;
use ipvs_core::Protocol;
use maud::{Markup, html};

use super::answer::{Answer, Visit};
use super::forms::{self, Block, Form, Typed, Wrong};
use super::layout::{self, Tab};
use super::proposal::{Preview, Proposal, fresh_complaints};
use super::sessions::Taken;
use super::store::Stored;
use super::{Site, lock};
use crate::config::{Config, SystemNames, Virtual};
use crate::observe::Trouble;
use crate::replace::Replaced;

/// A page that edits one block of the file.
pub(super) struct Edit<B> {
    pub(super) tab: Tab,
    /// What it is about: of the file, the visit's path, and the block's name, which is empty
    /// before a new one is typed.
    pub(super) title: fn(&Config, &[usize], &str) -> String,
    /// Whether it makes a new block.
    pub(super) fresh: bool,
    pub(super) form: &'static Form,
    /// Where the form is sent.
    pub(super) action: String,
    /// The page that follows.
    pub(super) back: String,
    /// The block that the visit's path names: an old one, or a new one that it adds.
    pub(super) select: for<'a> fn(&'a mut Config, &[usize]) -> Option<&'a mut B>,
    /// What stands above the form.
    pub(super) above: Markup,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Attempt {
    title: String,
    typed: Typed,
    wrong: Wrong,
    complaints: Vec<String>,
}

impl<B: Block> Edit<B> {
    /// The form.
    pub(super) fn show(&self, site: &Site, visit: &Visit) -> Answer {
        with_file(site, visit, |stored, old| {
            let mut config = old.clone();
            let Some(block) = (self.select)(&mut config, &visit.place) else {
                return Answer::missing();
            };
            let name = self.name(block);
            let typed = forms::fill(self.form, block);
            let attempt = Attempt {
                title: (self.title)(old, &visit.place, &name),
                typed,
                ..Attempt::default()
            };
            Answer::page(self.page(site, visit, stored, &attempt))
        })
    }

    /// The form, sent.
    pub(super) fn take(&self, site: &Site, visit: &Visit) -> Answer {
        with_same_file(site, visit, |stored, old| {
            let mut new = old.clone();
            let protocol = visit
                .place
                .first()
                .and_then(|place| old.virtuals.get(*place));
            let protocol = protocol.map_or(Protocol::UDP, |service| service.protocol);
            let Some(block) = (self.select)(&mut new, &visit.place) else {
                return Answer::missing();
            };
            let before = self.name(block);
            let title = |name: &str| (self.title)(old, &visit.place, name);
            let applied = forms::apply(self.form, block, &visit.typed, protocol, &SystemNames);
            let title_now = match before.as_str() {
                "" => title(&block.name().cloned().unwrap_or_default()),
                before => title(before),
            };
            let refused = |wrong: Wrong, complaints: Vec<String>| {
                let attempt = Attempt {
                    title: title(&before),
                    typed: visit.typed.clone(),
                    wrong,
                    complaints,
                };
                let page = self.page(site, visit, stored, &attempt);
                Answer::Page(StatusCode::UNPROCESSABLE_ENTITY, page)
            };
            let notes = match applied {
                Ok(notes) => notes,
                Err(wrong) => return refused(wrong, Vec::new()),
            };
            let complaints = fresh_complaints(old, &new);
            if !complaints.is_empty() {
                let complaints = complaints.iter().map(ToString::to_string);
                return refused(Wrong::new(), complaints.collect());
            }
            let change = Change {
                tab: self.tab,
                title: &title_now,
                back: &self.back,
                notes,
            };
            change.preview(site, visit, stored, old, &new)
        })
    }

    /// What a block was called before anything was typed.
    fn name(&self, block: &mut B) -> String {
        let name = block.name().filter(|_| !self.fresh);
        name.cloned().unwrap_or_default()
    }

    fn page(&self, site: &Site, visit: &Visit, stored: &Stored, attempt: &Attempt) -> Markup {
        let body = html! {
            h1 { (attempt.title) }
            (self.above)
            @if !attempt.wrong.is_empty() || !attempt.complaints.is_empty() {
                div.error role="alert" {
                    p { "Nothing was changed yet." }
                    (fields::mistakes(self.form, &attempt.wrong))
                    @for complaint in &attempt.complaints { p { (complaint) } }
                }
            }
            form.sheet method="post" action=(self.action) {
                (visit.token())
                input type="hidden" name="version" value=(stored.version());
                (fields::groups(self.form, &attempt.typed, &attempt.wrong))
                p.actions {
                    button.primary { "Preview" }
                    button.quiet type="reset" { "Reset" }
                    a href=(self.back) { "Cancel" }
                }
            }
        };
        layout::page(site, visit, Some(self.tab), &attempt.title, &body)
    }
}

/// A change that people ask for.
pub(super) struct Change<'a> {
    pub(super) tab: Tab,
    pub(super) title: &'a str,
    pub(super) back: &'a str,
    /// What is odd about it.
    pub(super) notes: Vec<String>,
}

impl Change<'_> {
    /// Shows what it would do; nothing is changed yet.
    pub(super) fn preview(
        self,
        site: &Site,
        visit: &Visit,
        stored: &Stored,
        old: &Config,
        new: &Config,
    ) -> Answer {
        if old == new {
            visit.tell(site, true, vec!["There was nothing to change.".into()]);
            return Answer::go(self.back);
        }
        let proposal = Proposal::new(stored, new, self.title.into(), self.back.into());
        let preview = Preview::new(stored, old, new, &site.observer.look(old));
        let name = visit.session(site, |session| session.propose(proposal.clone()));
        let Some(Ok(name)) = name else {
            return Answer::go("/login");
        };
        let body = preview::body(visit, &proposal, &preview, &self.notes, name.letters());
        Answer::page(layout::page(site, visit, Some(self.tab), self.title, &body))
    }

    /// The same, unless it would make what can't work.
    pub(super) fn preview_if_sound(
        self,
        site: &Site,
        visit: &Visit,
        stored: &Stored,
        old: &Config,
        new: &Config,
    ) -> Answer {
        let complaints = fresh_complaints(old, new);
        if complaints.is_empty() {
            return self.preview(site, visit, stored, old, new);
        }
        let body = html! {
            h1 { (self.title) }
            div.error role="alert" {
                p { "This can’t work yet, and nothing was changed:" }
                ul { @for complaint in &complaints { li { (complaint) } } }
            }
            p { a href=(self.back) { "Back" } }
        };
        let page = layout::page(site, visit, Some(self.tab), self.title, &body);
        Answer::Page(StatusCode::UNPROCESSABLE_ENTITY, page)
    }
}

/// Makes a change that was previewed.
pub(super) fn apply(site: &Site, visit: &Visit) -> Answer {
    let name = visit.typed.get("change").map_or("", String::as_str);
    let proposal = match visit.session(site, |session| session.take(name)) {
        Some(Taken::Now(proposal)) => proposal,
        Some(Taken::Before(back)) => {
            let line = "This change was asked for before, and is made only once.";
            visit.tell(site, true, vec![line.into()]);
            return Answer::go(back);
        }
        Some(Taken::Unknown) | None => {
            let line = "This preview is gone. Ask for the change again.";
            visit.tell(site, false, vec![line.into()]);
            return Answer::go("/control");
        }
    };
    let path = site.store.path().display();
    let unsure = match site.store.write(&proposal.before, &proposal.text) {
        Ok(Replaced::Safely) => None,
        Ok(Replaced::Unsurely(error)) => Some(format!(
            "After a loss of power the file may be as before: {error}."
        )),
        Err(error) => {
            site.log
                .warning(format_args!("{path}: {}: {error}", proposal.title));
            let line = format!("{path} was not written: {error}. Ask for the change again.");
            visit.tell(site, false, vec![line]);
            return Answer::go(proposal.back);
        }
    };
    site.log.info(format_args!("{path}: {}", proposal.title));
    let mut lines = vec![format!("{}: written.", proposal.title)];
    let pulse = site.observer.reload_pulse().map(|()| None);
    let lvsd = site.observer.reload_lvsd();
    let good = unsure.is_none() && is_good(&pulse) && is_good(&lvsd);
    lines.extend(unsure);
    lines.push(match pulse {
        // A signal has no answer.
        Ok(_) => "pulse is told; Control/Monitoring shows it if it refuses.".into(),
        trouble => line("pulse", &trouble),
    });
    lines.push(line("lvsd", &lvsd));
    visit.tell(site, good, lines);
    Answer::go(proposal.back)
}

/// Whether a daemon took the file, or takes it when it starts.
fn is_good(answer: &Result<Option<String>, Trouble>) -> bool {
    matches!(answer, Ok(None) | Err(Trouble::Absent))
}

fn line(daemon: &str, answer: &Result<Option<String>, Trouble>) -> String {
    match answer {
        Ok(None) => format!("{daemon} reads it again."),
        Ok(Some(refusal)) => format!("{daemon} keeps to what it had: {}", refusal.trim()),
        Err(Trouble::Absent) => format!("{daemon} is stopped here; it reads it when it starts."),
        Err(Trouble::Silent(why)) => {
            format!("{why}; Control/Monitoring shows what it runs by.")
        }
    }
}

/// Runs `step` with the file and what it says, or shows why it says nothing.
pub(super) fn with_file(
    site: &Site,
    visit: &Visit,
    step: impl FnOnce(&Stored, &Config) -> Answer,
) -> Answer {
    let path = site.store.path().display();
    let why: Vec<String> = match site.store.read() {
        Err(error) => vec![error.to_string()],
        Ok(stored) => match &stored.said {
            Ok(parsed) => return step(&stored, &parsed.config),
            Err(refused) => refused.mistakes.iter().map(ToString::to_string).collect(),
        },
    };
    let body = html! {
        h1 { (path) " can’t be used" }
        div.error role="alert" { ul { @for line in &why { li { (line) } } } }
        p { "Put it right by hand, and load this page again." }
    };
    let page = layout::page(site, visit, None, "Unusable file", &body);
    Answer::Page(StatusCode::CONFLICT, page)
}

/// The same for what was asked for on a page that was made from the file: it must still be that
/// file.
pub(super) fn with_same_file(
    site: &Site,
    visit: &Visit,
    step: impl FnOnce(&Stored, &Config) -> Answer,
) -> Answer {
    with_file(site, visit, |stored, config| {
        if visit.typed.get("version") == Some(&stored.version()) {
            return step(stored, config);
        }
        let body = html! {
            h1 { "The file has changed meanwhile" }
            p.error role="alert" {
                "Somebody else has changed " (site.store.path().display())
                " since this page was made. Nothing was done."
            }
            p { a href="/virtual" { "See what it says now" } }
        };
        let page = layout::page(site, visit, None, "Changed meanwhile", &body);
        Answer::Page(StatusCode::CONFLICT, page)
    })
}

/// A button that asks for a change of the file that the page shows.
pub(super) fn button(
    visit: &Visit,
    stored: &Stored,
    action: &str,
    label: &str,
    of: &str,
) -> Markup {
    html! {
        form method="post" action=(action) {
            (visit.token())
            input type="hidden" name="version" value=(stored.version());
            button.quiet aria-label={ (label) " " (of) } { (label) }
        }
    }
}

/// The virtual server that a visit's path names.
pub(super) fn service<'a>(config: &'a Config, visit: &Visit) -> Option<&'a Virtual> {
    config.virtuals.get(*visit.place.first()?)
}

/// What a block without a name is called.
pub(super) fn called(name: &str) -> Cow<'_, str> {
    match name.trim() {
        "" => "[unnamed]".into(),
        _ => name.into(),
    }
}

impl Site {
    /// What the file says as far as it says anything: for pages that only show.
    pub(super) fn config(&self) -> (Config, Option<String>) {
        let path = self.store.path().display();
        match self.store.read() {
            Err(error) => (Config::default(), Some(format!("{path}: {error}"))),
            Ok(stored) => match stored.said {
                Ok(parsed) => (parsed.config, None),
                Err(refused) => (Config::default(), Some(format!("{path}: {refused}"))),
            },
        }
    }

    /// The courses of a service, by the names of its servers.
    pub(super) fn courses(
        &self,
        service: &crate::observe::ServiceRow,
    ) -> Vec<(String, super::samples::Course)> {
        let courses = lock(&self.samples).courses(&service.key);
        let name = |course: &super::samples::Course| {
            let row = service.servers.iter().find(|row| row.key == course.dest);
            row.map_or_else(|| course.dest.to_string(), crate::observe::ServerRow::label)
        };
        courses
            .into_iter()
            .map(|course| (name(&course), course))
            .collect()
    }
}
