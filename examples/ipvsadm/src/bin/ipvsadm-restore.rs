//! The program `ipvsadm-restore`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ipvsadm::ipvsadm_restore()
}
