//! The checkers of a real server.

use super::Reader;
use super::syntax::Node;
use crate::config::{Check, Virtual};

/// How a server is checked, in lvs.cf's words. keepalived says it of each server, lvs.cf of all
/// servers of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Checker {
    check: Option<Check>,
    program: Option<String>,
    send: Option<String>,
    expect: Option<String>,
    regex: bool,
    host: Option<String>,
    path: Option<String>,
    status: Option<String>,
    timeout: Option<u32>,
    /// How often it is tried again before the server is down.
    retries: Option<u32>,
}

impl Checker {
    /// Writes it into a service. `retries` and `timeout` are what the service itself says.
    pub(super) fn set(self, service: &mut Virtual, retries: Option<u32>, timeout: Option<u32>) {
        let usual = u32::from(self.check != Some(Check::Program));
        let retries = self.retries.or(retries).unwrap_or(usual);
        service.fall = retries.saturating_add(1);
        service.timeout = self.timeout.or(timeout).unwrap_or(5);
        service.check = self.check;
        service.send_program = self.program;
        service.send = self.send;
        service.expect = self.expect;
        service.use_regex = self.regex;
        service.http_host = self.host.or(service.http_host.take());
        service.http_path = self.path;
        service.http_status = self.status;
    }
}

/// The check that a block of this name is, if it is one.
fn kind(key: &str) -> Option<Option<Check>> {
    match key {
        "HTTP_GET" => Some(Some(Check::Http)),
        "SSL_GET" => Some(Some(Check::Https)),
        "TCP_CHECK" => Some(Some(Check::Tcp)),
        "UDP_CHECK" => Some(Some(Check::Udp)),
        "PING_CHECK" => Some(Some(Check::Ping)),
        "MISC_CHECK" => Some(Some(Check::Program)),
        "DNS_CHECK" | "SMTP_CHECK" | "FILE_CHECK" | "BFD_CHECK" => Some(None),
        _ => None,
    }
}

/// Whether a block of this name is a checker.
pub(super) fn is(node: &Node) -> bool {
    kind(node.key()).is_some()
}

impl Reader<'_> {
    /// The checker that a block is; `None` when lvs.cf has none like it.
    pub(super) fn checker(&mut self, node: &Node) -> Option<Checker> {
        let Some(check) = kind(node.key()).flatten() else {
            self.lose(node, "there is no such check");
            return None;
        };
        let mut checker = Checker {
            check: Some(check),
            ..Checker::default()
        };
        let mut urls = 0;
        for node in &node.children {
            let value = node.value().map(str::to_owned);
            match (node.key(), value) {
                ("connect_timeout" | "misc_timeout", _) => checker.timeout = self.number(node),
                ("retry" | "nb_get_retry", _) => checker.retries = self.number(node),
                ("misc_path", path @ Some(_)) => checker.program = path,
                ("virtualhost", host @ Some(_)) => checker.host = host,
                ("payload", Some(payload)) => checker.send = self.payload(node, &payload),
                ("url", _) if urls == 0 => {
                    urls += 1;
                    self.url(node, &mut checker);
                }
                ("url", _) => self.lose(node, "a check asks for one url"),
                _ => self.lose(node, "a check has no such setting"),
            }
        }
        Some(checker)
    }

    fn url(&mut self, url: &Node, checker: &mut Checker) {
        for node in &url.children {
            match (node.key(), node.value().map(str::to_owned)) {
                ("path", path @ Some(_)) => checker.path = path,
                ("virtualhost", host @ Some(_)) => checker.host = host,
                ("status_code", Some(_)) => {
                    let codes = node.words.get(1..).unwrap_or_default();
                    checker.status = Some(codes.join(","));
                }
                ("regex", regex @ Some(_)) => (checker.expect, checker.regex) = (regex, true),
                _ => self.lose(node, "a check of a url has no such setting"),
            }
        }
    }

    /// What a UDP check sends, in hexadecimal there. lvs.cf sends text.
    fn payload(&mut self, node: &Node, payload: &str) -> Option<String> {
        let digits: Option<Vec<u32>> = payload.chars().map(|digit| digit.to_digit(16)).collect();
        let bytes: Option<Vec<u8>> = digits.as_ref().and_then(|digits| {
            let pairs = digits.chunks(2).map(|pair| match pair {
                [high, low] => u8::try_from(high << 4 | low).ok(),
                _ => None,
            });
            pairs.collect()
        });
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        if text.is_none() {
            self.lose(node, "it is no text");
        }
        text
    }
}
