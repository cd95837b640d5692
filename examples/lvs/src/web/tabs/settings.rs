//! GLOBAL SETTINGS and REDUNDANCY.

use maud::html;

use crate::config::Config;
use crate::web::Site;
use crate::web::answer::{Answer, Visit};
use crate::web::edit::Edit;
use crate::web::forms;
use crate::web::layout::Tab;

pub(in crate::web) fn global(site: &Site, visit: &Visit) -> Answer {
    edit_global().show(site, visit)
}

pub(in crate::web) fn change_global(site: &Site, visit: &Visit) -> Answer {
    edit_global().take(site, visit)
}

pub(in crate::web) fn redundancy(site: &Site, visit: &Visit) -> Answer {
    edit_redundancy().show(site, visit)
}

pub(in crate::web) fn change_redundancy(site: &Site, visit: &Visit) -> Answer {
    edit_redundancy().take(site, visit)
}

fn edit_global() -> Edit<Config> {
    Edit {
        tab: Tab::Global,
        title: |_, _, _| "Global settings".into(),
        fresh: false,
        form: forms::GLOBAL,
        action: "/global".into(),
        back: "/global".into(),
        select: |config, _| Some(config),
        above: html! {},
    }
}

fn edit_redundancy() -> Edit<Config> {
    Edit {
        tab: Tab::Redundancy,
        title: |_, _, _| "Redundancy".into(),
        fresh: false,
        form: forms::REDUNDANCY,
        action: "/redundancy".into(),
        back: "/redundancy".into(),
        select: |config, _| Some(config),
        above: html! {},
    }
}
