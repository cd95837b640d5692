//! The program `ipvsadm`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ipvsadm::ipvsadm(std::env::args_os())
}
