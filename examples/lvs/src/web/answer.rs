//! A request of somebody who is logged in, and its answer: what is between HTTP and the pages,
//! which are plain functions.

use std::sync::Arc;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use maud::{Markup, html};

use super::forms::Typed;
use super::sessions::Session;
use super::{Site, layout, lock, token};
use crate::password::Stored;

/// The cookie that names a session.
pub(super) const SESSION: &str = "lvs_session";

/// What stands in the query of a page that loads itself anew: a request that nobody made.
pub(super) const RENEWED: &str = "renewed=1";

/// One request of a session.
#[derive(Debug)]
pub(super) struct Visit {
    /// The session's name.
    pub(super) id: String,
    /// What its forms carry.
    pub(super) csrf: String,
    /// The numbers in the path.
    pub(super) place: Vec<usize>,
    /// What stands behind the path's `?`.
    pub(super) query: Typed,
    /// What the form held; nothing for a GET.
    pub(super) typed: Typed,
}

/// What is answered.
pub(super) enum Answer {
    /// A page.
    Page(StatusCode, Markup),
    /// Another page, to be asked for.
    Go(String),
}

impl Answer {
    pub(super) fn page(page: Markup) -> Answer {
        Answer::Page(StatusCode::OK, page)
    }

    pub(super) fn go(path: impl Into<String>) -> Answer {
        Answer::Go(path.into())
    }

    /// There is no such thing, or not any more.
    pub(super) fn missing() -> Answer {
        let why = "There is no such page, or what it was about is gone.";
        let page = layout::bare(StatusCode::NOT_FOUND, "Not found", why);
        Answer::Page(page.0, page.1)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Answer::Page(status, page) => (status, page_type(), page.into_string()).into_response(),
            Answer::Go(path) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        }
    }
}

/// What a page is.
pub(super) fn page_type() -> [(axum::http::HeaderName, &'static str); 1] {
    [(CONTENT_TYPE, "text/html; charset=utf-8")]
}

/// A page, as a plain function.
pub(super) type Page = fn(&Site, &Visit) -> Answer;

/// The route of a page that is looked at.
pub(super) fn see(page: Page) -> MethodRouter<Arc<Site>> {
    get(
        async move |State(site): State<Arc<Site>>,
                    headers: HeaderMap,
                    uri: Uri,
                    Query(query): Query<Vec<(String, String)>>| {
            let query_text = uri.query().unwrap_or_default();
            let renewed = query_text.split('&').any(|pair| pair == RENEWED);
            let Some(mut visit) = visit(&site, &headers, &uri, renewed).await else {
                return Answer::go("/login").into_response();
            };
            visit.query = query.into_iter().collect();
            run(site, visit, page).await
        },
    )
}

/// The route of a form that is sent.
pub(super) fn take(page: Page) -> MethodRouter<Arc<Site>> {
    post(
        async move |State(site): State<Arc<Site>>,
                    headers: HeaderMap,
                    uri: Uri,
                    form: Result<Form<Vec<(String, String)>>, FormRejection>| {
            let Some(mut visit) = visit(&site, &headers, &uri, false).await else {
                return Answer::go("/login").into_response();
            };
            let Form(typed) = match form {
                Ok(form) => form,
                Err(refused) => return refused.into_response(),
            };
            visit.typed = typed.into_iter().collect();
            let sent = visit.typed.remove("csrf").unwrap_or_default();
            if !token::same(&visit.csrf, &sent) {
                let why = "This form is of another session. Open its page anew.";
                return layout::bare(StatusCode::FORBIDDEN, "Refused", why).into_response();
            }
            run(site, visit, page).await
        },
    )
}

/// Both.
pub(super) fn see_and_take(shown: Page, taken: Page) -> MethodRouter<Arc<Site>> {
    see(shown).merge(take(taken))
}

/// Pages read files and ask the kernel: they may block.
async fn run(site: Arc<Site>, visit: Visit, page: Page) -> Response {
    let made = tokio::task::spawn_blocking(move || page(&site, &visit)).await;
    match made {
        Ok(answer) => answer.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The visit of a session that lives, by somebody or by a page that was renewed.
async fn visit(site: &Arc<Site>, headers: &HeaderMap, uri: &Uri, renewed: bool) -> Option<Visit> {
    let id = cookie(headers, SESSION)?;
    let (own, name) = (Arc::clone(site), id.clone());
    let entered = tokio::task::spawn_blocking(move || {
        // Without a password file nobody can come in, nor stay.
        let password = Stored::read(&own.passwords).ok()?;
        let (mut sessions, now) = (lock(&own.sessions), own.now());
        let session = if renewed {
            sessions.look_in(&name, now, &password)
        } else {
            sessions.enter(&name, now, &password)
        };
        Some(session?.csrf.letters().to_owned())
    });
    let csrf = entered.await.ok()??;
    let numbers = uri.path().split('/').filter_map(|part| part.parse().ok());
    Some(Visit {
        id,
        csrf,
        place: numbers.collect(),
        query: Typed::new(),
        typed: Typed::new(),
    })
}

/// The value of a cookie.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).into_iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(own, _)| *own == name)?;
    Some(value.to_owned())
}

impl Visit {
    /// Runs `step` with the session, unless it ended meanwhile.
    pub(super) fn session<T>(
        &self,
        site: &Site,
        step: impl FnOnce(&mut Session) -> T,
    ) -> Option<T> {
        lock(&site.sessions).find(&self.id, site.now()).map(step)
    }

    /// The field that makes a form one of this session.
    pub(super) fn token(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf); }
    }
}
