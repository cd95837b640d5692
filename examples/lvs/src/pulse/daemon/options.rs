//! The command line of pulse.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;

/// What `pulse --help` prints.
pub(crate) const USAGE: &str = "usage: pulse [OPTION…]
       pulse status
Watches the partner, and brings the cluster's services up on the node that is to serve.

  -c FILE           the configuration (/etc/sysconfig/ha/lvs.cf)
  -n, --nofork      stay in the foreground
  -v                log every word of the partner, too
  -t, --test-start  check the configuration, say what would be done, and end
      --forceactive be active from the start, whatever the partner is
      --lvsd PATH   the program that runs the virtual services (this one's lvsd)
      --fos PATH    the program that runs failover services (service = fos)
      --norun       watch and log, but change nothing on this host

status says whether pulse runs and serves, and exits with 0 if it runs, 3 if not.
";

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Run(Options),
    Status,
    Help,
}

/// How to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) config: PathBuf,
    pub(crate) foreground: bool,
    pub(crate) verbose: bool,
    pub(crate) test: bool,
    pub(crate) force_active: bool,
    pub(crate) lvsd: Option<PathBuf>,
    pub(crate) fos: Option<PathBuf>,
    pub(crate) idle: bool,
}

/// Reads the words behind the program's name.
pub(crate) fn asked(words: Vec<OsString>) -> Result<Asked, lexopt::Error> {
    let mut options = Options {
        config: "/etc/sysconfig/ha/lvs.cf".into(),
        foreground: false,
        verbose: false,
        test: false,
        force_active: false,
        lvsd: None,
        fos: None,
        idle: false,
    };
    let mut status = false;
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('c') | Long("config") => options.config = parser.value()?.into(),
            Short('n') | Long("nofork" | "nodaemon") => options.foreground = true,
            Short('v') | Long("verbose") => options.verbose = true,
            Short('t') | Long("test-start") => options.test = true,
            Long("forceactive") => options.force_active = true,
            Long("lvsd") => options.lvsd = Some(parser.value()?.into()),
            Long("fos") => options.fos = Some(parser.value()?.into()),
            Long("norun") => options.idle = true,
            Short('h') | Long("help") => return Ok(Asked::Help),
            Value(word) if word == "status" => status = true,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(if status {
        Asked::Status
    } else {
        Asked::Run(options)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Asked, lexopt::Error> {
        asked(line.split_whitespace().map(OsString::from).collect())
    }

    #[test]
    fn the_options_of_the_original() {
        let line = "-c lvs.cf -n -v -t --forceactive --lvsd /sbin/lvsd --fos /sbin/fos --norun";
        let expected = Options {
            config: "lvs.cf".into(),
            foreground: true,
            verbose: true,
            test: true,
            force_active: true,
            lvsd: Some("/sbin/lvsd".into()),
            fos: Some("/sbin/fos".into()),
            idle: true,
        };
        assert_eq!(read(line).unwrap(), Asked::Run(expected));
    }

    #[test]
    fn the_documents_path_is_the_default() {
        let Ok(Asked::Run(options)) = read("") else {
            panic!("no options are well")
        };
        assert_eq!(options.config, PathBuf::from("/etc/sysconfig/ha/lvs.cf"));
        assert!(!options.foreground && !options.idle);
    }

    #[test]
    fn other_words() {
        assert_eq!(read("status").unwrap(), Asked::Status);
        assert_eq!(read("-n --help").unwrap(), Asked::Help);
        assert!(read("--fork").is_err());
        assert!(read("start").is_err());
        assert!(read("-c").is_err());
    }
}
