//! `lvs doctor`: what is wrong with this host's set-up, and what cures it.
//!
//! It exits with 0 when nothing is, 1 when something is, 2 for mistakes of usage, and 3 when
//! it could not look.

use std::ffi::OsString;
use std::net::IpAddr;
use std::process::ExitCode;

use ipvs_core::Tunnel;
use lexopt::prelude::*;
use serde::Serialize;

use super::{USAGE, say};
use crate::config::{self, Config, Forward};
use crate::doctor::{Asked, Blind, Facts, Finding, Place, examine, gather};

const USAGE_LINE: &str = "usage: lvs doctor nat|direct|tunnel [OPTION…]
Looks for mistakes in the set-up of this director or real server, and changes nothing.

  -c FILE                the lvs.cf that says what should be
  --real-server ADDRESS  this is a real server of that virtual address; once for each
  --director ADDRESS     the director's address among the servers, their gateway
  --client ADDRESS       a client that is to be served
  --tunnel KIND          ipip, gre or gue:PORT
  --json                 findings as JSON
";

/// Some findings.
const ILL: u8 = 1;
/// It could not look.
const BLIND: u8 = 3;

/// A whole command line.
struct Line {
    mode: Forward,
    file: Option<String>,
    real_server: Vec<IpAddr>,
    director: Option<IpAddr>,
    client: Option<IpAddr>,
    tunnel: Option<Tunnel>,
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Told<'a> {
    mode: &'static str,
    place: &'static str,
    healthy: bool,
    findings: &'a [Finding],
}

/// Runs the applet.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    let line = match line(words) {
        Ok(Some(line)) => line,
        Ok(None) => return say(USAGE_LINE),
        Err(error) => {
            eprint!("lvs doctor: {error}\n{USAGE_LINE}");
            return ExitCode::from(USAGE);
        }
    };
    let json = line.json;
    let facts = match asked(line).and_then(|asked| gather(asked).map_err(Failure::from)) {
        Ok(facts) => facts,
        Err(failure) => {
            eprintln!("lvs doctor: {}", failure.text);
            return ExitCode::from(failure.code);
        }
    };
    let findings = examine(&facts);
    match say(&told(&facts, &findings, json)) {
        ExitCode::SUCCESS if findings.is_empty() => ExitCode::SUCCESS,
        ExitCode::SUCCESS => ExitCode::from(ILL),
        _ => ExitCode::from(BLIND),
    }
}

/// Why there is no diagnosis.
struct Failure {
    text: String,
    code: u8,
}

impl From<Blind> for Failure {
    fn from(blind: Blind) -> Self {
        let code = match blind {
            Blind::NoDirector => USAGE,
            _ => BLIND,
        };
        let text = blind.to_string();
        Failure { text, code }
    }
}

/// `None` when help is asked for.
fn line(words: Vec<OsString>) -> Result<Option<Line>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut mode = None;
    let mut line = Line {
        mode: Forward::Nat,
        file: None,
        real_server: Vec::new(),
        director: None,
        client: None,
        tunnel: None,
        json: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('c') => line.file = Some(parser.value()?.string()?),
            Long("real-server") => line.real_server.push(parser.value()?.parse()?),
            Long("director") => line.director = Some(parser.value()?.parse()?),
            Long("client") => line.client = Some(parser.value()?.parse()?),
            Long("tunnel") => line.tunnel = Some(parser.value()?.parse()?),
            Long("json") => line.json = true,
            Long("help") | Short('h') => return Ok(None),
            Value(word) if mode.is_none() => mode = Some(word.parse_with(parse_mode)?),
            _ => return Err(argument.unexpected()),
        }
    }
    line.mode = mode.ok_or("which mode? nat, direct or tunnel")?;
    Ok(Some(line))
}

fn parse_mode(word: &str) -> Result<Forward, &'static str> {
    match word {
        "nat" => Ok(Forward::Nat),
        "direct" => Ok(Forward::Direct),
        "tunnel" => Ok(Forward::Tunnel),
        _ => Err("the mode is nat, direct or tunnel"),
    }
}

fn asked(line: Line) -> Result<Asked, Failure> {
    let file = match line.file {
        None => None,
        Some(path) => {
            let parsed = config::load(path.as_ref()).map_err(|error| Failure {
                text: error.to_string(),
                code: BLIND,
            })?;
            check(line.mode, &path, &parsed.config)?;
            Some((path, parsed))
        }
    };
    Ok(Asked {
        mode: line.mode,
        file,
        real_server: line.real_server,
        director: line.director,
        client: line.client,
        tunnel: line.tunnel,
    })
}

/// A file that can't work says of nothing what it should be, and one of another mode nothing
/// of this one.
fn check(mode: Forward, path: &str, config: &Config) -> Result<(), Failure> {
    let complaints = config.complaints().into_iter();
    let lines: Vec<String> = complaints.map(|line| format!("{path}: {line}")).collect();
    if !lines.is_empty() {
        return Err(Failure {
            text: lines.join("\n"),
            code: BLIND,
        });
    }
    let servers = config.virtuals.iter().flat_map(|service| &service.servers);
    let mut own = servers.filter_map(|server| server.forward);
    if config.network == mode || own.any(|forward| forward == mode) {
        return Ok(());
    }
    Err(Failure {
        text: format!(
            "{path} has network = {}, and no server of it is reached by {}",
            word(config.network),
            word(mode)
        ),
        code: USAGE,
    })
}

fn word(mode: Forward) -> &'static str {
    match mode {
        Forward::Nat => "nat",
        Forward::Direct => "direct",
        Forward::Tunnel => "tunnel",
    }
}

fn told(facts: &Facts, findings: &[Finding], json: bool) -> String {
    let mode = word(facts.mode);
    let place = match facts.place {
        Place::Director => "director",
        Place::Server { .. } => "real server",
    };
    if json {
        let told = Told {
            mode,
            place,
            healthy: findings.is_empty(),
            findings,
        };
        // A struct of texts is always JSON.
        return serde_json::to_string_pretty(&told).unwrap_or_default() + "\n";
    }
    let mut text: String = findings
        .iter()
        .map(|finding| format!("{finding}\n"))
        .collect();
    text += &match findings.len() {
        0 => format!("This {place} is well set up for {mode}.\n"),
        1 => format!("1 mistake in the set-up of this {place} for {mode}.\n"),
        many => format!("{many} mistakes in the set-up of this {place} for {mode}.\n"),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAT: &str = "network = nat\nvirtual web {\nactive = 1\naddress = 10.0.2.100 eth0:0\n\
        server one {\naddress = 10.0.3.100\nactive = 1\n}\n}\n";

    fn refused(words: &str, text: &str) -> (u8, String) {
        let file = tempfile::NamedTempFile::with_prefix("lvs.cf").unwrap();
        std::fs::write(file.path(), text).unwrap();
        let words = words.split(' ').map(OsString::from);
        let file = ["-c".into(), file.path().into()];
        let line = line(words.chain(file).collect()).ok().flatten().unwrap();
        let failure = asked(line).err();
        failure.map_or((0, String::new()), |it| (it.code, it.text))
    }

    #[test]
    fn a_file_that_can_not_work_is_refused() {
        assert_eq!(refused("nat", NAT).0, 0);
        let (code, text) = refused("nat", &NAT.replace("address = 10.0.3.100\n", ""));
        assert_eq!(code, BLIND);
        let (code, all) = refused(
            "nat",
            &NAT.replace("active = 1\naddress", "active = 1\nport = 0\naddress"),
        );
        assert_eq!(code, BLIND);
        assert!(
            text.ends_with(": virtual web: server one: it has no address"),
            "{text}"
        );
        assert!(
            all.ends_with(": virtual web: all ports (port 0) need persistence"),
            "{all}"
        );
        let twice = format!(
            "{NAT}{}",
            NAT.replace("network = nat", "").replace("web", "other")
        );
        assert_eq!(refused("nat", &twice).0, BLIND);
    }

    #[test]
    fn a_file_of_another_mode_is_refused() {
        let (code, text) = refused("direct", NAT);
        assert_eq!(code, USAGE);
        assert!(
            text.contains("network = nat") && text.ends_with("by direct"),
            "{text}"
        );
        let mixed = NAT.replace("10.0.3.100\n", "10.0.3.100\nforward = direct\n");
        assert_eq!(refused("direct", &mixed).0, 0);
        assert_eq!(refused("tunnel", &mixed).0, USAGE);
    }
}
