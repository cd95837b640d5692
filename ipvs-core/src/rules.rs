//! The lines that ipvsadm reads and writes.
