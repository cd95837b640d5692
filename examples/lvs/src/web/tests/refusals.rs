//! Everybody who is not let in, and everything that is not done.

use axum::body::Body;
use axum::http::Request;

use super::*;
use crate::web::sessions::{IDLE, WHOLE};

/// The pages that are looked at, and those that change something.
const SEEN: &[&str] = &[
    "/",
    "/control",
    "/global",
    "/redundancy",
    "/virtual",
    "/virtual/add",
    "/virtual/0",
    "/virtual/0/scripts",
    "/virtual/0/servers",
    "/virtual/0/servers/add",
    "/virtual/0/servers/1",
    "/password",
];
const TAKEN: &[&str] = &[
    "/global",
    "/redundancy",
    "/virtual/add",
    "/virtual/0",
    "/virtual/0/scripts",
    "/virtual/0/toggle",
    "/virtual/0/delete",
    "/virtual/0/servers/add",
    "/virtual/0/servers/1",
    "/virtual/0/servers/1/toggle",
    "/virtual/0/servers/1/delete",
    "/apply",
    "/logout",
    "/password",
];

#[test]
fn strangers_are_sent_to_the_login() {
    let lab = Lab::new();
    let mut stranger = lab.stranger();
    for path in SEEN {
        let page = stranger.get(path);
        assert_eq!((page.status, page.location()), (303, "/login"), "{path}");
        assert_eq!(page.text, "", "{path}");
    }
    for path in TAKEN {
        let page = stranger.post(path, &Default::default());
        assert_eq!((page.status, page.location()), (303, "/login"), "{path}");
    }
    stranger
        .cookies
        .insert("lvs_session".into(), "0".repeat(64));
    assert_eq!(stranger.get("/control").status, 303);
    assert_eq!(lab.file(), HAR300);
}

#[test]
fn a_wrong_password_lets_nobody_in_and_too_many_wait() {
    let lab = Lab::new();
    let mut stranger = lab.stranger();
    for _ in 0..5 {
        let page = stranger.log_in("password");
        assert_eq!(page.status, 401);
        assert!(page.text.contains("This is not the password."));
        assert!(!stranger.cookies.contains_key("lvs_session"));
    }
    let page = stranger.log_in(PASSWORD);
    assert_eq!(page.status, 429);
    assert_eq!(page.headers["retry-after"], "2");
    lab.pass(Duration::from_secs(1));
    assert_eq!(stranger.log_in(PASSWORD).status, 303);
}

#[test]
fn a_login_form_of_another_browser_is_refused() {
    let lab = Lab::new();
    let mut fields = lab.stranger().get("/login").form("/login");
    fields.insert("password".into(), PASSWORD.into());
    let mut other = lab.stranger();
    assert_eq!(other.post("/login", &fields).status, 403);
    other.get("/login");
    assert_eq!(other.post("/login", &fields).status, 403);
    fields.insert("token".into(), String::new());
    other.cookies.insert("lvs_login".into(), String::new());
    assert_eq!(other.post("/login", &fields).status, 403);
}

#[test]
fn an_unusable_password_file_lets_nobody_in() {
    let lab = Lab::new();
    std::fs::remove_file(lab.folder.path().join("passwd")).unwrap();
    assert_eq!(lab.stranger().log_in(PASSWORD).status, 500);
}

#[test]
fn a_login_is_a_new_session_with_a_fenced_cookie() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let before = browser.cookies["lvs_session"].clone();
    let page = browser.log_in(PASSWORD);
    let mut lines = page.headers.get_all("set-cookie").into_iter();
    let line = lines.next().unwrap().to_str().unwrap();
    let value = &browser.cookies["lvs_session"];
    assert_eq!(
        line,
        format!("lvs_session={value}; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict")
    );
    assert_ne!(*value, before);
    let mut old = lab.stranger();
    old.cookies.insert("lvs_session".into(), before);
    assert_eq!(old.get("/control").status, 303);
    let mut secure = lab.stranger();
    secure.host = "lvs.example.org";
    secure
        .headers
        .push(("origin", "https://lvs.example.org".into()));
    let page = secure.log_in(PASSWORD);
    assert!(
        page.headers["set-cookie"]
            .to_str()
            .unwrap()
            .ends_with("; Secure")
    );
}

#[test]
fn sessions_end() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    lab.pass(IDLE / 2);
    assert_eq!(browser.get("/global").status, 200);
    lab.pass(IDLE);
    assert_eq!(browser.get("/global").location(), "/login");
    let mut browser = lab.browser();
    for _ in 0..WHOLE.as_secs() / (IDLE.as_secs() / 2) - 1 {
        lab.pass(IDLE / 2);
        assert_eq!(browser.get("/global").status, 200);
    }
    lab.pass(IDLE / 2);
    assert_eq!(browser.get("/global").status, 303);
    let mut browser = lab.browser();
    let form = browser.get("/global").form("/logout");
    assert_eq!(browser.post("/logout", &form).location(), "/login");
    assert_eq!(browser.get("/global").status, 303);
}

#[test]
fn what_changes_something_is_no_get() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    for path in TAKEN.iter().filter(|path| !SEEN.contains(path)) {
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            let mut request = Request::builder().method(method).uri(*path);
            if !matches!(method, "GET" | "HEAD") {
                request = request.header("origin", "http://127.0.0.1:3636");
            }
            let page = browser.send(request, Body::empty());
            assert_eq!(page.status, 405, "{method} {path}");
            assert_eq!(page.headers["allow"], "POST", "{method} {path}");
        }
    }
    assert_eq!(lab.file(), HAR300);
}

#[test]
fn a_form_of_another_site_is_refused() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let form = browser.get("/virtual").form("/virtual/0/toggle");
    for headers in [
        vec![("origin", "http://evil.example".to_owned())],
        vec![("origin", "null".to_owned())],
        vec![("origin", String::new())],
        vec![("origin", "http://localhost:3636".to_owned())],
        vec![
            ("origin", "http://127.0.0.1:3636".to_owned()),
            ("origin", "http://evil.example".to_owned()),
        ],
        vec![
            ("origin", "http://127.0.0.1:3636".to_owned()),
            ("sec-fetch-site", "cross-site".to_owned()),
        ],
    ] {
        browser.headers = headers.clone();
        let page = browser.post("/virtual/0/toggle", &form);
        assert_eq!(page.status, 403, "{headers:?}");
    }
    browser.headers.clear();
    let request = Request::post("/virtual/0/toggle");
    assert_eq!(browser.send(request, Body::empty()).status, 403);
    assert_eq!(browser.post("/virtual/0/toggle", &form).status, 200);
}

#[test]
fn a_form_of_another_session_is_refused() {
    let lab = Lab::new();
    let (mut browser, mut other) = (lab.browser(), lab.browser());
    for path in TAKEN {
        for token in [None, Some(String::new()), Some("0".repeat(64))] {
            let fields = token.iter().map(|token| ("csrf".to_owned(), token.clone()));
            let page = browser.post(path, &fields.collect());
            assert_eq!(page.status, 403, "{path} {token:?}");
        }
    }
    let form = other.get("/virtual").form("/virtual/0/toggle");
    assert_eq!(browser.post("/virtual/0/toggle", &form).status, 403);
    assert_eq!(other.post("/virtual/0/toggle", &form).status, 200);
}

#[test]
fn another_name_that_leads_here_is_refused() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    for host in [
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:80",
        "evil.example:3636",
    ] {
        browser.host = host;
        assert_eq!(browser.get("/control").status, 421, "{host}");
        assert_eq!(browser.get("/login").status, 421, "{host}");
        assert_eq!(browser.get("/style.css").status, 421, "{host}");
    }
    browser.host = "localhost:3636";
    assert_eq!(browser.get("/control").status, 200);
    let absolute = Request::get("http://evil.example/control");
    assert_eq!(browser.send(absolute, Body::empty()).status, 421);
    browser.headers.push(("host", "evil.example".into()));
    assert_eq!(browser.get("/control").status, 421);
}

#[test]
fn forms_that_are_too_long_or_none_are_refused() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let kind = "application/x-www-form-urlencoded";
    let long = format!("csrf={}", "x".repeat(64 * 1024));
    assert_eq!(browser.post_body("/global", kind, long.clone()).status, 413);
    assert_eq!(browser.post_body("/login", kind, long).status, 413);
    let json = browser.post_body("/global", "application/json", "{}".into());
    assert_eq!(json.status, 415);
}

#[test]
fn every_answer_is_fenced_in() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let mut pages = vec![
        browser.get("/nowhere"),
        browser.get("/style.css"),
        browser.get("/login"),
    ];
    pages.extend(SEEN.iter().map(|path| browser.get(path)));
    browser.host = "evil.example";
    pages.push(browser.get("/"));
    for page in pages {
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["x-frame-options"], "DENY");
        assert!(!page.text.contains("<script"), "{}", page.text);
        assert!(!page.text.contains(" style="), "{}", page.text);
    }
    let page = browser.get("/global");
    assert_eq!(page.headers["cache-control"], "no-store");
}

#[test]
fn there_is_nothing_where_nothing_is() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    for path in [
        "/nowhere",
        "/virtual/1",
        "/virtual/x",
        "/virtual/1/servers",
        "/virtual/0/servers/2",
        "/virtual/99999999999999999999/scripts",
        "/virtual/0/servers/x",
    ] {
        assert_eq!(browser.get(path).status, 404, "{path}");
    }
    let form = browser.get("/virtual").form("/virtual/0/toggle");
    for path in [
        "/virtual/1/toggle",
        "/virtual/0/servers/2/delete",
        "/virtual/1/delete",
    ] {
        assert_eq!(browser.post(path, &form).status, 404, "{path}");
    }
}
