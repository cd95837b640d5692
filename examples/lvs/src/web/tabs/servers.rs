//! The real servers of a virtual server.

use std::borrow::Cow;

use maud::html;

use super::virtuals::{activity, subtabs};
use crate::config::{Config, Server};
use crate::web::Site;
use crate::web::answer::{Answer, Visit};
use crate::web::edit::{Change, Edit, button, called, service, with_file, with_same_file};
use crate::web::forms;
use crate::web::layout::{self, Tab};

fn path(place: usize) -> String {
    format!("/virtual/{place}/servers")
}

pub(in crate::web) fn list(site: &Site, visit: &Visit) -> Answer {
    with_file(site, visit, |stored, config| {
        let (Some(block), Some(place)) = (service(config, visit), visit.place.first()) else {
            return Answer::missing();
        };
        let title = format!("Real servers of {}", called(&block.name));
        let list = path(*place);
        let body = html! {
            h1 { (title) }
            (subtabs(*place, "/servers"))
            @if block.servers.is_empty() {
                p.lead { "There is none yet." }
            } @else {
                div.scroll tabindex="0" role="region" aria-label="Table of real servers" { table.cards {
                    thead { tr {
                        th scope="col" { "Status" } th scope="col" { "Name" } th scope="col" { "Address" }
                        th scope="col" { "Port" } th scope="col" { "Weight" } th scope="col" { "Actions" }
                    } }
                    tbody { @for (index, server) in block.servers.iter().enumerate() {
                        @let own = format!("{list}/{index}");
                        @let name = called(&server.name);
                        tr {
                            td data-label="Status" { (activity(server.active)) }
                            th scope="row" data-label="Name" { a href=(own) { (name) } }
                            td data-label="Address" { (server.address) }
                            td data-label="Port" { (server.port.unwrap_or(block.port)) }
                            td data-label="Weight" { (server.weight) }
                            td.buttons data-label="Actions" {
                                a.button href=(own) aria-label={ "Edit " (name) } { "Edit" }
                                (button(visit, stored, &format!("{own}/toggle"), if server.active { "Deactivate" } else { "Activate" }, &name))
                                (button(visit, stored, &format!("{own}/delete"), "Delete", &name))
                            }
                        }
                    } }
                } }
            }
            p.actions { a.button.primary href={ (list) "/add" } { "Add" } }
        };
        Answer::page(layout::page(site, visit, Some(Tab::Virtual), &title, &body))
    })
}

fn one<'a>(config: &'a mut Config, place: &[usize]) -> Option<&'a mut Server> {
    let [service, server] = place else {
        return None;
    };
    config.virtuals.get_mut(*service)?.servers.get_mut(*server)
}

fn new<'a>(config: &'a mut Config, place: &[usize]) -> Option<&'a mut Server> {
    let servers = &mut config.virtuals.get_mut(*place.first()?)?.servers;
    servers.push(Server::default());
    servers.last_mut()
}

pub(in crate::web) fn adding(site: &Site, visit: &Visit) -> Answer {
    editing(visit, true).show(site, visit)
}

pub(in crate::web) fn add(site: &Site, visit: &Visit) -> Answer {
    editing(visit, true).take(site, visit)
}

pub(in crate::web) fn edit(site: &Site, visit: &Visit) -> Answer {
    editing(visit, false).show(site, visit)
}

pub(in crate::web) fn change(site: &Site, visit: &Visit) -> Answer {
    editing(visit, false).take(site, visit)
}

fn editing(visit: &Visit, fresh: bool) -> Edit<Server> {
    let place = visit.place.first().copied().unwrap_or_default();
    let list = path(place);
    let action = match visit.place.get(1) {
        Some(server) if !fresh => format!("{list}/{server}"),
        _ => format!("{list}/add"),
    };
    Edit {
        tab: Tab::Virtual,
        title: if fresh { adding_to } else { edited_of },
        fresh,
        form: forms::SERVER,
        action,
        back: list,
        select: if fresh { new } else { one },
        above: subtabs(place, "/servers"),
    }
}

/// The titles of an editor: what the virtual server is called is in the file.
fn adding_to(config: &Config, place: &[usize], name: &str) -> String {
    match name {
        "" => format!("Add a real server to {}", owner(config, place)),
        name => format!("Add real server {name} to {}", owner(config, place)),
    }
}

fn edited_of(config: &Config, place: &[usize], name: &str) -> String {
    format!("Real server {} of {}", called(name), owner(config, place))
}

fn owner<'a>(config: &'a Config, place: &[usize]) -> Cow<'a, str> {
    let block = place.first().and_then(|place| config.virtuals.get(*place));
    called(block.map_or("", |block| &block.name))
}

pub(in crate::web) fn toggle(site: &Site, visit: &Visit) -> Answer {
    changed(site, visit, |config, place| {
        let server = one(config, place)?;
        server.active = !server.active;
        Some(if server.active {
            "Activate"
        } else {
            "Deactivate"
        })
    })
}

pub(in crate::web) fn delete(site: &Site, visit: &Visit) -> Answer {
    changed(site, visit, |config, place| {
        one(config, place)?;
        if let [service, server] = place {
            config.virtuals.get_mut(*service)?.servers.remove(*server);
        }
        Some("Delete")
    })
}

/// Previews a change of the whole block, which says what it is called.
fn changed(
    site: &Site,
    visit: &Visit,
    step: fn(&mut Config, &[usize]) -> Option<&'static str>,
) -> Answer {
    with_same_file(site, visit, |stored, old| {
        let mut new = old.clone();
        let [place, server] = visit.place.as_slice() else {
            return Answer::missing();
        };
        let what = step(&mut new, &visit.place);
        let block = service(old, visit);
        let named = block.and_then(|block| Some((block, block.servers.get(*server)?)));
        let (Some(what), Some((block, server))) = (what, named) else {
            return Answer::missing();
        };
        let title = format!(
            "{what} real server {} of {}",
            called(&server.name),
            called(&block.name)
        );
        let back = path(*place);
        let change = Change {
            tab: Tab::Virtual,
            title: &title,
            back: &back,
            notes: Vec::new(),
        };
        change.preview_if_sound(site, visit, stored, old, &new)
    })
}
