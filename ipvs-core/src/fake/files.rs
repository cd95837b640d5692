//! The files of a namespace: `/proc/net/ip_vs…` and the sysctls, as the kernel prints them.

mod applications;
mod connections;
mod stats;
mod status;
mod sysctls;
mod words;
