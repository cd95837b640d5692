//! Network namespaces on this machine's own kernel; most of it takes CAP_SYS_ADMIN.

mod common;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use common::{Capability, assert_answers, lacks};
use ipvs_sys::netns::Namespace;
use ipvs_sys::socket::Socket;

#[test]
fn the_current_namespace_is_current() {
    let current = Namespace::current().unwrap();
    assert!(current.is_current().unwrap());
    assert!(current.try_clone().unwrap().is_current().unwrap());
}

#[test]
fn a_namespace_closes_on_exec() {
    let namespace = Namespace::open("/proc/self/ns/net").unwrap();
    for namespace in [namespace.try_clone().unwrap(), namespace] {
        // SAFETY: two integers.
        let flags = unsafe { libc::fcntl(namespace.as_fd().as_raw_fd(), libc::F_GETFD) };
        assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
    }
}

#[test]
fn a_new_namespace_is_another_and_empty() {
    if lacks(Capability::SysAdmin) {
        return;
    }
    let (one, other) = (Namespace::create().unwrap(), Namespace::create().unwrap());
    assert!(!one.is_current().unwrap());
    assert!(one.run(|| one.is_current().unwrap()).unwrap());
    assert!(!one.run(|| other.is_current().unwrap()).unwrap());
    let mut devices = String::new();
    one.file("dev")
        .unwrap()
        .read_to_string(&mut devices)
        .unwrap();
    let names: Vec<_> = devices
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.trim())
        .collect();
    assert_eq!(names, ["lo"]);
}

#[test]
fn running_elsewhere_leaves_the_caller_where_it_is() {
    if lacks(Capability::SysAdmin) {
        return;
    }
    let here = Namespace::current().unwrap();
    let there = Namespace::create().unwrap();
    let mut visited = false;
    let thread = there
        .run(|| {
            visited = there.is_current().unwrap() && !here.is_current().unwrap();
            thread::current().id()
        })
        .unwrap();
    assert!(visited);
    assert_ne!(thread, thread::current().id());
    assert!(here.is_current().unwrap());
}

#[test]
fn a_socket_belongs_to_the_namespace_that_opened_it() {
    if lacks(Capability::SysAdmin) || lacks(Capability::NetAdmin) {
        return;
    }
    let there = Namespace::create().unwrap();
    let socket = there.socket().unwrap();
    assert_answers(&socket);
    let its = Namespace::of(&socket).unwrap();
    assert!(there.run(|| its.is_current().unwrap()).unwrap());
    let ours = Socket::open().unwrap();
    assert!(Namespace::of(&ours).unwrap().is_current().unwrap());
}

#[test]
fn a_file_outlives_the_thread_and_the_namespace_that_opened_it() {
    if lacks(Capability::SysAdmin) {
        return;
    }
    let there = Namespace::create().unwrap();
    let mut file = there.file("dev").unwrap();
    drop(there);
    let mut devices = String::new();
    file.read_to_string(&mut devices).unwrap();
    assert!(devices.contains("lo:"), "{devices}");
}

#[test]
fn names_that_are_not_one_files_are_refused() {
    let here = Namespace::current().unwrap();
    for name in [
        "",
        ".",
        "..",
        "../status",
        "stat/rt_cache",
        "/etc/passwd",
        "a\0b",
    ] {
        let error = here.file(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name:?}");
        assert!(error.to_string().contains("/proc/net"), "{error}");
    }
    if !lacks(Capability::SysAdmin) {
        let error = here.file("no-such-file").unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
    }
}

#[test]
fn paths_that_leave_the_sysctls_of_the_network_are_refused() {
    let here = Namespace::current().unwrap();
    for path in [
        "",
        ".",
        "../kernel/ostype",
        "/etc/passwd",
        "ipv4//vs",
        "a\0b",
        "ipv4/",
    ] {
        let error = here.read_sysctl(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path:?}");
        assert!(error.to_string().contains("/proc/sys/net"), "{error}");
        let error = here.write_sysctl(path, b"1").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path:?}");
    }
    let error = here.read_sysctl("ipv4/no-such-sysctl").unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
    let error = here.read_sysctl("ipv4").unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EISDIR));
}

#[test]
fn a_sysctl_is_the_namespaces_own() {
    if lacks(Capability::SysAdmin) {
        return;
    }
    let spaces = [Namespace::create().unwrap(), Namespace::create().unwrap()];
    for (space, text) in spaces.iter().zip(["7\n", "9\n"]) {
        space
            .write_sysctl("ipv4/ip_default_ttl", text.as_bytes())
            .unwrap();
    }
    for (space, text) in spaces.iter().zip(["7\n", "9\n"]) {
        let read = || String::from_utf8(space.read_sysctl("ipv4/ip_default_ttl").unwrap()).unwrap();
        assert_eq!(read(), text);
        // From inside too, where no other thread is needed.
        assert_eq!(space.run(read).unwrap(), text);
        let error = space.write_sysctl("ipv4/ip_default_ttl", b"x").unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    }
}

#[test]
fn a_panic_inside_goes_on_in_the_caller() {
    if lacks(Capability::SysAdmin) {
        return;
    }
    let there = Namespace::create().unwrap();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        there.run(|| panic::resume_unwind(Box::new("a message")))
    }));
    let message = outcome.map(|_: io::Result<()>| ()).unwrap_err();
    assert_eq!(message.downcast_ref(), Some(&"a message"));
    assert!(!there.is_current().unwrap());
}

#[test]
fn a_path_that_is_no_network_namespace_is_refused_by_name() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for (path, found) in [
        (file, "not a namespace"),
        ("/", "not a namespace"),
        ("/dev/null", "not a namespace"),
        ("/proc/self/status", "not a namespace"),
        ("/proc/self/ns/mnt", "a namespace of another kind"),
    ] {
        let error = Namespace::open(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path}: {error}");
        assert_eq!(
            error.to_string(),
            format!("{path} is {found}; needed is a network namespace")
        );
    }
    let error = Namespace::open("/no/such/namespace").unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
}

#[test]
fn a_fifo_is_refused_without_waiting_for_a_writer() {
    common::in_time(|| {
        let path = format!(
            "{}/fifo-{}",
            env!("CARGO_TARGET_TMPDIR"),
            std::process::id()
        );
        let c_path = std::ffi::CString::new(path.clone()).unwrap();
        // SAFETY: the path ends in NUL and is valid while the call lasts.
        assert_eq!(unsafe { libc::mkfifo(c_path.as_ptr(), 0o600) }, 0);
        let error = Namespace::open(&path).unwrap_err();
        fs::remove_file(&path).unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    });
}

#[test]
fn a_descriptor_is_looked_at_too() {
    let error = Namespace::from_fd(Socket::open().unwrap().into()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the descriptor is not a namespace; needed is a network namespace"
    );
    let descriptor: OwnedFd = Namespace::current().unwrap().into();
    assert!(
        Namespace::from_fd(descriptor)
            .unwrap()
            .is_current()
            .unwrap()
    );
    let file: OwnedFd = File::open("/proc/self/ns/net").unwrap().into();
    assert!(Namespace::from_fd(file).unwrap().is_current().unwrap());
}
