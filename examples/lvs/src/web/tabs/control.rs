//! CONTROL/MONITORING: the daemons, the table, the processes.

use std::path::Path;

use maud::{Markup, html};

use super::table;
use crate::numbers::span;
use crate::observe::{Picture, Trouble, processes};
use crate::web::Site;
use crate::web::answer::{Answer, RENEWED, Visit};
use crate::web::layout::{self, Tab};
use crate::web::plot::plot;

/// The intervals that the page may be loaded anew at, in seconds.
const INTERVALS: &[u32] = &[5, 10, 30, 60];

pub(in crate::web) fn show(site: &Site, visit: &Visit) -> Answer {
    let every = visit
        .query
        .get("every")
        .and_then(|every| every.parse().ok());
    let every = every.filter(|every| INTERVALS.contains(every));
    let (config, trouble) = site.config();
    let refresh = every.map(|every| format!("{every}; url=/control?every={every}&{RENEWED}"));
    let picture = site.observer.look(&config);
    let body = html! {
        h1 { "Control/Monitoring" }
        @if let Some(trouble) = trouble { p.error role="alert" { (trouble) } }
        div.tiles {
            (pulse(&picture))
            (lvsd(&picture))
            (renewal(every))
        }
        h2 { "Current LVS routing table" }
        @if let Err(why) = &picture.table {
            p.error role="alert" { "The kernel’s table can’t be read: " (why) }
        }
        @if picture.services.is_empty() {
            p.lead { "There is no virtual service." }
        }
        @for service in &picture.services {
            section.service {
                (table::service(service, picture.at))
                @let courses = site.courses(service);
                @if !courses.is_empty() { (plot(&table::name(service), &courses)) }
            }
        }
        h2 { "Current LVS processes" }
        (running())
    };
    let tab = Some(Tab::Control);
    Answer::page(layout::renewed_page(
        site,
        visit,
        tab,
        "Control/Monitoring",
        refresh.as_deref(),
        &body,
    ))
}

fn pulse(picture: &Picture) -> Markup {
    html! {
        section.tile {
            h2 { "pulse" }
            @match &picture.pulse {
                Ok(pulse) => {
                    p { span.state.up { "running" } " " span.state.up[pulse.active].off[!pulse.active] { @if pulse.active { "active" } @else { "inactive" } } }
                    dl {
                        dt { "Node" } dd { (pulse.role) }
                        dt { "Since" } dd { (span(picture.at.saturating_sub(pulse.since))) }
                        dt { "Partner heard" } dd {
                            @match pulse.heard {
                                Some(heard) => { (span(picture.at.saturating_sub(heard))) " ago" }
                                None => "never",
                            }
                        }
                        dt { "Process" } dd { (pulse.pid) }
                    }
                    (refusal(pulse.refused.as_deref()))
                }
                Err(trouble) => (absent(trouble)),
            }
        }
    }
}

fn lvsd(picture: &Picture) -> Markup {
    html! {
        section.tile {
            h2 { "lvsd" }
            @match &picture.lvsd {
                Ok(lvsd) => {
                    p { span.state.up { "running" } }
                    dl {
                        dt { "File" } dd { (lvsd.config.display()) }
                        dt { "Version" } dd { (lvsd.serial_no) ", read " (span(picture.at.saturating_sub(lvsd.loaded))) " ago" }
                        dt { "Services" } dd { (lvsd.services.len()) }
                        dt { "Process" } dd { (lvsd.pid) }
                    }
                    (refusal(lvsd.refused.as_deref()))
                }
                Err(trouble) => (absent(trouble)),
            }
        }
    }
}

fn refusal(refused: Option<&str>) -> Markup {
    html! { @if let Some(refused) = refused { p.mistake { "The last reload changed nothing: " (refused) } } }
}

fn absent(trouble: &Trouble) -> Markup {
    html! { p { span.state.off[*trouble == Trouble::Absent].down[*trouble != Trouble::Absent] { (trouble) } } }
}

fn renewal(every: Option<u32>) -> Markup {
    html! {
        section.tile {
            h2 { "Monitor" }
            form method="get" action="/control" {
                div.field {
                    label for="every" { "Auto update" }
                    select #every name="every" {
                        option value="" { "Off" }
                        @for own in INTERVALS {
                            option value=(own) selected[every == Some(*own)] { "Every " (own) " seconds" }
                        }
                    }
                }
                button { "Update information now" }
            }
        }
    }
}

fn running() -> Markup {
    let found = processes(Path::new("/proc"));
    html! {
        @if found.is_empty() {
            p.lead { "There is none." }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Table of processes" { table.processes {
                thead { tr { th scope="col" { "Process" } th scope="col" { "Command" } } }
                tbody { @for process in &found {
                    tr { td.number { (process.pid) } td { code { (process.command) } } }
                } }
            } }
        }
    }
}
