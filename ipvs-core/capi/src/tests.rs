//! What holds for all of the library.

mod border;
mod layout;
mod numbers;
