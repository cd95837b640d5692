//! Which page is where.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::get;

use super::answer::{Answer, see, see_and_take, take};
use super::tabs::{control, servers, settings, virtuals};
use super::{Site, edit, guard, layout, login};

/// The longest form, in bytes.
const LARGEST: usize = 64 * 1024;

/// Every page. What changes something is a POST; what is asked for otherwise than it should be
/// is answered 405.
pub(super) fn router(site: &Arc<Site>) -> Router {
    Router::new()
        .route("/", see(|_, _| Answer::go("/control")))
        .route("/style.css", get(style))
        .route("/login", get(login::show).post(login::take))
        .route("/logout", take(login::leave))
        .route(
            "/password",
            see_and_take(login::password, login::change_password),
        )
        .route("/control", see(control::show))
        .route(
            "/global",
            see_and_take(settings::global, settings::change_global),
        )
        .route(
            "/redundancy",
            see_and_take(settings::redundancy, settings::change_redundancy),
        )
        .route("/virtual", see(virtuals::list))
        .route(
            "/virtual/add",
            see_and_take(virtuals::adding, virtuals::add),
        )
        .route(
            "/virtual/{v}",
            see_and_take(virtuals::edit, virtuals::change),
        )
        .route(
            "/virtual/{v}/scripts",
            see_and_take(virtuals::scripts, virtuals::change_scripts),
        )
        .route("/virtual/{v}/toggle", take(virtuals::toggle))
        .route("/virtual/{v}/delete", take(virtuals::delete))
        .route("/virtual/{v}/servers", see(servers::list))
        .route(
            "/virtual/{v}/servers/add",
            see_and_take(servers::adding, servers::add),
        )
        .route(
            "/virtual/{v}/servers/{s}",
            see_and_take(servers::edit, servers::change),
        )
        .route("/virtual/{v}/servers/{s}/toggle", take(servers::toggle))
        .route("/virtual/{v}/servers/{s}/delete", take(servers::delete))
        .route("/apply", take(edit::apply))
        .fallback(async || Answer::missing())
        .method_not_allowed_fallback(async || {
            let why = "What is here changes something, and only a form can ask for it.";
            layout::bare(StatusCode::METHOD_NOT_ALLOWED, "Refused", why)
        })
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(middleware::from_fn_with_state(
            Arc::clone(site),
            guard::guard,
        ))
        .with_state(Arc::clone(site))
}

async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "private, max-age=3600"),
    ];
    (headers, include_str!("assets/style.css"))
}
