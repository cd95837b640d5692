//! The fake kernel through its clients: what its users rely on in their own tests.

mod environment;
mod faults;
mod files;
mod namespaces;
mod site;
mod sysctls;
mod time;
