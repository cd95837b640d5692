//! lvs.cf: the one file that describes the cluster.
