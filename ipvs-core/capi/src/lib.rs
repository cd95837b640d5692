//! libipvs: the C library. Its manual is `include/ipvs.h`, made of these sources.
