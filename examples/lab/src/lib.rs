//! The lab network.
