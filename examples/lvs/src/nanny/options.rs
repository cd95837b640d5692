//! nanny's command line: the original's, and what we have beyond it.
//!
//! [`parse`] reads it, [`words`] writes it: a process list shows what each nanny does.

mod build;
mod print;

use std::ffi::OsString;
use std::net::IpAddr;
use std::time::Duration;

use ipvs_core::rules::Names;
use ipvs_core::{ForwardMethod, Protocol, Tunnel};
use lexopt::prelude::*;

use super::watch::Watch;
use crate::config::text::unescape;

pub use print::words;

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To watch a server.
    Run(Box<Run>),
    /// `--help`.
    Help,
    /// `--version`.
    Version,
}

/// How to watch it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What to do.
    pub watch: Watch,
    /// `-c`, `-n`: stay where it was started.
    pub foreground: bool,
    /// `-v`: a line for each check that fails.
    pub verbose: bool,
    /// `--norun`: check, and change nothing.
    pub dry: bool,
}

/// What `--help` prints.
pub const USAGE: &str = "\
usage: nanny --lvs -h SERVER (-V ADDRESS | -f MARK) [OPTION…]
Watches a real server, and keeps its entry in the table as its checks say.

The entry:
  -h, --server HOST          the real server
  -r, --rport PORT           its port (the virtual one)
  -V, --virtaddress HOST     the virtual address
  -p, --port PORT            the virtual port (80)
  -f, --fwmark MARK          the mark that stands for address and port
  -u, --udp                  the service is UDP
  -M, --method g|m|i         gatewaying, masquerading, or a tunnel (m)
  -w, --weight N             its weight (1)
The check:
  -t, --interval S           the time between two checks (10)
  -a, --reentrytime S        how long it must answer to come back (180)
  -s, --send_string TEXT     what is sent
  -e, --send_program LINE    the program that checks: %h the server, %p its port
  -x, --expect_string TEXT   what the answer begins with; * is anything
      --regex                it is a regular expression
  -T, --suppress             a backslash in them is a backslash
  -q, --quiesce_server       a failed server stays, with weight 0
  -U, --loadcmd HOW          rup, ruptime, rsh, ssh or none (none)
  -S, --scale N              how many times its weight an idle one may get (10)
The program:
  -n, --nodaemon             stay in the foreground
  -c, --nofork               the same
  -v                         a line for each check that fails
      --test-start, --norun  check, and change nothing
      --version
Ours:
      --timeout S            how long a check may take (the interval)
      --rise N, --fall N     good checks that bring it back, bad ones that take it out
      --check HOW            tcp, udp, http, https, program or ping
      --http-host NAME, --http-path PATH, --http-status LIST
      --protocol tcp|udp|sctp, --tunnel KIND, --rsh-command COMMAND
      --upper-threshold N, --lower-threshold N
Accepted, and nothing to us: -I, --ipvsadm PATH. (Failover services, --fos, there are none.)
";

/// The words as they are, each with its default.
struct Words {
    server: Option<IpAddr>,
    rport: Option<u16>,
    virtaddress: Option<IpAddr>,
    port: u16,
    fwmark: Option<u32>,
    protocol: Protocol,
    method: ForwardMethod,
    tunnel: Tunnel,
    weight: u32,
    thresholds: (u32, u32),
    interval: Duration,
    timeout: Option<Duration>,
    reentry: Duration,
    rise: Option<u32>,
    fall: u32,
    quiesce: bool,
    load: LoadWord,
    rsh_command: Option<String>,
    scale: u32,
    check: Option<CheckWord>,
    send: Option<String>,
    program: Option<String>,
    expect: Option<String>,
    regex: bool,
    suppress: bool,
    http_host: String,
    http_path: Option<String>,
    http_status: String,
    lvs: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LoadWord {
    Unasked,
    Rup,
    Ruptime,
    Rsh,
    Ssh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CheckWord {
    Tcp,
    Udp,
    Http,
    Https,
    Program,
    Ping,
}

/// Reads a command line, with the names that `names` knows.
///
/// # Errors
/// What is wrong with it, in a line.
pub fn parse(words: Vec<OsString>, names: &dyn Names) -> Result<Asked, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut asked = Words::default();
    let (mut foreground, mut verbose, mut dry) = (false, false, false);
    while let Some(option) = parser.next()? {
        match option {
            Short('n' | 'c') | Long("nodaemon" | "nofork") => foreground = true,
            Short('v') => verbose = true,
            Long("test-start" | "norun") => dry = true,
            Long("help") => return Ok(Asked::Help),
            Long("version") => return Ok(Asked::Version),
            Long("fos") => return Err("--fos: there are no failover services here".into()),
            Value(_) => return Err(option.unexpected()),
            option => {
                let name = long_name(&option);
                let known = asked.flag(&name)
                    || asked.entry(&name, &mut parser, names)?
                    || asked.check(&name, &mut parser)?;
                if !known {
                    return Err(format!("invalid option '{name}'").into());
                }
            }
        }
    }
    let watch = asked.watch()?;
    Ok(Asked::Run(Box::new(Run {
        watch,
        foreground,
        verbose,
        dry,
    })))
}

/// What an option is called that may be a letter.
fn long_name(option: &lexopt::Arg<'_>) -> String {
    match option {
        Long(name) => (*name).to_owned(),
        Short(letter) => {
            let known = LETTERS.iter().find(|(short, _)| short == letter);
            known.map_or_else(|| letter.to_string(), |(_, long)| (*long).to_owned())
        }
        Value(_) => String::new(),
    }
}

/// Each takes the options of its kind, and says whether it was one.
impl Words {
    /// Those without a value.
    fn flag(&mut self, name: &str) -> bool {
        match name {
            "lvs" => self.lvs = true,
            "udp" => self.protocol = Protocol::UDP,
            "quiesce_server" => self.quiesce = true,
            "regex" => self.regex = true,
            "suppress" => self.suppress = true,
            _ => return false,
        }
        true
    }

    /// Those about the entry in the table.
    fn entry(
        &mut self,
        name: &str,
        parser: &mut lexopt::Parser,
        names: &dyn Names,
    ) -> Result<bool, lexopt::Error> {
        let address = |word: &str| {
            let address = word.parse().ok().or_else(|| names.address(word));
            address.ok_or("no address, and no name of one")
        };
        match name {
            "server" => self.server = Some(parser.value()?.parse_with(address)?),
            "virtaddress" => self.virtaddress = Some(parser.value()?.parse_with(address)?),
            "port" => self.port = parser.value()?.parse()?,
            "rport" => self.rport = Some(parser.value()?.parse()?),
            "fwmark" => self.fwmark = Some(parser.value()?.parse()?).filter(|mark| *mark != 0),
            "protocol" => self.protocol = parser.value()?.parse_with(protocol)?,
            "method" => self.method = parser.value()?.parse_with(method)?,
            "tunnel" => self.tunnel = parser.value()?.parse()?,
            "weight" => self.weight = parser.value()?.parse()?,
            "upper-threshold" => self.thresholds.0 = parser.value()?.parse()?,
            "lower-threshold" => self.thresholds.1 = parser.value()?.parse()?,
            "ipvsadm" => drop(parser.value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Those about the checks.
    fn check(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
        match name {
            "interval" => self.interval = seconds(parser)?,
            "timeout" => self.timeout = Some(seconds(parser)?),
            // 0: the first good check brings it back.
            "reentrytime" => self.reentry = Duration::from_secs(parser.value()?.parse()?),
            "rise" => self.rise = Some(count(parser)?),
            "fall" => self.fall = count(parser)?,
            "loadcmd" => self.load = parser.value()?.parse_with(load)?,
            "rsh-command" => self.rsh_command = Some(parser.value()?.string()?),
            "scale" => self.scale = count(parser)?,
            "check" => self.check = Some(parser.value()?.parse_with(check)?),
            "send_string" => self.send = Some(parser.value()?.string()?),
            "send_program" => self.program = Some(parser.value()?.string()?),
            "expect_string" => self.expect = Some(parser.value()?.string()?),
            "http-host" => self.http_host = parser.value()?.string()?,
            "http-path" => self.http_path = Some(parser.value()?.string()?),
            "http-status" => self.http_status = parser.value()?.string()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Text with what its backslashes stand for.
    fn text(&self, text: &str) -> String {
        if self.suppress {
            text.to_owned()
        } else {
            unescape(text)
        }
    }
}

/// The letters of the original's options.
const LETTERS: &[(char, &str)] = &[
    ('t', "interval"),
    ('I', "ipvsadm"),
    ('M', "method"),
    ('U', "loadcmd"),
    ('p', "port"),
    ('r', "rport"),
    ('a', "reentrytime"),
    ('h', "server"),
    ('f', "fwmark"),
    ('V', "virtaddress"),
    ('w', "weight"),
    ('S', "scale"),
    ('s', "send_string"),
    ('e', "send_program"),
    ('x', "expect_string"),
    ('T', "suppress"),
    ('q', "quiesce_server"),
    ('u', "udp"),
];

fn seconds(parser: &mut lexopt::Parser) -> Result<Duration, lexopt::Error> {
    count(parser).map(|count| Duration::from_secs(count.into()))
}

/// A number from 1.
fn count(parser: &mut lexopt::Parser) -> Result<u32, lexopt::Error> {
    let positive = |word: &str| word.parse().ok().filter(|number| *number > 0);
    let checked = |word: &str| positive(word).ok_or("a number from 1 is expected");
    parser.value()?.parse_with(checked)
}

fn protocol(word: &str) -> Result<Protocol, &'static str> {
    match word {
        "tcp" => Ok(Protocol::TCP),
        "udp" => Ok(Protocol::UDP),
        "sctp" => Ok(Protocol::SCTP),
        _ => Err("it is tcp, udp or sctp"),
    }
}

fn method(word: &str) -> Result<ForwardMethod, &'static str> {
    match word {
        "g" => Ok(ForwardMethod::DIRECT_ROUTE),
        "m" => Ok(ForwardMethod::MASQUERADE),
        "i" => Ok(ForwardMethod::TUNNEL),
        _ => Err("it is g, m or i"),
    }
}

fn load(word: &str) -> Result<LoadWord, &'static str> {
    match word {
        "none" => Ok(LoadWord::Unasked),
        "rup" => Ok(LoadWord::Rup),
        "ruptime" => Ok(LoadWord::Ruptime),
        "rsh" => Ok(LoadWord::Rsh),
        "ssh" => Ok(LoadWord::Ssh),
        _ => Err("it is rup, ruptime, rsh, ssh or none"),
    }
}

fn check(word: &str) -> Result<CheckWord, &'static str> {
    match word {
        "tcp" => Ok(CheckWord::Tcp),
        "udp" => Ok(CheckWord::Udp),
        "http" => Ok(CheckWord::Http),
        "https" => Ok(CheckWord::Https),
        "program" => Ok(CheckWord::Program),
        "ping" => Ok(CheckWord::Ping),
        _ => Err("it is tcp, udp, http, https, program or ping"),
    }
}

#[cfg(test)]
mod tests;
