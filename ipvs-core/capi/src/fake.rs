//! The fake kernel
//!
//! An IPVS kernel in memory: for tests of programs that use this library, which need neither
//! root nor a kernel module. ipvs_fake_kernel_client() opens an ipvs_client on it, which does
//! everything that one of a real kernel does, through the same datagrams.
//!
//! It knows every command, the errno of each mistake, the order and the parts of listings, and
//! what differs between releases. It moves no packets: what they would do, a test sets. It has
//! neither threads nor a clock: time is what the test lets go by.

pub mod faults;
pub mod traffic;

use std::ffi::c_char;
use std::time::Duration;

use ipvs_core::fake::{Environment, Kernel, Namespace};

use crate::client::{self, ipvs_client, ipvs_client_options};
use crate::failure::{Failure, Outcome};
use crate::ffi::{Caller, ffi, growing, plain};
use crate::status::{ipvs_error, ipvs_status};

/// Who asks has no CAP_NET_ADMIN: every command is EPERM.
pub const IPVS_FAKE_UNPRIVILEGED: u32 = 1;
/// The kernel does not speak IPv6.
pub const IPVS_FAKE_WITHOUT_IPV6: u32 = 2;
/// No module is loaded from the beginning, not even ip_vs.
pub const IPVS_FAKE_NOTHING_LOADED: u32 = 4;

/// The machine that a fake kernel runs on, and how it was built. Zeros are the defaults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_fake_options {
    /// sizeof(ipvs_fake_options), by IPVS_FAKE_OPTIONS_INIT.
    pub size: usize,
    /// What the order of services in a listing depends on: a kernel has another one after each
    /// boot.
    pub seed: u64,
    /// The kernel's release, such as "6.1.176". NULL: the newest that the fake was compared
    /// with.
    pub release: *const c_char,
    /// Modules that there are not, separated by blanks: "ip_vs_mh ip_vs_twos". NULL: none. (There
    /// are ip_vs, every scheduler, ip_vs_ftp and ip_vs_pe_sip.)
    pub without_modules: *const c_char,
    /// Modules that are loaded from the beginning, separated by blanks. NULL: no more than
    /// ip_vs.
    pub loaded_modules: *const c_char,
    /// IPVS_FAKE flags.
    pub flags: u32,
    /// The kernel's clock ticks a second: 100, 250, 300 or 1000. 0: 250.
    pub hz: u32,
    /// How many processors there are. 0: 1.
    pub processors: u32,
    /// The size of the connection table as a power of two, 8 to 27. 0: 12.
    pub connection_table_bits: u32,
}

plain!(ipvs_fake_options {
    size,
    seed,
    release,
    without_modules,
    loaded_modules,
    flags,
    hz,
    processors,
    connection_table_bits,
});
growing!(ipvs_fake_options to connection_table_bits);

/// A machine with an IPVS kernel, in memory. Any threads may use it at once. It lives as long as
/// it, a namespace of it or a client does.
pub struct ipvs_fake_kernel(pub(crate) Kernel);

/// A network namespace of a fake kernel: a handle, of which there may be many. Any threads may
/// use it at once.
pub struct ipvs_fake_namespace(pub(crate) Namespace);

fn environment(c: Caller<'_>, given: *const ipvs_fake_options) -> Outcome<Environment> {
    let mut environment = Environment::new();
    let Some(given) = c.optional(given)? else {
        return Ok(environment);
    };
    if !given.release.is_null() {
        environment = environment.with_release(c.text(given.release, "release")?.parse()?);
    }
    if given.flags & IPVS_FAKE_NOTHING_LOADED != 0 {
        environment = environment.with_nothing_loaded();
    }
    for module in modules(c, given.loaded_modules, "loaded_modules")? {
        environment = environment.with_loaded(module);
    }
    for module in modules(c, given.without_modules, "without_modules")? {
        environment = environment.without_module(module);
    }
    if given.flags & IPVS_FAKE_UNPRIVILEGED != 0 {
        environment = environment.unprivileged();
    }
    if given.flags & IPVS_FAKE_WITHOUT_IPV6 != 0 {
        environment = environment.without_ipv6();
    }
    let known = IPVS_FAKE_UNPRIVILEGED | IPVS_FAKE_WITHOUT_IPV6 | IPVS_FAKE_NOTHING_LOADED;
    if given.flags & !known != 0 {
        return Err(Failure::argument("flags", "no IPVS_FAKE flags"));
    }
    if given.hz != 0 {
        environment = environment.with_hz(given.hz);
    }
    if given.processors != 0 {
        environment = environment.with_processors(given.processors);
    }
    if given.connection_table_bits != 0 {
        environment = environment.with_connection_table_bits(given.connection_table_bits);
    }
    Ok(environment.with_seed(given.seed))
}

fn modules<'c>(
    c: Caller<'c>,
    names: *const c_char,
    field: &'static str,
) -> Outcome<impl Iterator<Item = &'c str>> {
    let names = if names.is_null() {
        ""
    } else {
        c.text(names, field)?
    };
    Ok(names.split_ascii_whitespace())
}

/// Makes a kernel.
///
/// Free `*kernel` with ipvs_fake_kernel_free().
/// NULL: `options` stands for every default; `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_new(
    options: *const ipvs_fake_options,
    kernel: *mut *mut ipvs_fake_kernel,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(kernel, "kernel")?;
        let environment = environment(c, options)?;
        place.give(ipvs_fake_kernel(Kernel::with(environment)));
        Ok(())
    })
}

/// Frees it; its clients and namespaces go on.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_free(kernel: *mut ipvs_fake_kernel) {
    ffi!(else (), |c| c.free(kernel));
}

/// Opens a client of it, as ipvs_client_open() opens one of the system's: the current namespace is
/// the initial one, IPVS_NAMESPACE_NEW a new one in which not even lo is up, and of a path the
/// file's name is that of a namespace that ipvs_fake_kernel_namespace() made. Deadlines are of
/// the kernel's own time.
///
/// Free `*client` with ipvs_client_free().
/// NULL: `options` stands for every default; `error` may be.
/// Fails with IPVS_MODULE_MISSING; IPVS_IO for a namespace that is not there;
/// IPVS_PERMISSION_DENIED for any but the initial one without privileges; IPVS_INVALID_INPUT, for
/// IPVS_NAMESPACE_FD too; and with what a fault says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_client(
    kernel: *const ipvs_fake_kernel,
    options: *const ipvs_client_options,
    client: *mut *mut ipvs_client,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(client, "client")?;
        let options = client::options(c, options)?;
        place.give(ipvs_client(c.borrow(kernel, "kernel")?.0.open(&options)?));
        Ok(())
    })
}

/// The network namespace that is there from the beginning, in which lo is up.
///
/// Free `*space` with ipvs_fake_namespace_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_initial(
    kernel: *const ipvs_fake_kernel,
    space: *mut *mut ipvs_fake_namespace,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(space, "space")?;
        place.give(ipvs_fake_namespace(c.borrow(kernel, "kernel")?.0.initial()));
        Ok(())
    })
}

/// The network namespace of a name. It is made if there is none, with lo up.
///
/// Free `*space` with ipvs_fake_namespace_free(); the namespace stays.
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_namespace(
    kernel: *const ipvs_fake_kernel,
    name: *const c_char,
    space: *mut *mut ipvs_fake_namespace,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(space, "space")?;
        let name = c.text(name, "name")?;
        let namespace = c.borrow(kernel, "kernel")?.0.namespace(name);
        place.give(ipvs_fake_namespace(namespace));
        Ok(())
    })
}

/// A new network namespace without a name, in which not even lo is up.
///
/// Free `*space` with ipvs_fake_namespace_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_new_namespace(
    kernel: *const ipvs_fake_kernel,
    space: *mut *mut ipvs_fake_namespace,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(space, "space")?;
        let namespace = c.borrow(kernel, "kernel")?.0.new_namespace();
        place.give(ipvs_fake_namespace(namespace));
        Ok(())
    })
}

/// What the kernel's clock shows: how long it has been running.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_now_milliseconds(kernel: *const ipvs_fake_kernel) -> u64 {
    ffi!(else 0, |c| {
        let now = c.maybe(kernel).map(|kernel| kernel.0.now().as_millis());
        u64::try_from(now.unwrap_or(0)).unwrap_or(u64::MAX)
    })
}

/// Lets time go by: every two seconds the counters are sampled; connections end; removed dests are
/// forgotten.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_advance(
    kernel: *const ipvs_fake_kernel,
    milliseconds: u64,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let time = Duration::from_millis(milliseconds);
        c.borrow(kernel, "kernel")?.0.advance(time);
        Ok(())
    })
}

/// Loads a module, such as "ip_vs_mh", with ip_vs if need be; `*done` tells whether it is loaded
/// then.
///
/// NULL: `done`, when nobody wants to know; `error`.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_load_module(
    kernel: *const ipvs_fake_kernel,
    name: *const c_char,
    done: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let name = c.text(name, "name")?;
        let kernel = &c.borrow(kernel, "kernel")?.0;
        let outcome = kernel.load_module(name);
        if let Ok(place) = c.place(done, "done") {
            place.write(outcome);
        }
        Ok(())
    })
}

/// Unloads a module, and before ip_vs those that need it; `*done` tells whether it was loaded and is
/// not any more. One that is in use stays: ip_vs as long as there are services, daemons or a
/// listing. What it held is lost.
///
/// NULL: `done`, when nobody wants to know; `error`.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_unload_module(
    kernel: *const ipvs_fake_kernel,
    name: *const c_char,
    done: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let name = c.text(name, "name")?;
        let kernel = &c.borrow(kernel, "kernel")?.0;
        let outcome = kernel.unload_module(name);
        if let Ok(place) = c.place(done, "done") {
            place.write(outcome);
        }
        Ok(())
    })
}
