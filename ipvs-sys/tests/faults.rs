//! Every system call of every operation fails in every way that matters, one at a time.
//!
//! What must come of it is known for each: the very error, or, where the crate deals with it,
//! success.

mod common;

use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::time::Duration;

use common::{Capability, PATIENCE, assert_answers, get_family, lacks};
use ipvs_sys::faults::{self, Call, Site};
use ipvs_sys::legacy::LegacySocket;
use ipvs_sys::netns::Namespace;
use ipvs_sys::socket::{ReceiveError, Socket};
use ipvs_sys::sockopt::{IP_VS_SO_GET_INFO, IP_VS_SO_GET_MAX, ip_vs_getinfo};
use libc::{EAGAIN, EINTR, EINVAL, EMFILE, ENOBUFS, ENOMEM, ENOPROTOOPT, ENOTSOCK, ENOTTY, EPERM};

const ERRNOS: [i32; 10] = [
    EAGAIN,
    EINTR,
    EINVAL,
    EMFILE,
    ENOBUFS,
    ENOMEM,
    ENOPROTOOPT,
    ENOTSOCK,
    ENOTTY,
    EPERM,
];

/// Fails each call of `operation`: that must be its error, save where it is `overcome`.
fn sweep<T>(
    operation: impl FnMut() -> io::Result<T>,
    overcome: impl Fn(Site, i32) -> bool,
) -> Vec<Site> {
    let mut sites = Vec::new();
    faults::sweep(&ERRNOS, operation, |site, errno, outcome| {
        let result = outcome.map(|_| ()).map_err(|error| error.raw_os_error());
        let expected = match overcome(site, errno) {
            true => Ok(()),
            false => Err(Some(errno)),
        };
        assert_eq!(result, expected, "{site} with errno {errno}");
        sites.push(site);
    });
    sites.dedup();
    sites
}

fn calls(sites: &[Site]) -> Vec<Call> {
    sites.iter().map(|site| site.call).collect()
}

#[test]
fn opening_a_socket_fails_as_its_calls_do() {
    let sites = sweep(Socket::open, |site, errno| {
        // A kernel without that option.
        site.call == Call::Setsockopt && errno == ENOPROTOOPT
    });
    use Call::{Bind, Getsockname, Setsockopt};
    assert_eq!(
        calls(&sites),
        [
            Call::Socket,
            Getsockname,
            Bind,
            Getsockname,
            Setsockopt,
            Setsockopt
        ]
    );
}

#[test]
fn taking_over_a_socket_fails_as_its_calls_do() {
    let fresh = || common::stranger(libc::SOCK_RAW, libc::NETLINK_GENERIC);
    faults::sweep(
        &ERRNOS,
        || Socket::from_fd(fresh()),
        |site, errno, outcome| {
            let said = outcome
                .map(|_| ())
                .map_err(|error| match error.raw_os_error() {
                    Some(errno) => errno.to_string(),
                    None => error.to_string(),
                });
            match (site.call, errno) {
                (Call::Setsockopt, ENOPROTOOPT) => assert_eq!(said, Ok(())),
                (Call::Getsockopt, ENOTSOCK) => {
                    assert!(
                        said.unwrap_err()
                            .starts_with("the descriptor is not a socket")
                    );
                }
                _ => assert_eq!(said, Err(errno.to_string()), "{site}"),
            }
        },
    );
}

#[test]
fn questions_to_the_older_interface_fail_as_their_calls_do() {
    assert_eq!(
        calls(&sweep(LegacySocket::open, |_, _| false)),
        [Call::Socket]
    );
    let socket = LegacySocket::open().unwrap();
    let get = Site {
        call: Call::Getsockopt,
        nth: 0,
    };
    for errno in ERRNOS {
        let outcome = faults::fail(get, errno, || {
            socket.get(IP_VS_SO_GET_INFO, &mut [0; size_of::<ip_vs_getinfo>()])
        });
        assert_eq!(outcome.unwrap_err().raw_os_error(), Some(errno));
    }
    // No kernel has such an option.
    let error = socket.get(IP_VS_SO_GET_MAX + 1, &mut [0; 64]).unwrap_err();
    assert!(
        [Some(ENOPROTOOPT), Some(EPERM)].contains(&error.raw_os_error()),
        "{error}"
    );
}

#[test]
fn sending_is_repeated_after_a_signal_only() {
    let socket = Socket::open().unwrap();
    let request = get_family("nlctrl", 0, 1);
    let send = || socket.send(&request);
    let sites = sweep(send, |_, errno| errno == EINTR);
    assert_eq!(calls(&sites), [Call::Sendto]);
    let three_signals = |site: Site| (site.nth < 3).then_some(EINTR);
    faults::with(three_signals, send).unwrap();
    // Once undisturbed, once after each single signal and once after three.
    assert_eq!(socket.drain().unwrap(), 3);
}

#[test]
fn receiving_goes_on_after_a_signal_or_for_nothing() {
    let socket = Socket::open().unwrap();
    let mut buffer = vec![0; Socket::RECEIVE_BUFFER];
    for call in [Call::Poll, Call::Recvmsg] {
        for errno in ERRNOS {
            ask(&socket);
            let site = Site { call, nth: 0 };
            let script = move |met: Site| match met {
                met if met == site => Some(errno),
                met => nothing_yet(call, met),
            };
            let outcome = faults::with(script, || socket.receive(&mut buffer, PATIENCE));
            match (errno, outcome) {
                (EINTR | EAGAIN, Ok(length)) => assert!(length > 0),
                (ENOBUFS, Err(ReceiveError::Overrun)) => {}
                (_, Err(ReceiveError::Os(error))) => assert_eq!(error.raw_os_error(), Some(errno)),
                (_, outcome) => panic!("{site} with errno {errno}: {outcome:?}"),
            }
            socket.drain().unwrap();
        }
    }
    assert_answers(&socket);
}

/// It waits only if there is nothing to read at first.
fn nothing_yet(call: Call, met: Site) -> Option<i32> {
    let first = Site {
        call: Call::Recvmsg,
        nth: 0,
    };
    (call == Call::Poll && met == first).then_some(EAGAIN)
}

#[test]
fn signals_and_false_alarms_gain_no_time() {
    common::in_time(|| {
        let socket = Socket::open().unwrap();
        ask(&socket);
        for (call, errno) in [
            (Call::Poll, EINTR),
            (Call::Recvmsg, EINTR),
            (Call::Recvmsg, EAGAIN),
        ] {
            for silence in [Duration::ZERO, Duration::from_millis(20)] {
                let always = move |site: Site| match site {
                    site if site.call == call => Some(errno),
                    site => nothing_yet(call, site),
                };
                let outcome = faults::with(always, || socket.receive(&mut [0; 64], silence));
                assert!(
                    matches!(outcome, Err(ReceiveError::TimedOut)),
                    "{outcome:?}"
                );
            }
        }
        assert_eq!(socket.drain().unwrap(), 1);
    });
}

#[test]
fn draining_overcomes_signals_and_overruns_but_not_for_ever() {
    common::in_time(|| {
        let socket = Socket::open().unwrap();
        let overcome = |_: Site, errno| [EAGAIN, EINTR, ENOBUFS].contains(&errno);
        let sites = sweep(|| socket.drain(), overcome);
        assert_eq!(calls(&sites), [Call::Recvmsg]);
        let error = faults::with(|_| Some(EINTR), || socket.drain()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ResourceBusy);
    });
}

#[test]
fn a_buffer_that_is_not_to_be_forced_is_asked_for() {
    let socket = Socket::open().unwrap();
    // Each is forced, or else asked for, and then read.
    let forced = Site {
        call: Call::Setsockopt,
        nth: 0,
    };
    let overcome = |site, errno| site == forced && errno == EPERM;
    sweep(|| socket.set_receive_buffer_size(50_000), overcome);
    sweep(|| socket.set_send_buffer_size(50_000), overcome);
    sweep(|| socket.receive_buffer_size(), |_, _| false);
    sweep(|| socket.send_buffer_size(), |_, _| false);
    let no_privilege = move |site| (site == forced).then_some(EPERM);
    let asked = faults::with(no_privilege, || socket.set_receive_buffer_size(50_000));
    assert_eq!(asked.unwrap(), 100_000);
    let neither = |site: Site| (site.call == Call::Setsockopt).then_some(EPERM);
    let error = faults::with(neither, || socket.set_receive_buffer_size(50_000)).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(EPERM));
}

#[test]
fn a_namespace_by_path_or_descriptor_fails_as_its_calls_do() {
    let verdict = |site: Site, errno, outcome: io::Result<Namespace>| {
        let error = outcome.unwrap_err();
        if (site.call, errno) == (Call::Ioctl, ENOTTY) {
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        } else {
            assert_eq!(error.raw_os_error(), Some(errno), "{site}");
        }
    };
    let here = Namespace::current().unwrap();
    faults::sweep(&ERRNOS, || Namespace::open("/proc/self/ns/net"), verdict);
    faults::sweep(&ERRNOS, || Namespace::of_fd(here.as_fd()), verdict);
    let sites = sweep(|| here.is_current(), |_, _| false);
    assert_eq!(calls(&sites), [Call::Open, Call::Fstat, Call::Fstat]);
    assert_eq!(
        calls(&sweep(|| here.try_clone(), |_, _| false)),
        [Call::Dup]
    );
}

#[test]
fn work_in_a_namespace_fails_as_its_calls_do_on_the_other_thread_too() {
    if lacks(Capability::SysAdmin) || lacks(Capability::NetAdmin) {
        return;
    }
    let sites = sweep(Namespace::create, |_, _| false);
    assert_eq!(calls(&sites), [Call::Spawn, Call::Unshare, Call::Open]);
    let there = Namespace::create().unwrap();
    let sites = sweep(|| there.run(|| ()), |_, _| false);
    assert_eq!(calls(&sites), [Call::Spawn, Call::Setns]);
    let entering = [
        Call::Open,
        Call::Fstat,
        Call::Fstat,
        Call::Spawn,
        Call::Setns,
    ];
    let opening = [&entering[..], &[Call::Open]].concat();
    let sites = sweep(|| there.file("dev"), |_, _| false);
    assert_eq!(calls(&sites), opening);
    let sites = sweep(|| there.legacy_socket(), |_, _| false);
    assert_eq!(calls(&sites), [&entering[..], &[Call::Socket]].concat());
    let interrupted =
        |site: Site, errno| matches!(site.call, Call::Read | Call::Write) && errno == EINTR;
    let sites = sweep(|| there.read_sysctl(SYSCTL), interrupted);
    assert_eq!(
        calls(&sites),
        [&opening[..], &[Call::Read, Call::Read]].concat()
    );
    let sites = sweep(|| there.write_sysctl(SYSCTL, b"1\n"), interrupted);
    assert_eq!(calls(&sites), [&opening[..], &[Call::Write]].concat());
    let no_option = |site: Site, errno| site.call == Call::Setsockopt && errno == ENOPROTOOPT;
    let sites = sweep(|| there.socket(), no_option);
    assert_eq!(sites.len(), 8, "{sites:?}");
    let socket = there.socket().unwrap();
    assert_eq!(
        calls(&sweep(|| Namespace::of(&socket), |_, _| false)),
        [Call::Ioctl]
    );
}

#[test]
fn a_proc_that_is_not_mounted_is_no_missing_file() {
    let here = Namespace::current().unwrap();
    let fail = |nth| {
        let site = Site {
            call: Call::Open,
            nth,
        };
        faults::fail(site, libc::ENOENT, || here.file("dev")).unwrap_err()
    };
    let (unmounted, missing) = (fail(0), fail(1));
    assert_eq!(unmounted.to_string(), "/proc is not mounted");
    assert_eq!(unmounted.raw_os_error(), None);
    assert_eq!(missing.raw_os_error(), Some(libc::ENOENT));
}

#[test]
fn files_of_the_callers_own_namespace_are_opened_on_the_spot() {
    let here = Namespace::current().unwrap();
    let opening = [Call::Open, Call::Fstat, Call::Fstat, Call::Open];
    let sites = sweep(|| here.file("dev"), |_, _| false);
    assert_eq!(calls(&sites), opening);
    let mut devices = here.file("dev").unwrap();
    let sites = sweep(|| devices.read(&mut [0; 64]), |_, _| false);
    assert_eq!(calls(&sites), [Call::Read]);
    let interrupted = |site: Site, errno| site.call == Call::Read && errno == EINTR;
    let sites = sweep(|| here.read_sysctl(SYSCTL), interrupted);
    assert_eq!(
        calls(&sites),
        [&opening[..], &[Call::Read, Call::Read]].concat()
    );
}

/// One that every kernel has.
const SYSCTL: &str = "ipv4/ip_default_ttl";

#[test]
fn a_scope_ends_with_its_body_even_in_a_panic() {
    let outcome = std::panic::catch_unwind(|| {
        faults::with(
            |_| Some(EINVAL),
            || {
                faults::with(|_| None, Socket::open).unwrap();
                Socket::open().unwrap_err();
                std::panic::resume_unwind(Box::new(()));
            },
        )
    });
    assert!(outcome.is_err());
    Socket::open().unwrap();
}

/// Has one answer queued.
fn ask(socket: &Socket) {
    socket.send(&get_family("nlctrl", 0, 1)).unwrap();
}
