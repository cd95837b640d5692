//! The errno numbers that IPVS, netlink and the files of `/proc` answer with; they differ between
//! architectures.

pub use libc::{
    EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EBUSY, ECONNREFUSED, EEXIST, EINTR,
    EINVAL, EIO, EMFILE, EMSGSIZE, ENETUNREACH, ENFILE, ENOBUFS, ENODEV, ENOENT, ENOMEM,
    ENOPROTOOPT, EOPNOTSUPP, EOVERFLOW, EPERM, ERANGE, EROFS, ESRCH,
};
