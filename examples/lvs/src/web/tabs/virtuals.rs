//! VIRTUAL SERVERS: the list, each of them, and their monitoring scripts.

use maud::{Markup, html};

use crate::config::{Config, Virtual};
use crate::web::Site;
use crate::web::answer::{Answer, Visit};
use crate::web::edit::{Change, Edit, button, called, service, with_file, with_same_file};
use crate::web::forms;
use crate::web::layout::{self, Tab};

const LIST: &str = "/virtual";

pub(in crate::web) fn list(site: &Site, visit: &Visit) -> Answer {
    with_file(site, visit, |stored, config| {
        let body = html! {
            h1 { "Virtual servers" }
            @if config.virtuals.is_empty() {
                p.lead { "There is none yet." }
            } @else {
                div.scroll tabindex="0" role="region" aria-label="Table of virtual servers" { table.cards {
                    thead { tr {
                        th scope="col" { "Status" } th scope="col" { "Name" }
                        th scope="col" { "VIP" } th scope="col" { "Netmask" }
                        th scope="col" { "Port" } th scope="col" { "Protocol" }
                        th scope="col" { "Interface" } th scope="col" { "Actions" }
                    } }
                    tbody { @for (index, block) in config.virtuals.iter().enumerate() {
                        @let path = format!("{LIST}/{index}");
                        @let name = called(&block.name);
                        tr {
                            td data-label="Status" { (activity(block.active)) }
                            th scope="row" data-label="Name" { a href=(path) { (name) } }
                            td data-label="VIP" { (vip(block)) }
                            td data-label="Netmask" { @if let Some(mask) = block.vip_nmask { (mask) } @else { "–" } }
                            td data-label="Port" { (block.port) }
                            td data-label="Protocol" { (block.protocol) }
                            td data-label="Interface" {
                                @if let Some(device) = block.address.and_then(|alias| alias.device) { (device) } @else { "–" }
                            }
                            td.buttons data-label="Actions" {
                                a.button href=(path) aria-label={ "Edit " (name) } { "Edit" }
                                a.button href={ (path) "/servers" } aria-label={ "Real servers of " (name) } {
                                    (block.servers.len()) @if block.servers.len() == 1 { " server" } @else { " servers" }
                                }
                                (button(visit, stored, &format!("{path}/toggle"), if block.active { "Deactivate" } else { "Activate" }, &name))
                                (button(visit, stored, &format!("{path}/delete"), "Delete", &name))
                            }
                        }
                    } }
                } }
            }
            p.actions { a.button.primary href={ (LIST) "/add" } { "Add" } }
        };
        Answer::page(layout::page(
            site,
            visit,
            Some(Tab::Virtual),
            "Virtual servers",
            &body,
        ))
    })
}

/// Whether a block is active, as a word and a colour.
pub(super) fn activity(active: bool) -> Markup {
    html! {
        @if active { span.state.up { "active" } } @else { span.state.off { "inactive" } }
    }
}

fn vip(block: &Virtual) -> Markup {
    html! {
        @match (block.fwmark, block.address) {
            (Some(mark), _) => { "mark " (mark) }
            (None, Some(alias)) => (alias.address),
            (None, None) => "–",
        }
    }
}

/// The pages of one virtual server, above each of them.
pub(super) fn subtabs(place: usize, here: &str) -> Markup {
    let pages = [
        ("", "Virtual server"),
        ("/servers", "Real servers"),
        ("/scripts", "Monitoring scripts"),
    ];
    html! {
        nav.subtabs aria-label="Pages of this virtual server" {
            @for (behind, name) in pages {
                a href={ (LIST) "/" (place) (behind) } aria-current=[(behind == here).then_some("page")] { (name) }
            }
        }
    }
}

/// The one of a visit's path, and its number.
fn one<'a>(config: &'a mut Config, place: &[usize]) -> Option<&'a mut Virtual> {
    config.virtuals.get_mut(*place.first()?)
}

/// A new one, as the original's page begins it.
fn new<'a>(config: &'a mut Config, _: &[usize]) -> Option<&'a mut Virtual> {
    config.virtuals.push(Virtual {
        send: Some("GET / HTTP/1.0\r\n\r\n".into()),
        expect: Some("HTTP".into()),
        timeout: 6,
        reentry: 15,
        ..Virtual::default()
    });
    config.virtuals.last_mut()
}

pub(in crate::web) fn adding(site: &Site, visit: &Visit) -> Answer {
    edit_new().show(site, visit)
}

pub(in crate::web) fn add(site: &Site, visit: &Visit) -> Answer {
    edit_new().take(site, visit)
}

fn edit_new() -> Edit<Virtual> {
    Edit {
        tab: Tab::Virtual,
        title: |_, _, name| match name {
            "" => "Add a virtual server".into(),
            name => format!("Add virtual server {name}"),
        },
        fresh: true,
        form: forms::VIRTUAL,
        action: format!("{LIST}/add"),
        back: LIST.into(),
        select: new,
        above: html! {},
    }
}

pub(in crate::web) fn edit(site: &Site, visit: &Visit) -> Answer {
    editing(visit).show(site, visit)
}

pub(in crate::web) fn change(site: &Site, visit: &Visit) -> Answer {
    editing(visit).take(site, visit)
}

fn editing(visit: &Visit) -> Edit<Virtual> {
    let place = visit.place.first().copied().unwrap_or_default();
    Edit {
        tab: Tab::Virtual,
        title: |_, _, name| format!("Virtual server {}", called(name)),
        fresh: false,
        form: forms::VIRTUAL,
        action: format!("{LIST}/{place}"),
        back: LIST.into(),
        select: one,
        above: subtabs(place, ""),
    }
}

pub(in crate::web) fn scripts(site: &Site, visit: &Visit) -> Answer {
    editing_scripts(visit).show(site, visit)
}

pub(in crate::web) fn change_scripts(site: &Site, visit: &Visit) -> Answer {
    editing_scripts(visit).take(site, visit)
}

fn editing_scripts(visit: &Visit) -> Edit<Virtual> {
    let place = visit.place.first().copied().unwrap_or_default();
    Edit {
        tab: Tab::Virtual,
        title: |_, _, name| format!("Monitoring scripts of {}", called(name)),
        fresh: false,
        form: forms::SCRIPTS,
        action: format!("{LIST}/{place}/scripts"),
        back: format!("{LIST}/{place}/scripts"),
        select: one,
        above: subtabs(place, "/scripts"),
    }
}

pub(in crate::web) fn toggle(site: &Site, visit: &Visit) -> Answer {
    changed(site, visit, |config, place| {
        let block = one(config, &[place])?;
        block.active = !block.active;
        Some(if block.active {
            "Activate"
        } else {
            "Deactivate"
        })
    })
}

pub(in crate::web) fn delete(site: &Site, visit: &Visit) -> Answer {
    changed(site, visit, |config, place| {
        config.virtuals.get(place)?;
        config.virtuals.remove(place);
        Some("Delete")
    })
}

/// Previews a change of the whole block, which says what it is called.
fn changed(
    site: &Site,
    visit: &Visit,
    step: fn(&mut Config, usize) -> Option<&'static str>,
) -> Answer {
    with_same_file(site, visit, |stored, old| {
        let mut new = old.clone();
        let place = visit.place.first().copied();
        let what = place.and_then(|place| step(&mut new, place));
        let (Some(what), Some(block)) = (what, service(old, visit)) else {
            return Answer::missing();
        };
        let title = format!("{what} virtual server {}", called(&block.name));
        let change = Change {
            tab: Tab::Virtual,
            title: &title,
            back: LIST,
            notes: Vec::new(),
        };
        change.preview_if_sound(site, visit, stored, old, &new)
    })
}
