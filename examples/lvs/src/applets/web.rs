//! `lvs web`: the web page.
//!
//! It listens on this machine alone, unless told otherwise. It ends with 1 when it can't
//! begin, and 2 for mistakes of usage.

use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;

use ipvs_core::{Client, Options};
use lexopt::prelude::*;

use super::{USAGE, say};
use crate::control::run_directory;
use crate::observe::Observer;
use crate::password::Stored;
use crate::web::{Origin, Site};

const USAGE_LINE: &str = "usage: lvs web [-c FILE] [--passwd FILE] [--listen ADDRESS:PORT] [--anywhere] [--origin URL]...
  -c FILE             the configuration (/etc/sysconfig/ha/lvs.cf)
  --passwd FILE       the password file, made by lvs passwd (/etc/sysconfig/ha/lvs.passwd)
  --listen ADDRESS:PORT   where to listen (127.0.0.1:3636)
  --anywhere          also where others than this machine can reach it
  --origin URL        another address that browsers call it by, such as a proxy's that adds TLS
";

/// A whole command line.
struct Asked {
    config: PathBuf,
    passwords: PathBuf,
    listen: SocketAddr,
    anywhere: bool,
    origins: Vec<Origin>,
}

/// Runs the applet.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    let asked = match asked(words) {
        Ok(Some(asked)) => asked,
        Ok(None) => return say(USAGE_LINE),
        Err(error) => {
            eprint!("lvs web: {error}\n{USAGE_LINE}");
            return ExitCode::from(USAGE);
        }
    };
    match serve(asked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lvs web: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` when help is asked for.
fn asked(words: Vec<OsString>) -> Result<Option<Asked>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut asked = Asked {
        config: "/etc/sysconfig/ha/lvs.cf".into(),
        passwords: "/etc/sysconfig/ha/lvs.passwd".into(),
        listen: SocketAddr::from(([127, 0, 0, 1], 3636)),
        anywhere: false,
        origins: Vec::new(),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('c') => asked.config = parser.value()?.into(),
            Long("passwd") => asked.passwords = parser.value()?.into(),
            Long("listen") => asked.listen = parser.value()?.parse()?,
            Long("anywhere") => asked.anywhere = true,
            Long("origin") => asked.origins.push(parser.value()?.parse()?),
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    if !asked.anywhere && !asked.listen.ip().is_loopback() {
        return Err(format!(
            "{} can be reached from elsewhere; --anywhere if that is meant",
            asked.listen
        )
        .into());
    }
    Ok(Some(asked))
}

fn serve(asked: Asked) -> Result<(), String> {
    let passwords = asked.passwords.display();
    Stored::read(&asked.passwords).map_err(|error| format!("{passwords}: {error}"))?;
    let listen = asked.listen;
    let listener = TcpListener::bind(listen).map_err(|error| format!("{listen}: {error}"))?;
    let listen = listener.local_addr().map_err(|error| error.to_string())?;
    let mut origins = Origin::of_listener(listen);
    origins.extend(asked.origins);
    let observer = Observer::new(|| Client::open(&Options::new()), &run_directory());
    let site = Site::new(&asked.config, &asked.passwords, observer, origins);
    eprintln!("lvs web: http://{listen}/");
    site.serve(listener).map_err(|error| error.to_string())
}
