//! What holds for all of the library.

mod border;
pub(crate) mod layout;
mod numbers;
