//! What the kernel tells about IPVS in `/proc/net`, as values.
