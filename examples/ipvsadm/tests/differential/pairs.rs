//! Every option with every command: beside what the command takes, and alone.

use crate::cases::compare;
use crate::harness::{Test, tests};
use crate::site::{Site, small_table};

pub fn tests() -> Vec<Test> {
    tests![every_option_with_every_command, every_option_alone]
}

/// Every command with what it takes at least.
const COMMANDS: &[&str] = &[
    "-A -t 10.0.0.9:80",
    "-E -t 10.0.0.1:80",
    "-D -t 10.0.0.1:80",
    "-C",
    "-L -n",
    "-a -t 10.0.0.1:80 -r 10.1.0.9:80",
    "-e -t 10.0.0.1:80 -r 10.1.0.1:80",
    "-d -t 10.0.0.1:80 -r 10.1.0.1:80",
    "--set 900 120 300",
    "--start-daemon master",
    "--stop-daemon master",
    "-R",
    "-S -n",
    "-Z",
];

/// Every option. (Those of one name in messages once; their forms are the
/// parser's to compare.)
const OPTIONS: &[&str] = &[
    "-n",
    "-c",
    "-t 10.0.0.1:80",
    "-f 7",
    "-6",
    "-s rr",
    "-p 300",
    "-M 255.255.255.0",
    "-r 10.1.0.1:80",
    "-m",
    "-w 5",
    "-x 9",
    "-y 3",
    "--mcast-interface eth0",
    "--timeout",
    "--daemon",
    "--stats",
    "--rate",
    "--thresholds",
    "--persistent-conn",
    "--nosort",
    "--sort",
    "--syncid 5",
    "-X",
    "-o",
    "--pe sip",
    "-b flag-1",
    "--mcast-group 224.1.2.3",
    "--mcast-port 99",
    "--mcast-ttl 3",
    "--sync-maxlen 1000",
    "--tun-info",
    "--tun-type gre",
    "--tun-port 99",
    "--tun-nocsum",
    "--tun-csum",
    "--tun-remcsum",
];

fn every_option_with_every_command(site: &Site) {
    site.add_interface();
    compare(site, "options with commands", &small_table(), |cases| {
        for command in COMMANDS {
            cases.equal(*command);
            for option in OPTIONS {
                cases.equal(&format!("{command} {option}"));
            }
        }
    });
}

/// The commands that take an option at least, one of each row in the tables.
fn every_option_alone(site: &Site) {
    compare(site, "options alone", &small_table(), |cases| {
        for command in ["-A", "-D", "-a", "-d"] {
            cases.equal(command);
            for option in OPTIONS {
                cases.equal(&format!("{command} {option}"));
            }
        }
        // An option is no command.
        OPTIONS.iter().for_each(|option| drop(cases.equal(*option)));
        for command in COMMANDS {
            cases.equal(command.split(' ').next().unwrap());
        }
        // These two end the program, whatever stands behind them.
        for command in ["-h", "-v"] {
            cases.equal(&format!("{command} {}", OPTIONS.join(" ")));
        }
    });
}
