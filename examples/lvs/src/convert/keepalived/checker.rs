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
    /// The check of a server of which nothing is known.
    pub(super) fn ping() -> Checker {
        Checker {
            check: Some(Check::Ping),
            ..Checker::default()
        }
    }

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
        let (mut urls, mut answers) = (0, false);
        self.exactly(node, 1);
        for node in &node.children {
            match node.key() {
                "connect_timeout" | "misc_timeout" => checker.timeout = self.number(node),
                "retry" | "nb_get_retry" => checker.retries = self.number(node),
                "misc_path" => checker.program = self.program(node),
                "virtualhost" => checker.host = self.text(node),
                "payload" => checker.send = self.bytes(node),
                "require_reply" if node.value().is_none() => answers = true,
                "require_reply" => (answers, checker.expect) = (true, self.bytes(node)),
                "url" if urls == 0 => {
                    urls += 1;
                    self.url(node, &mut checker);
                }
                "url" => self.lose(node, "a check asks for one url"),
                _ => self.lose(node, "a check has no such setting"),
            }
        }
        self.whole(node, checker, answers)
    }

    /// The checker, or what can be had instead of it: keepalived's UDP check takes silence for
    /// well, unless it is told that an answer must come.
    fn whole(&mut self, node: &Node, checker: Checker, answers: bool) -> Option<Checker> {
        match checker.check {
            Some(Check::Udp) if !answers => {
                self.lose(node, "without require_reply servers are pinged instead");
                Some(Checker {
                    timeout: checker.timeout,
                    retries: checker.retries,
                    ..Checker::ping()
                })
            }
            Some(Check::Udp) if checker.send.is_none() => {
                self.lose(node, "without a payload an empty datagram is sent");
                Some(checker)
            }
            Some(Check::Program) if checker.program.is_none() => {
                self.lose(node, "it names no program");
                None
            }
            _ => Some(checker),
        }
    }

    fn url(&mut self, url: &Node, checker: &mut Checker) {
        self.exactly(url, 1);
        for node in &url.children {
            match node.key() {
                "path" => checker.path = self.text(node),
                "virtualhost" => checker.host = self.text(node),
                "status_code" => {
                    let codes = node.words.get(1..).unwrap_or_default();
                    if codes.is_empty() || !codes.iter().all(|code| is_status(code)) {
                        self.lose(node, "a status is three digits");
                    } else {
                        checker.status = Some(codes.join(","));
                    }
                }
                "regex" => {
                    checker.expect = self.text(node);
                    checker.regex = checker.expect.is_some();
                }
                _ => self.lose(node, "a check of a url has no such setting"),
            }
        }
    }

    /// A program and its words, which blanks part here.
    fn program(&mut self, node: &Node) -> Option<String> {
        let program = self.text(node)?;
        if program.contains(['"', '\'', '\\']) {
            self.lose(
                node,
                "blanks alone part a program's words, and no quotes hold them together",
            );
        }
        Some(program)
    }

    /// What a UDP check sends and expects, in hexadecimal there: two digits a byte, or the last
    /// one of a word. lvs.cf has text.
    fn bytes(&mut self, node: &Node) -> Option<String> {
        let words = node.words.get(1..).unwrap_or_default();
        let bytes: Option<Vec<u8>> = words
            .iter()
            .flat_map(|word| {
                let digits: Vec<Option<u32>> = word.chars().map(|c| c.to_digit(16)).collect();
                let bytes = digits.chunks(2).map(|pair| {
                    let digits = pair
                        .iter()
                        .try_fold(0, |sum, digit| Some(sum << 4 | (*digit)?));
                    digits.and_then(|byte| u8::try_from(byte).ok())
                });
                bytes.collect::<Vec<_>>()
            })
            .collect();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.filter(|text| !text.is_empty());
        if text.is_none() {
            self.lose(node, "it is no text");
        }
        text
    }
}

/// Whether a word is a status, or a range of them.
fn is_status(word: &str) -> bool {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let is_one = |status: &str| {
        let digits = status.bytes().all(|byte| byte.is_ascii_digit());
        digits && status.len() == 3 && !status.starts_with('0')
    };
    is_one(first) && is_one(last) && first <= last
}
