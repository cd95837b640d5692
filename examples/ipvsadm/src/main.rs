//! The program `ipvsadm`.

fn main() {}
