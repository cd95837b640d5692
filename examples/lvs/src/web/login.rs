//! Who may come in.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{HOST, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Form};
use maud::{Markup, html};

use super::answer::{Answer, SESSION, Visit, cookie, page_type};
use super::serve::Peer;
use super::sessions::WHOLE;
use super::token::{self, Token};
use super::{Site, layout, lock};
use crate::password::{self, PasswordError, Stored};

/// The cookie that a login's form must match: there is no session yet that could hold its token.
const LOGIN: &str = "lvs_login";

/// The form.
pub(super) async fn show(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    page(&site, &headers, StatusCode::OK, None)
}

fn page(site: &Site, headers: &HeaderMap, status: StatusCode, wrong: Option<&str>) -> Response {
    let Ok(token) = Token::new() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let cookies = set_cookie(site, headers, LOGIN, token.letters(), "/login", 3600);
    let page = form(token.letters(), wrong);
    (status, page_type(), cookies, page.into_string()).into_response()
}

fn form(token: &str, wrong: Option<&str>) -> Markup {
    let body = html! {
        form.login method="post" action="/login" {
            h1 { "Log in" }
            @if let Some(wrong) = wrong {
                p.error role="alert" #wrong { (wrong) }
            }
            input type="hidden" name="token" value=(token);
            input type="text" name="username" value="lvs" autocomplete="username" hidden;
            div.field {
                label for="password" { "Password" }
                input #password type="password" name="password" autocomplete="current-password" required autofocus
                    aria-describedby=[wrong.map(|_| "wrong")] aria-invalid=[wrong.map(|_| "true")];
            }
            button.primary { "Log in" }
        }
    };
    layout::outside("Log in", &body)
}

/// The form, sent.
pub(super) async fn take(
    State(site): State<Arc<Site>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Form(typed): Form<Vec<(String, String)>>,
) -> Response {
    let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |Extension(Peer(peer))| peer);
    let tried = tokio::task::spawn_blocking(move || attempt(&site, peer, &headers, &typed)).await;
    tried.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn attempt(site: &Site, peer: IpAddr, headers: &HeaderMap, typed: &[(String, String)]) -> Response {
    let field = |name: &str| {
        let found = typed.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let expected = cookie(headers, LOGIN).unwrap_or_default();
    if !token::same(&expected, field("token")) {
        let wrong = Some("This form was too old. Try again.");
        return page(site, headers, StatusCode::FORBIDDEN, wrong);
    }
    if let Err(wait) = lock(&site.attempts).begin(peer, site.now()) {
        let seconds = wait.as_secs() + 1;
        let wrong = format!("Too many wrong passwords. Try again in {seconds} s.");
        let mut response = page(site, headers, StatusCode::TOO_MANY_REQUESTS, Some(&wrong));
        let value = HeaderValue::from(seconds);
        response.headers_mut().insert(RETRY_AFTER, value);
        return response;
    }
    match verified(site, field("password")) {
        Ok(Some(password)) => welcome(site, peer, headers, password),
        Ok(None) => {
            site.log.warning(format_args!("wrong password from {peer}"));
            let wrong = Some("This is not the password.");
            page(site, headers, StatusCode::UNAUTHORIZED, wrong)
        }
        Err(error) => {
            let file = site.passwords.display();
            site.log.error(format_args!("{file}: {error}"));
            let wrong = Some("The password file can’t be used; the log says why.");
            page(site, headers, StatusCode::INTERNAL_SERVER_ERROR, wrong)
        }
    }
}

/// What the password file holds, if it is of this password.
fn verified(site: &Site, password: &str) -> Result<Option<Stored>, PasswordError> {
    let stored = Stored::read(&site.passwords)?;
    let _turn = lock(&site.hashing);
    Ok(stored.is_of(password).then_some(stored))
}

/// A new session, whatever cookie came with the form.
fn welcome(site: &Site, peer: IpAddr, headers: &HeaderMap, password: Stored) -> Response {
    lock(&site.attempts).succeed(peer);
    let begun = {
        let mut sessions = lock(&site.sessions);
        if let Some(before) = cookie(headers, SESSION) {
            sessions.end(&before);
        }
        sessions.begin(site.now(), password)
    };
    let Ok(id) = begun else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    site.log.info(format_args!("login from {peer}"));
    let session = set_cookie(site, headers, SESSION, id.letters(), "/", WHOLE.as_secs());
    let login = set_cookie(site, headers, LOGIN, "", "/login", 0);
    (session, login, Answer::go("/control")).into_response()
}

/// The end of a session.
pub(super) fn leave(site: &Site, visit: &Visit) -> Answer {
    lock(&site.sessions).end(&visit.id);
    Answer::go("/login")
}

/// A cookie that no script reads and no other site sends.
fn set_cookie(
    site: &Site,
    headers: &HeaderMap,
    name: &str,
    value: &str,
    path: &str,
    seconds: u64,
) -> AppendHeaders<[(axum::http::HeaderName, String); 1]> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin = host.and_then(|host| site.origins.of_host(host));
    let secure = match origin {
        Some(origin) if origin.is_secure() => "; Secure",
        _ => "",
    };
    let line = format!(
        "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    AppendHeaders([(SET_COOKIE, line)])
}

/// The page that changes the password.
pub(super) fn password(site: &Site, visit: &Visit) -> Answer {
    Answer::page(password_form(site, visit, None))
}

fn password_form(site: &Site, visit: &Visit, wrong: Option<&str>) -> Markup {
    let field = |name: &str, label: &str, complete: &str| {
        html! {
            div.field {
                label for=(name) { (label) }
                input id=(name) type="password" name=(name) autocomplete=(complete) required;
            }
        }
    };
    let body = html! {
        h1 { "Change password" }
        @if let Some(wrong) = wrong {
            p.error role="alert" { (wrong) }
        }
        form.sheet method="post" action="/password" {
            (visit.token())
            input type="text" name="username" value="lvs" autocomplete="username" hidden;
            (field("old", "Present password", "current-password"))
            (field("new", "New password", "new-password"))
            (field("again", "New password again", "new-password"))
            p.actions { button.primary { "Change password" } a href="/control" { "Cancel" } }
        }
    };
    layout::page(site, visit, None, "Change password", &body)
}

/// The same, sent. Whoever else is logged in is so no longer.
pub(super) fn change_password(site: &Site, visit: &Visit) -> Answer {
    let field = |name: &str| visit.typed.get(name).map_or("", String::as_str);
    let refused = |why: &str| {
        let page = password_form(site, visit, Some(why));
        Answer::Page(StatusCode::UNPROCESSABLE_ENTITY, page)
    };
    if field("new") != field("again") {
        return refused("The new passwords are not the same.");
    }
    // The session is known, not the one who sits before it now.
    let own = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    if let Err(wait) = lock(&site.attempts).begin(own, site.now()) {
        return refused(&format!(
            "Too many wrong passwords. Try again in {} s.",
            wait.as_secs() + 1
        ));
    }
    match verified(site, field("old")) {
        Ok(Some(_)) => lock(&site.attempts).succeed(own),
        Ok(None) => return refused("This is not the present password."),
        Err(error) => return refused(&format!("The password file can’t be used: {error}")),
    }
    let set = {
        let _turn = lock(&site.hashing);
        password::set(&site.passwords, field("new"))
    };
    match set {
        Ok(password) => {
            lock(&site.sessions).end_others(&visit.id);
            visit.session(site, |session| session.keep_with(password));
        }
        Err(error) => return refused(&format!("The new password can’t be set: {error}")),
    }
    site.log.info("password changed");
    visit.tell(site, true, vec!["The password is changed.".into()]);
    Answer::go("/control")
}
