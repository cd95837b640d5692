//! A check as it is described, and as it is run.

use std::net::SocketAddr;
use std::time::Duration;

use regex::bytes::Regex;
use serde::{Deserialize, Serialize};

use super::exchange::{Exchange, Transport};
use super::http::{Get, NoStatuses, Statuses};
use super::ping::ping;
use super::program::{Leash, Program};
use super::{Expect, Failure};

/// How a server is checked, in words that can be sent and compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Probe {
    /// Send something, expect something.
    Exchange {
        /// Over UDP instead of TCP.
        udp: bool,
        /// What is sent; nothing if empty.
        send: String,
        /// What is expected.
        expect: Answer,
    },
    /// A page of a web server.
    Http {
        /// By HTTPS.
        tls: bool,
        /// The site; the server's address if empty.
        host: String,
        /// The page, with its leading slash.
        path: String,
        /// The statuses that are good; 200 to 299 if empty.
        status: String,
        /// What is expected somewhere in the page.
        body: Answer,
    },
    /// A program.
    Program {
        /// Its path and words, `%h` and `%p` for the server and its port.
        line: String,
        /// What it must print.
        expect: Answer,
    },
    /// An ICMP echo.
    Ping,
}

/// What is expected, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// Nothing.
    #[default]
    Nothing,
    /// At least one byte.
    Anything,
    /// This text.
    Text(String),
    /// What this pattern matches.
    Pattern(String),
}

impl Answer {
    /// What lvs.cf means by `expect` and `use_regex`.
    #[must_use]
    pub fn new(expect: Option<&str>, is_pattern: bool) -> Self {
        match expect {
            None => Answer::Nothing,
            Some("*") if !is_pattern => Answer::Anything,
            Some(pattern) if is_pattern => Answer::Pattern(pattern.into()),
            Some(text) => Answer::Text(text.into()),
        }
    }
}

/// What is no check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoProbe {
    /// A pattern that is none.
    #[error("{0:?} is no regular expression: {1}")]
    Pattern(String, String),
    /// A list of statuses that is none.
    #[error(transparent)]
    Statuses(#[from] NoStatuses),
    /// A program without a name.
    #[error("the line of the program is blank")]
    NoProgram,
}

/// A check that is ready to be run.
#[derive(Clone, Debug)]
pub enum Check {
    /// Send something, expect something.
    Exchange(Exchange),
    /// A page of a web server.
    Get(Get),
    /// A program.
    Program(Program),
    /// An ICMP echo, and how long it may take.
    Ping(SocketAddr, Duration),
}

impl Probe {
    /// What a web server is asked when nobody says what.
    #[must_use]
    pub fn front_page() -> Self {
        Probe::Exchange {
            udp: false,
            send: "GET / HTTP/1.0\r\n\r\n".into(),
            expect: Answer::Text("HTTP".into()),
        }
    }

    /// The check of one server, for which it has `timeout`.
    ///
    /// # Errors
    /// [`NoProbe`], whatever the server is.
    pub fn of(&self, target: SocketAddr, timeout: Duration) -> Result<Check, NoProbe> {
        Ok(match self {
            Probe::Exchange { udp, send, expect } => Check::Exchange(Exchange {
                transport: if *udp { Transport::Udp } else { Transport::Tcp },
                target,
                send: send.as_bytes().to_vec(),
                expect: expect.whole()?,
                timeout,
            }),
            Probe::Http {
                tls,
                host,
                path,
                status,
                body,
            } => Check::Get(Get {
                tls: *tls,
                host: host.clone(),
                path: path.clone(),
                status: statuses(status)?,
                body: body.part()?,
                ..Get::new(target, timeout)
            }),
            Probe::Program { line, expect } => {
                let host = target.ip().to_string();
                let program = Program::new(line, &host, target.port(), expect.whole()?, timeout);
                Check::Program(program.ok_or(NoProbe::NoProgram)?)
            }
            Probe::Ping => Check::Ping(target, timeout),
        })
    }
}

impl Check {
    /// The same on a leash, if it is a program.
    #[must_use]
    pub fn on(self, leash: &Leash) -> Self {
        match self {
            Check::Program(program) => Check::Program(program.on(leash)),
            other => other,
        }
    }

    /// Runs it once, for no longer than its timeout.
    ///
    /// # Errors
    /// The [`Failure`] that the server is down for.
    pub fn run(&self) -> Result<(), Failure> {
        match self {
            Check::Exchange(exchange) => exchange.run(),
            Check::Get(get) => get.run(),
            Check::Program(program) => program.run(),
            Check::Ping(target, timeout) => ping(target.ip(), *timeout),
        }
    }
}

impl Answer {
    /// What a whole answer must be, or begin with.
    fn whole(&self) -> Result<Expect, NoProbe> {
        Ok(match self {
            Answer::Nothing => Expect::Nothing,
            Answer::Anything => Expect::Anything,
            Answer::Text(text) => Expect::Text(text.as_bytes().to_vec()),
            Answer::Pattern(text) => Expect::Pattern(pattern(text)?),
        })
    }

    /// What must be somewhere in a page.
    fn part(&self) -> Result<Option<Regex>, NoProbe> {
        match self {
            Answer::Nothing => Ok(None),
            Answer::Anything => pattern("(?s-u:.)").map(Some),
            Answer::Text(text) => pattern(&regex::escape(text)).map(Some),
            Answer::Pattern(text) => pattern(text).map(Some),
        }
    }
}

fn pattern(text: &str) -> Result<Regex, NoProbe> {
    Regex::new(text).map_err(|error| {
        // The library draws the pattern and points into it; the last line says what it is.
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default();
        NoProbe::Pattern(text.into(), reason.trim_start_matches("error: ").into())
    })
}

fn statuses(list: &str) -> Result<Statuses, NoStatuses> {
    match list {
        "" => Ok(Statuses::default()),
        list => list.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: ([u8; 4], u16) = ([127, 0, 0, 1], 9);

    fn of(probe: &Probe) -> Result<Check, NoProbe> {
        probe.of(NOBODY.into(), Duration::from_secs(1))
    }

    fn page(status: &str, body: Answer) -> Probe {
        Probe::Http {
            tls: false,
            host: String::new(),
            path: "/".into(),
            status: status.into(),
            body,
        }
    }

    #[test]
    fn what_the_file_expects() {
        assert_eq!(Answer::new(None, true), Answer::Nothing);
        assert_eq!(Answer::new(Some("*"), false), Answer::Anything);
        assert_eq!(Answer::new(Some("a*"), false), Answer::Text("a*".into()));
        assert_eq!(Answer::new(Some("a*"), true), Answer::Pattern("a*".into()));
    }

    #[test]
    fn text_in_a_page_is_no_pattern() {
        let Check::Get(get) = of(&page("", Answer::Text("a.c".into()))).unwrap() else {
            panic!("another check");
        };
        let body = get.body.unwrap();
        assert!(body.is_match(b"__a.c__"));
        assert!(!body.is_match(b"abc"));
    }

    #[test]
    fn anything_is_a_byte_and_not_a_letter() {
        let Check::Get(get) = of(&page("", Answer::Anything)).unwrap() else {
            panic!("another check");
        };
        let body = get.body.unwrap();
        assert!(body.is_match(b"\xff") && body.is_match(b"\n"));
        assert!(!body.is_match(b""));
    }

    #[test]
    fn what_is_no_check() {
        let bad = page("", Answer::Pattern("(a".into()));
        let error = of(&bad).unwrap_err().to_string();
        assert_eq!(error, "\"(a\" is no regular expression: unclosed group");
        assert!(matches!(
            of(&page("ok", Answer::Nothing)),
            Err(NoProbe::Statuses(_))
        ));
        let blank = Probe::Program {
            line: " ".into(),
            expect: Answer::Nothing,
        };
        assert_eq!(of(&blank).unwrap_err(), NoProbe::NoProgram);
    }
}
