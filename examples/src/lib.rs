//! Short stories told with `ipvs-core`; each is a file in `rust/`.
