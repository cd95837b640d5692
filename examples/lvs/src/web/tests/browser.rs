//! What of a browser the tests need: cookies, and forms that are sent as they were shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::web::{Site, routes};

/// A browser, which keeps cookies.
pub(super) struct Browser {
    router: axum::Router,
    pub(super) cookies: BTreeMap<String, String>,
    /// The name that it calls the page by.
    pub(super) host: &'static str,
    /// Headers that its requests have beside those of any browser's.
    pub(super) headers: Vec<(&'static str, String)>,
}

/// What came.
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

/// A form's fields as they were shown.
pub(super) type Fields = BTreeMap<String, String>;

impl Browser {
    pub(super) fn new(site: &Arc<Site>) -> Browser {
        Browser {
            router: routes::router(site),
            cookies: BTreeMap::new(),
            host: "127.0.0.1:3636",
            headers: Vec::new(),
        }
    }

    pub(super) fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty())
    }

    /// Sends a form, as from a page of ours unless the headers say otherwise.
    pub(super) fn post(&mut self, path: &str, fields: &Fields) -> Page {
        let pairs = fields.iter();
        let pairs = pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.post_body(path, "application/x-www-form-urlencoded", body)
    }

    pub(super) fn post_body(&mut self, path: &str, kind: &str, body: String) -> Page {
        let mut request = Request::post(path).header("content-type", kind);
        if !self.headers.iter().any(|(name, _)| *name == "origin") {
            request = request.header("origin", format!("http://{}", self.host));
        }
        self.send(request, Body::from(body))
    }

    pub(super) fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let mut request = request.header("host", self.host);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let cookies: Vec<String> = (self.cookies.iter())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let request = request.body(body).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let page = runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Page {
                status: head.status.as_u16(),
                headers: head.headers,
                text: String::from_utf8(body.to_vec()).unwrap(),
            }
        });
        for line in page.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        page
    }

    pub(super) fn log_in(&mut self, password: &str) -> Page {
        let mut fields = self.get("/login").form("/login");
        fields.insert("password".into(), password.into());
        self.post("/login", &fields)
    }

    /// Sends the form `action` of the page `path`, with some fields changed: the preview.
    pub(super) fn fill(&mut self, path: &str, action: &str, changes: &[(&str, &str)]) -> Page {
        let mut fields = self.get(path).form(action);
        for (name, value) in changes {
            fields.insert((*name).into(), (*value).into());
        }
        self.post(action, &fields)
    }

    /// Confirms a preview: the page that follows.
    pub(super) fn apply(&mut self, preview: &Page) -> Page {
        let went = self.post("/apply", &preview.form("/apply"));
        assert_eq!(went.status, 303, "{}", went.text);
        let path = went.location().to_owned();
        self.get(&path)
    }
}

impl Page {
    pub(super) fn location(&self) -> &str {
        self.headers["location"].to_str().unwrap()
    }

    /// The fields of the form that is sent to `action`, as a browser would send them.
    pub(super) fn form(&self, action: &str) -> Fields {
        let head = format!("action=\"{action}\"");
        let forms = self.text.split("<form").skip(1);
        let mut forms = forms.map(|form| form.split("</form>").next().unwrap());
        let form = forms.find(|form| form.split('>').next().unwrap().contains(&head));
        let form = form.unwrap_or_else(|| panic!("no form {action}: {}", self.text));
        let mut fields = Fields::new();
        let mut select = None;
        for tag in form.split('<').map(|tag| tag.split('>').next().unwrap()) {
            let checked = !tag.contains("type=\"checkbox\"") || tag.contains(" checked");
            if tag.starts_with("input ") && checked {
                if let Some(name) = attribute(tag, "name") {
                    fields.insert(name, attribute(tag, "value").unwrap_or_default());
                }
            } else if tag.starts_with("select ") {
                select = attribute(tag, "name");
            } else if let (true, Some(name)) = (tag.starts_with("option "), &select) {
                let value = attribute(tag, "value").unwrap();
                if tag.ends_with(" selected") {
                    fields.insert(name.clone(), value);
                } else {
                    // Where none is selected, the first is.
                    fields.entry(name.clone()).or_insert(value);
                }
            } else if tag == "/select" {
                select = None;
            }
        }
        fields
    }
}

/// An attribute of a tag. Values have no `<` and `>` in them: those are escaped.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let head = format!(" {name}=\"");
    let behind = tag.split_once(&head)?.1;
    let value = behind.split_once('"')?.0;
    let plain = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    let plain = plain
        .iter()
        .fold(value.to_owned(), |text, (from, to)| text.replace(from, to));
    Some(plain)
}

fn encode(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}
