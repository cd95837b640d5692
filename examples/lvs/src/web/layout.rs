//! What is around every page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::Site;
use super::answer::{Visit, page_type};

/// The four tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Control,
    Global,
    Redundancy,
    Virtual,
}

const TABS: &[(Tab, &str, &str)] = &[
    (Tab::Control, "/control", "Control/Monitoring"),
    (Tab::Global, "/global", "Global Settings"),
    (Tab::Redundancy, "/redundancy", "Redundancy"),
    (Tab::Virtual, "/virtual", "Virtual Servers"),
];

/// The style, which a browser may keep until the program changes.
pub(super) const STYLE: &str = concat!("/style.css?", env!("CARGO_PKG_VERSION"));

/// A page for those who are logged in.
pub(super) fn page(
    site: &Site,
    visit: &Visit,
    tab: Option<Tab>,
    title: &str,
    body: &Markup,
) -> Markup {
    renewed_page(site, visit, tab, title, None, body)
}

/// The same, loaded anew as the `content` of a refresh says.
pub(super) fn renewed_page(
    site: &Site,
    visit: &Visit,
    tab: Option<Tab>,
    title: &str,
    renewal: Option<&str>,
    body: &Markup,
) -> Markup {
    let notice = visit.session(site, |session| session.notice.take());
    let header = html! {
        header {
            div.bar {
                a.brand href="/control" { "LVS" }
                nav aria-label="Tabs" {
                    @for (own, path, name) in TABS {
                        a href=(path) aria-current=[(tab == Some(*own)).then_some("page")] { (name) }
                    }
                }
                form.leave method="post" action="/logout" {
                    (visit.token())
                    button.quiet { "Log out" }
                }
            }
        }
    };
    let body = html! {
        @if let Some(notice) = notice.flatten() {
            div.notice.good[notice.good].bad[!notice.good] role="status" {
                @for line in &notice.lines { p { (line) } }
            }
        }
        (body)
    };
    let footer = html! {
        footer {
            span { (site.store.path().display()) }
            a href="/password" { "Change password" }
        }
    };
    document(title, renewal, &header, &body, &footer)
}

/// A page for anybody.
pub(super) fn outside(title: &str, body: &Markup) -> Markup {
    let header = html! { header { div.bar { span.brand { "LVS" } } } };
    document(title, None, &header, body, &html! {})
}

/// A page that says why there is no other.
pub(super) fn bare(status: StatusCode, title: &str, why: &str) -> Bare {
    let body = html! {
        h1 { (title) }
        p.error role="alert" { (why) }
        p { a href="/" { "Back to the first page" } }
    };
    Bare(status, outside(title, &body))
}

/// A status and its page.
pub(super) struct Bare(pub(super) StatusCode, pub(super) Markup);

impl IntoResponse for Bare {
    fn into_response(self) -> Response {
        (self.0, page_type(), self.1.into_string()).into_response()
    }
}

fn document(
    title: &str,
    renewal: Option<&str>,
    header: &Markup,
    body: &Markup,
    footer: &Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if let Some(renewal) = renewal {
                    meta http-equiv="refresh" content=(renewal);
                }
                title { (title) " · LVS" }
                link rel="stylesheet" href=(STYLE);
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (header)
                main #main tabindex="-1" { (body) }
                (footer)
            }
        }
    }
}

impl Visit {
    /// What the session's next page says first.
    pub(super) fn tell(&self, site: &Site, good: bool, lines: Vec<String>) {
        self.session(site, |session| session.tell(good, lines));
    }
}
