//! The kernel's words for IPVS.
