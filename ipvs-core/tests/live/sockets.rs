//! What strangers, floods and years of use do to a client's socket.

use ipvs_core::{Applied, Client, ErrorKind, NamespaceSource, Options, Service, ServiceKey};
use ipvs_sys::hostile::forge;
use ipvs_sys::socket::Socket;

use crate::harness::{Need, Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        a_strangers_datagrams_are_dropped,
        an_overrun_is_told_and_survived: Need::Guest,
        clients_and_streams_leave_no_descriptor_behind
    ]
}

/// A client of the site's namespace, and a stranger who knows its port.
struct Attacked {
    client: Client,
    port: u32,
    stranger: Socket,
}

impl Attacked {
    fn new(site: &Site) -> Self {
        let socket = site.namespace.socket().unwrap();
        let port = socket.port();
        let client = Client::from_socket(socket.into()).unwrap();
        let stranger = site.namespace.socket().unwrap();
        Attacked {
            client,
            port,
            stranger,
        }
    }

    fn disturb(&self) -> std::io::Result<()> {
        forge(&self.stranger, self.port, GARBAGE)
    }

    /// Leaves no room for the shortest answer.
    fn flood(&self) {
        let mut forged = 0;
        while self.disturb().is_ok() {
            forged += 1;
        }
        assert!(forged > 0);
    }
}

/// Not even netlink: whoever read it would fail.
const GARBAGE: &[u8] = b"garbage";

fn a_strangers_datagrams_are_dropped(site: &Site) {
    let attacked = Attacked::new(site);
    let client = &attacked.client;
    let disturb = || attacked.disturb().unwrap();
    let key = ServiceKey::tcp([192, 0, 2, 1], 80);
    for _ in 0..3 {
        disturb();
        disturb();
        client.add_service(&Service::new(key)).unwrap();
        disturb();
        assert_eq!(client.services().unwrap().len(), 1);
        disturb();
        client.snapshot().unwrap();
        disturb();
        client.remove_service(&key).unwrap();
    }
    assert_eq!(client.services().unwrap(), []);

    // While it waits and reads, too; these do not fill its buffer, even unread.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..100 {
                disturb();
                std::thread::yield_now();
            }
        });
        for _ in 0..200 {
            client.add_service(&Service::new(key)).unwrap();
            assert_eq!(client.services().unwrap().len(), 1);
            client.remove_service(&key).unwrap();
        }
    });
}

fn an_overrun_is_told_and_survived(site: &Site) {
    let attacked = Attacked::new(site);
    let client = &attacked.client;
    let key = ServiceKey::tcp([192, 0, 2, 1], 80);

    attacked.flood();
    let error = client.add_service(&Service::new(key)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overrun, "{error}");
    assert_eq!(error.applied(), Applied::Unknown, "{error}");
    // The answer is lost, and nothing else.
    assert_eq!(client.service(&key).unwrap().service, Service::new(key));

    attacked.flood();
    let error = client.info().unwrap_err();
    assert_eq!(
        (error.kind(), error.applied()),
        (ErrorKind::Overrun, Applied::No),
        "{error}"
    );
    client.info().unwrap();

    attacked.flood();
    let error = client.services().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overrun, "{error}");
    assert_eq!(client.services().unwrap().len(), 1);
    assert_eq!(client.stream_services().unwrap().count(), 1);
    client.remove_service(&key).unwrap();
    assert_eq!(site.services(), []);
}

fn clients_and_streams_leave_no_descriptor_behind(site: &Site) {
    let open_files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let key = site.add("tcp 192.0.2.1:80");
    let before = open_files();
    site.run(|| {
        for _ in 0..1000 {
            Client::open(&Options::new()).unwrap();
        }
    });
    for _ in 0..30 {
        let client = site.open(Options::new());
        client.stream_services().unwrap().next().unwrap().unwrap();
        client.stream_dests(&key).unwrap();
        client.namespace().unwrap();
        Client::from_socket(site.namespace.socket().unwrap().into()).unwrap();
        client
            .stream_dests(&ServiceKey::tcp([192, 0, 2, 1], 81))
            .unwrap_err();
    }
    for _ in 0..10 {
        Client::open(&Options::new().with_namespace(NamespaceSource::New)).unwrap();
        let nowhere = NamespaceSource::Path("/proc/self/status".into());
        Client::open(&Options::new().with_namespace(nowhere)).unwrap_err();
        let file = std::fs::File::open("/proc/self/status").unwrap();
        Client::from_socket(file.into()).unwrap_err();
    }
    assert_eq!(open_files(), before);
}
