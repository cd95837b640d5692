//! The fake kernel through its clients: what its users rely on in their own tests.

mod doubts;
mod drains;
mod environment;
mod faults;
mod files;
mod namespaces;
mod plans;
mod site;
mod sysctls;
mod time;
