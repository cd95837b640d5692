//! Against a server that speaks TLS with a certificate of its own making.

use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;

/// A server for one request; it tells the name that it was asked for within TLS.
fn secure(answer: &'static str) -> (SocketAddr, mpsc::Receiver<Option<String>>) {
    let made = rcgen::generate_simple_self_signed(vec!["www.example.org".into()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    secure_by(made.cert.der().clone(), &key, answer)
}

/// The same with this certificate, whatever is wrong with it.
fn secure_by(
    certificate: CertificateDer<'static>,
    key: &PrivateKeyDer<'_>,
    answer: &'static str,
) -> (SocketAddr, mpsc::Receiver<Option<String>>) {
    let key = rustls::crypto::ring::sign::any_supported_type(key).unwrap();
    let certified = CertifiedKey::new(vec![certificate], key);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = listener.local_addr().unwrap();
    let (asked, name) = mpsc::channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.extend(byte);
        }
        let name = stream.conn.server_name().map(str::to_owned);
        asked.send(name).unwrap();
        // No word of TLS at the end: it hangs up.
        stream.write_all(answer.as_bytes()).unwrap();
    });
    (target, name)
}

fn get(target: SocketAddr) -> Get {
    let tls = true;
    Get {
        tls,
        ..super::get(target)
    }
}

#[test]
fn a_page_by_tls_and_the_name_of_the_site() {
    let pattern = Regex::new("serveur 1").unwrap();
    for (host, name) in [
        ("www.example.org", Some("www.example.org")),
        ("www.example.org:8443", Some("www.example.org")),
        ("", None),
    ] {
        let (target, asked) = secure(PAGE);
        let mut get = get(target);
        get.host = host.into();
        get.body = Some(pattern.clone());
        get.run().unwrap();
        assert_eq!(asked.recv().unwrap().as_deref(), name);
    }
}

#[test]
fn a_certificate_of_the_first_version_is_as_good() {
    let pem = include_bytes!("version_1.pem");
    let certificate = CertificateDer::from_pem_slice(pem).unwrap();
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let (target, _asked) = secure_by(certificate, &key, PAGE);
    get(target).run().unwrap();
}

#[test]
fn a_server_that_hangs_up_without_the_page() {
    let (target, _asked) = secure("HTTP/1.1 2");
    let failure = get(target).run().unwrap_err();
    assert!(matches!(failure, Failure::TooShort(_)), "{failure}");
    let (target, _asked) = secure("HTTP/1.0 500 Oh\r\n\r\n");
    let failure = get(target).run().unwrap_err();
    assert!(matches!(failure, Failure::Status(_, 500)), "{failure}");
}

#[test]
fn a_server_that_speaks_no_tls() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 16]);
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let failure = get(target).run().unwrap_err();
    let text = failure.to_string();
    assert!(
        text.starts_with(&format!("TLS with {target} failed: ")),
        "{text}"
    );
}

#[test]
fn a_handshake_has_the_deadline_too() {
    // The kernel takes the connection for a listener that never accepts it.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut get = get(listener.local_addr().unwrap());
    // Enough for a busy machine to connect.
    get.timeout = Duration::from_secs(2);
    let start = Instant::now();
    let failure = get.run().unwrap_err();
    assert!(matches!(failure, Failure::ReadTimeout(_)), "{failure}");
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "{:?}",
        start.elapsed()
    );
}
