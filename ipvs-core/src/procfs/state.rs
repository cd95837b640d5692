//! The states that connections are in.

use crate::name::{Name, name_type};

name_type! {
    /// The state of a connection, by the kernel's name for it.
    ///
    /// Which states there are depends on the protocol, and the same name may
    /// mean something else in another; the constants are the names of all
    /// kernels from 5.10 on. Any name is a value here.
    ///
    /// ```
    /// use ipvs_core::procfs::ConnectionState;
    /// assert_eq!(ConnectionState::SYN_RECV.to_string(), "SYN_RECV");
    /// # Ok::<(), ipvs_core::Error>(())
    /// ```
    ConnectionState, 15, "state"
}

macro_rules! states {
    ($($(#[$doc:meta])* $constant:ident $name:literal,)*) => {
        impl ConnectionState {
            $($(#[$doc])* pub const $constant: ConnectionState = ConnectionState(Name::literal($name));)*

            /// The names of every constant.
            pub const KNOWN: &'static [ConnectionState] = &[$(ConnectionState::$constant,)*];
        }
    };
}

states! {
    /// TCP and SCTP: nothing was seen yet. In a template: none of its
    /// connections was ever established.
    NONE "NONE",
    /// A template one of whose connections was established.
    ASSURED "ASSURED",
    /// TCP and SCTP: open in both directions.
    ESTABLISHED "ESTABLISHED",
    /// TCP: the real server opened it.
    SYN_SENT "SYN_SENT",
    /// TCP: the client opened it and the real server's answer is due.
    SYN_RECV "SYN_RECV",
    /// TCP: the real server has closed; the client, if only its direction passes by.
    FIN_WAIT "FIN_WAIT",
    /// TCP: both sides have closed.
    TIME_WAIT "TIME_WAIT",
    /// TCP: reset.
    CLOSE "CLOSE",
    /// TCP: the client has closed.
    CLOSE_WAIT "CLOSE_WAIT",
    /// TCP: the last acknowledgement is due.
    LAST_ACK "LAST_ACK",
    /// TCP: expected by an application module, such as an FTP data connection.
    LISTEN "LISTEN",
    /// TCP: the real server has answered; only under the sysctl `secure_tcp`.
    SYNACK "SYNACK",
    /// UDP's only state.
    UDP "UDP",
    /// SCTP: the client's first INIT was seen.
    INIT1 "INIT1",
    /// SCTP: the client repeated its INIT.
    INIT "INIT",
    /// SCTP: the real server answered with a cookie.
    COOKIE_SENT "C-SENT",
    /// SCTP: the client brought the cookie back.
    COOKIE_REPLIED "C-REPLIED",
    /// SCTP: the real server opens it and waits for a cookie.
    COOKIE_WAIT "C-WAIT",
    /// SCTP: the client answered the real server with a cookie.
    COOKIE "COOKIE",
    /// SCTP: the real server brought the cookie back.
    COOKIE_ECHOED "C-ECHOED",
    /// SCTP: the real server shuts it down.
    SHUTDOWN_SENT "S-SENT",
    /// SCTP: the client shuts it down.
    SHUTDOWN_RECEIVED "S-RECEIVED",
    /// SCTP: the real server acknowledged the client's shutdown.
    SHUTDOWN_ACK_SENT "S-ACK-SENT",
    /// SCTP: the real server aborted its setup.
    REJECTED "REJECTED",
    /// SCTP: closed or aborted.
    CLOSED "CLOSED",
    /// A state that the kernel has no name for, or any state of a protocol
    /// without names.
    UNKNOWN "ERR!",
}
