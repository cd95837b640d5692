//! `lvs web`: the web page.
//!
//! It listens on this machine alone, unless told otherwise. It ends with 1 when it can't
//! begin, and 2 for mistakes of usage. Who knows its password can have any command run as root.

use std::convert::Infallible;
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
  --anywhere          also where others than this machine can reach it; in clear, but for a proxy
  --origin URL        another address that browsers call it by, such as a proxy's that adds TLS
Who knows the password can have any command run as root, as the page sets those that pulse and the checkers run.
";

/// A whole command line.
#[derive(Debug)]
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
    let Err(error) = serve(asked);
    eprintln!("lvs web: {error}");
    ExitCode::FAILURE
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

fn serve(asked: Asked) -> Result<Infallible, String> {
    let passwords = asked.passwords.display();
    Stored::read(&asked.passwords).map_err(|error| format!("{passwords}: {error}"))?;
    let listen = asked.listen;
    let listener = TcpListener::bind(listen).map_err(|error| format!("{listen}: {error}"))?;
    let listen = listener.local_addr().map_err(|error| error.to_string())?;
    let said = greeting(listen, &asked.origins);
    let mut origins = Origin::of_listener(listen);
    origins.extend(asked.origins);
    let observer = Observer::new(|| Client::open(&Options::new()), &run_directory());
    let site = Site::new(&asked.config, &asked.passwords, observer, origins);
    for line in said {
        eprintln!("lvs web: {line}");
    }
    site.serve(listener).map_err(|error| error.to_string())
}

/// What is said at the start: where the page is, and what is risky or missing.
fn greeting(listen: SocketAddr, origins: &[Origin]) -> Vec<String> {
    let own = Origin::of_listener(listen);
    let mut said: Vec<String> = own
        .iter()
        .take(1)
        .chain(origins)
        .map(|origin| format!("{origin}/"))
        .collect();
    if listen.ip().is_loopback() {
        return said;
    }
    if listen.ip().is_unspecified() && origins.is_empty() {
        let port = listen.port();
        said.push(format!(
            "it goes by no other name: --origin http://NAME:{port} lets browsers elsewhere call it by theirs"
        ));
    }
    if !origins.iter().any(Origin::is_secure) {
        said.push(
            "warning: the password, which is as good as root's, travels in clear; \
             put a proxy with TLS before it, and name that by --origin https://NAME"
                .into(),
        );
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Option<Asked>, String> {
        asked(line.split_whitespace().map(OsString::from).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn it_listens_elsewhere_only_where_that_is_meant() {
        for line in [
            "",
            "--listen 127.0.0.9:80",
            "--listen [::1]:3636",
            "--listen 0.0.0.0:3636 --anywhere",
            "--listen 10.0.2.51:3636 --anywhere",
        ] {
            assert!(read(line).unwrap().is_some(), "{line}");
        }
        for listen in ["0.0.0.0:3636", "[::]:3636", "10.0.2.51:3636"] {
            let error = read(&format!("--listen {listen}")).unwrap_err();
            assert!(error.contains("--anywhere if that is meant"), "{error}");
        }
    }

    #[test]
    fn every_option_is_read_and_others_are_refused() {
        let line = "-c a --passwd b --origin https://lvs.example.org --origin http://b:1";
        let asked = read(line).unwrap().unwrap();
        assert_eq!(asked.config, PathBuf::from("a"));
        assert_eq!(asked.passwords, PathBuf::from("b"));
        assert_eq!(asked.listen.to_string(), "127.0.0.1:3636");
        let origins: Vec<String> = asked.origins.iter().map(ToString::to_string).collect();
        assert_eq!(origins, ["https://lvs.example.org", "http://b:1"]);
        assert!(read("--help").unwrap().is_none());
        for wrong in [
            "--listen 3636",
            "--listen localhost:3636",
            "--origin lvs.example.org",
            "--origin https://a/b",
            "--port 1",
            "word",
            "-c",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn without_a_password_it_does_not_begin() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lvs.passwd");
        let line = format!("--listen 127.0.0.1:0 --passwd {}", file.display());
        let begin = || {
            let Err(error) = serve(read(&line).unwrap().unwrap());
            error
        };
        assert!(begin().contains("lvs.passwd: No such file"));
        std::fs::write(&file, "secret\n").unwrap();
        assert!(begin().contains("chmod 600"));
    }

    #[test]
    fn what_is_risky_or_missing_is_said() {
        let said = |listen: &str, origins: &[&str]| {
            let origins: Vec<Origin> = origins.iter().map(|text| text.parse().unwrap()).collect();
            greeting(listen.parse().unwrap(), &origins)
        };
        assert_eq!(said("127.0.0.1:3636", &[]), ["http://127.0.0.1:3636/"]);
        let bare = said("0.0.0.0:3636", &[]);
        assert_eq!(bare[0], "http://127.0.0.1:3636/");
        assert!(bare[1].contains("--origin http://NAME:3636"), "{bare:?}");
        assert!(bare[2].contains("in clear"), "{bare:?}");
        let named = said("10.0.2.51:3636", &["http://lvs.example.org:3636"]);
        assert_eq!(named[1], "http://lvs.example.org:3636/");
        assert!(named[2].contains("in clear"), "{named:?}");
        let secure = said("0.0.0.0:3636", &["https://lvs.example.org"]);
        let wanted = ["http://127.0.0.1:3636/", "https://lvs.example.org/"];
        assert_eq!(secure, wanted);
    }
}
