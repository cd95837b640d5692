//! What the short stories in `rust/` and the lab share.

use std::error::Error;
use std::process::ExitCode;

pub mod table;

/// Runs a story; its error is one line for people on stderr, and exit status 1.
pub fn tell(story: fn() -> Result<(), Box<dyn Error>>) -> ExitCode {
    match story() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
