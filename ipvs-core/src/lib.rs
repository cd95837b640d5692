//! Manage IPVS.
