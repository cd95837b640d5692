//! The fake through its clients.
