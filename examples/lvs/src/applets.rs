//! The programs that the one binary is: by the name that it is called under, or by the
//! first word behind it.

mod convert;
mod doctor;
mod lvsd;
mod monitor;
mod nanny;
mod passwd;
mod pulse;
mod top;
mod web;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::lvsd::staff::MONITOR;
use crate::own;

/// One program of the cluster.
pub struct Applet {
    /// The name that it is called under.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// Runs it with the words behind its name.
    pub run: fn(Vec<OsString>) -> ExitCode,
}

/// Every applet, in the order in which they are listed.
pub const APPLETS: &[Applet] = &[
    Applet {
        name: "pulse",
        about: "watches the partner, and serves when it is this node's turn",
        run: pulse::start,
    },
    Applet {
        name: "lvsd",
        about: "brings up the virtual services, and watches their servers",
        run: lvsd::start,
    },
    Applet {
        name: "nanny",
        about: "watches one real server, and keeps its entry in the table",
        run: nanny::start,
    },
    Applet {
        name: "web",
        about: "what goes on and every setting, in the browser",
        run: web::run,
    },
    Applet {
        name: "passwd",
        about: "sets the password of the web page",
        run: passwd::run,
    },
    Applet {
        name: "top",
        about: "what goes on, in the terminal",
        run: top::run,
    },
    Applet {
        name: "doctor",
        about: "what is wrong with this host's set-up, and what cures it",
        run: doctor::run,
    },
    Applet {
        name: "convert",
        about: "lvs.cf from and to ipvsadm's rules, JSON and keepalived.conf",
        run: convert::run,
    },
];

/// What a usage mistake exits with.
pub const USAGE: u8 = 2;

/// Runs the applet that a whole command line asks for.
///
/// `nanny -c …` and `lvs nanny -c …` are the same. Without an applet, or with one that
/// there is not, standard error says which there are, and the code is [`USAGE`].
pub fn run(command_line: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Whoever needs it later asks again, and says what is wrong.
    let _ = own::program();
    let mut words = command_line.into_iter();
    let called = words.next().unwrap_or_default();
    if called == MONITOR {
        return monitor::run(words.collect());
    }
    if let Some(applet) = named(&file_name(&called)) {
        return (applet.run)(words.collect());
    }
    let Some(asked) = words.next() else {
        eprint!("{}", usage());
        return ExitCode::from(USAGE);
    };
    if let Some(applet) = asked.to_str().and_then(named) {
        return (applet.run)(words.collect());
    }
    if asked == "--help" || asked == "-h" || asked == "help" {
        return say(&usage());
    }
    eprint!("lvs: no applet {asked:?}\n{}", usage());
    ExitCode::from(USAGE)
}

fn named(name: &str) -> Option<&'static Applet> {
    APPLETS.iter().find(|applet| applet.name == name)
}

fn file_name(path: &OsString) -> String {
    let name = Path::new(path).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Writes to standard output, and fails when nobody reads it.
fn say(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Which applets there are.
#[must_use]
pub fn usage() -> String {
    let mut text = String::from("usage: lvs APPLET [OPTION…]\n\n");
    for applet in APPLETS {
        text += &format!("  {:<8} {}\n", applet.name, applet.about);
    }
    text
}
