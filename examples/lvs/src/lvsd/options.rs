//! lvsd's command line: the original's.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To serve.
    Run(Run),
    /// `--help`.
    Help,
    /// `--version`.
    Version,
}

/// How to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// `-c`: the file.
    pub file: PathBuf,
    /// `--nofork`, `-n`: stay where it was started.
    pub foreground: bool,
    /// `-t`: read the file, say what would be started, and end.
    pub dry: bool,
}

/// What `--help` prints.
pub const USAGE: &str = "\
usage: lvsd [--nofork] [-c FILE]
Brings up the virtual services of an lvs.cf, and watches their real servers.

  -c, --configfile FILE      the file (/etc/sysconfig/ha/lvs.cf)
      --nofork, -n, --nodaemon
                             stay in the foreground
  -t, --test-start, --norun  read the file, say what would be started, and end
  -v                         accepted; it says no less without
      --version
";

/// Where the file is unless somebody says so.
const FILE: &str = "/etc/sysconfig/ha/lvs.cf";

/// Reads a command line.
///
/// # Errors
/// What is wrong with it, in a line.
pub fn parse(words: Vec<OsString>) -> Result<Asked, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut run = Run {
        file: FILE.into(),
        foreground: false,
        dry: false,
    };
    while let Some(option) = parser.next()? {
        match option {
            Short('c') | Long("configfile") => run.file = parser.value()?.into(),
            Short('n') | Long("nofork" | "nodaemon") => run.foreground = true,
            Short('t') | Long("test-start" | "norun") => run.dry = true,
            Short('v') => {}
            Long("help") | Short('h') => return Ok(Asked::Help),
            Long("version") => return Ok(Asked::Version),
            _ => return Err(option.unexpected()),
        }
    }
    Ok(Asked::Run(run))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Result<Asked, String> {
        let words = line.split_whitespace().map(OsString::from).collect();
        parse(words).map_err(|error| error.to_string())
    }

    #[test]
    fn the_line_of_the_document() {
        let run = Run {
            file: "/etc/sysconfig/ha/lvs.cf".into(),
            foreground: true,
            dry: false,
        };
        let line = "--nofork -c /etc/sysconfig/ha/lvs.cf";
        assert_eq!(asked(line), Ok(Asked::Run(run.clone())));
        assert_eq!(asked("-n -v"), Ok(Asked::Run(run)));
    }

    #[test]
    fn what_is_refused() {
        assert!(asked("--nonsense").unwrap_err().contains("--nonsense"));
        assert!(asked("-c").unwrap_err().contains("-c"));
        assert!(asked("lvs.cf").unwrap_err().contains("lvs.cf"));
    }
}
