//! Network namespaces, and how clients get into them.

use ipvs_core::fake::{Environment, Interface, Kernel};
use ipvs_core::{
    Client, DaemonRole, Error, ErrorKind, NamespaceSource, Options, Service, SyncDaemon, Sysctl,
};
use ipvs_sys::errno::*;

use crate::site::{Site, dest};

fn enter(kernel: &Kernel, namespace: NamespaceSource) -> Result<Client, Error> {
    kernel.open(&Options::new().with_namespace(namespace))
}

#[test]
fn each_has_a_table_of_its_own() {
    let site = Site::new();
    let blue = site.kernel.namespace("blue");
    let client = blue.client().unwrap();
    assert_eq!(client.services().unwrap(), []);
    client.add_service(&Service::new(site.service)).unwrap();
    client.flush().unwrap();
    assert_eq!(site.client.services().unwrap().len(), 1);
    client.set_sysctl(Sysctl::Conntrack, &1.into()).unwrap();
    assert_eq!(site.client.sysctl(Sysctl::Conntrack).unwrap(), 0.into());

    // The name leads to the same one again.
    client
        .add_service(&Service::new("udp 192.0.2.5:5".parse().unwrap()))
        .unwrap();
    let path = || NamespaceSource::Path("/run/netns/blue".into());
    assert_eq!(
        enter(&site.kernel, path())
            .unwrap()
            .services()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        site.kernel
            .namespace("blue")
            .client()
            .unwrap()
            .services()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn in_a_new_one_not_even_lo_is_up() {
    let kernel = Kernel::new();
    let client = enter(&kernel, NamespaceSource::New).unwrap();
    let key = "tcp 192.0.2.1:80".parse().unwrap();
    client.add_service(&Service::new(key)).unwrap();
    let server = dest("10.0.0.1:80".parse().unwrap());
    let error = client.add_dest(&key, &server).unwrap_err();
    assert_eq!(error.errno(), Some(EINVAL), "{error}");
}

#[test]
fn what_is_no_namespace_is_refused() {
    let kernel = Kernel::new();
    let error = enter(&kernel, NamespaceSource::Path("/run/netns/red".into())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "open: cannot open the network namespace /run/netns/red: No such file or directory (ENOENT)"
    );
    let file = std::fs::File::open("/dev/null").unwrap();
    let error = enter(&kernel, NamespaceSource::Fd(file.into())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let unprivileged = Kernel::with(Environment::new().unprivileged());
    let error = enter(&unprivileged, NamespaceSource::New).unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::PermissionDenied, Some(EPERM))
    );
}

#[test]
fn there_is_nothing_to_enter() {
    let error = Kernel::new().client().unwrap().namespace().unwrap_err();
    assert_eq!(
        error.to_string(),
        "get namespace: a fake kernel's namespace is nowhere but in memory"
    );
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn interfaces_come_and_go() {
    let site = Site::new();
    let home = site.kernel.initial();
    let daemon = SyncDaemon::new(DaemonRole::Backup, "eth0".parse().unwrap());
    let error = site.client.start_daemon(&daemon).unwrap_err();
    assert_eq!(error.errno(), Some(ENODEV));
    home.set_interface(Interface::new("eth0").with_address([192, 0, 2, 7], 24));
    home.take_port(8848);
    let error = site.client.start_daemon(&daemon).unwrap_err();
    assert_eq!(error.errno(), Some(EADDRINUSE));
    assert!(home.release_port(8848) && !home.release_port(8848));
    site.client.start_daemon(&daemon).unwrap();
    assert_eq!(site.client.daemons().unwrap().len(), 1);
    site.client.stop_daemon(DaemonRole::Backup).unwrap();
    assert!(home.remove_interface("eth0") && !home.remove_interface("eth0"));
    site.client.start_daemon(&daemon).unwrap_err();
}

#[test]
fn a_machine_lives_as_long_as_a_client() {
    let Site { client, .. } = Site::new();
    assert_eq!(client.services().unwrap().len(), 1);
    let mut rows = client.stream_services().unwrap();
    drop(client);
    assert_eq!(
        rows.next().unwrap().unwrap().service.key.to_string(),
        "tcp 192.0.2.1:80"
    );
}
