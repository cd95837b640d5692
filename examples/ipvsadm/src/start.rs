//! Finding the kernel's IPVS.

use std::os::unix::fs::MetadataExt;
use std::process::Command;

use ipvs_core::{Checks, Client, Error, ErrorKind, Info, Options};

use crate::failure::Failure;
use crate::messages;

/// Opens the client, loading the module if it is missing. The kernel is to
/// judge what is sent, as it judges what the original sends.
pub(crate) fn open() -> Result<(Client, Info), Failure> {
    connect()
        .or_else(|_| {
            load_module();
            connect()
        })
        .map_err(|error| Failure::new(2, complaint(&error)))
}

fn connect() -> Result<(Client, Info), Error> {
    let client = Client::open(&Options::new().with_checks(Checks::Kernel))?;
    let info = client.info()?;
    Ok((client, info))
}

/// Whether that helped is for the next attempt to find out; modprobe itself
/// tells stderr what went wrong.
fn load_module() {
    let _ = Command::new("/sbin/modprobe")
        .args(["--", "ip_vs"])
        .status();
}

fn complaint(error: &Error) -> String {
    // Who isn't root can't tell a missing module from one out of reach.
    let reason = if error.kind() == ErrorKind::ModuleMissing && !is_root() {
        messages::NOT_ROOT.to_owned()
    } else {
        messages::of_error(error)
    };
    format!(
        "Can't initialize ipvs: {reason}\n\
         Are you sure that IP Virtual Server is built in the kernel or as module?"
    )
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
