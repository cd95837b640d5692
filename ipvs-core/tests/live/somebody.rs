//! This program, started again as somebody who lacks `CAP_NET_ADMIN`.

use std::fs::File;
use std::process::{Command, ExitCode};

use ipvs_core::{Client, Options};

use crate::errors::unprivileged::tell;
use crate::raw::Raw;
use crate::site::{Site, Socket};
use crate::{files, sysctls};

/// Set for the child.
pub const CHILD: &str = "IPVS_LIVE_CHILD";

impl Site {
    /// Starts this program again through `wrapper`: what it was told.
    pub fn as_somebody(&self, wrapper: &str, arguments: &[&str]) -> String {
        // By way of an open file, since others may not enter this program's folder.
        let program = File::open("/proc/self/exe").unwrap();
        let mut command = Command::new(wrapper);
        command.args(arguments).arg("/proc/self/fd/0");
        command.env(CHILD, "1").stdin(program);
        let output = self.run(|| command.output()).unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}{complaint}");
        told
    }
}

/// The child: opens a client, which anybody may, and tries everything.
pub fn child() -> ExitCode {
    let client = Client::open(&Options::new()).unwrap();
    let mut raw = Raw::new(Socket::open().unwrap());
    print!("{}", tell(&client, &mut raw));
    // The files are everybody's.
    files::read_as_somebody_else(&client);
    sysctls::try_as_somebody_else(&client);
    ExitCode::SUCCESS
}
