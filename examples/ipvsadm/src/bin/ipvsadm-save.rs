//! The program `ipvsadm-save`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ipvsadm::ipvsadm_save(std::env::args_os())
}
