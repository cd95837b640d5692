//! What every request passes, whatever it asks for.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::{Site, layout};

/// How long a request may take in all, its body too. A password's hash alone may take half a
/// minute where a busy machine is emulated.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// What the browser may do with a page: show it with its style, and send its forms back here.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// Refuses what does not come from a page of ours to one of ours, and fences in every answer.
pub(super) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&site, &request) {
        Some((status, why)) => layout::bare(status, "Refused", why).into_response(),
        None => timeout(site.patience, next.run(request))
            .await
            .unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response()),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // With no referrer at all, browsers would not say where a form comes from either.
        (REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let keep = HeaderValue::from_static("no-store");
    headers.entry(CACHE_CONTROL).or_insert(keep);
    response
}

fn refusal(site: &Site, request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    let host = only(headers, HOST).filter(|host| {
        // A request may carry its host in its first line, too.
        let authority = request.uri().authority();
        authority.is_none_or(|authority| authority.as_str() == *host)
    });
    let Some(host) = host.filter(|host| site.origins.of_host(host).is_some()) else {
        let why =
            "This page goes by another name. Start lvs web with --origin to let it go by this one.";
        return Some((StatusCode::MISDIRECTED_REQUEST, why));
    };
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let own = only(headers, ORIGIN).is_some_and(|origin| site.origins.is_own(host, origin));
    let site = HeaderName::from_static("sec-fetch-site");
    let foreign = headers.get(site).is_some_and(|site| site != "same-origin");
    (!own || foreign).then_some((
        StatusCode::FORBIDDEN,
        "This form does not come from a page of this server.",
    ))
}

/// A header that is there once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).into_iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    value.to_str().ok()
}
