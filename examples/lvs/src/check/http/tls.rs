//! TLS around a connection, with whoever is there.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
};

use super::super::Failure;
use super::super::deadline::is_timeout;
use super::super::peer::Timed;

/// Makes TLS of a connection. The server is told the name of the site, if it is a name.
pub(super) fn shake_hands(
    mut stream: Timed,
    target: SocketAddr,
    host: &str,
) -> Result<impl Read + Write + use<>, Failure> {
    let failed = |error: io::Error| {
        if is_timeout(&error) {
            Failure::ReadTimeout(target)
        } else {
            Failure::Tls(target, error)
        }
    };
    let mut connection = open(target, host).map_err(|error| failed(io::Error::other(error)))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(failed)?;
    }
    Ok(Unclosed(StreamOwned::new(connection, stream)))
}

fn open(target: SocketAddr, host: &str) -> Result<ClientConnection, Error> {
    let provider = Arc::new(ring::default_provider());
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    let name = ServerName::try_from(name.to_owned());
    let name = name.unwrap_or_else(|_| ServerName::IpAddress(target.ip().into()));
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Whoever(provider)))
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), name)
}

/// Takes any certificate, and any proof of its key: a check asks whether a server answers,
/// not who it is. Looking at the proof would refuse what old servers have, certificates of
/// version 1 and short keys.
#[derive(Debug)]
struct Whoever(Arc<CryptoProvider>);

impl ServerCertVerifier for Whoever {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// A stream that many servers end by hanging up, without a word of TLS before.
struct Unclosed(StreamOwned<ClientConnection, Timed>);

impl Read for Unclosed {
    fn read(&mut self, part: &mut [u8]) -> io::Result<usize> {
        match self.0.read(part) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            other => other,
        }
    }
}

impl Write for Unclosed {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0.write(part)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
