//! ipvsadm, on `ipvs-core`.
