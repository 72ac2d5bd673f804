//! The TLS port beside the plain one, and its certificate: made on first use and kept in the data folder, or the user's own.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use hookglass_listener::{Listener, OWN_NAMES, SelfSigned, Setting, TlsIdentity};
use hookglass_model::UnixMillis;

use crate::{
    CommandError, ErrorCode, Workbench,
    view::{ListenerSettings, ListenerState, Notice, OwnCertificate, TlsInput, TlsView},
    workbench::blocking,
};

/// The folder in the data folder.
const FOLDER: &str = "tls";

/// A made certificate is made anew when less than this is left of its time.
const RENEWED_BEFORE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Most names in a made certificate besides its own.
const NAMES_MAX: usize = 50;

/// Largest PEM file that is read.
const PEM_MAX_BYTES: u64 = 1024 * 1024;

impl Default for TlsInput {
    fn default() -> Self {
        // Beside the plain port, so that both are remembered together.
        Self { enabled: false, address: "127.0.0.1:4666".to_owned(), names: Vec::new(), own: None }
    }
}

/// A certificate that is ready, with its text.
struct Ready {
    identity: TlsIdentity,
    certificate_pem: Vec<u8>,
}

impl Workbench {
    /// Opens, moves or closes the TLS port, with the certificate that the input names. A port in use is a state, not an
    /// error, as for the plain port.
    ///
    /// # Errors
    /// `invalid_input`, which begins with the name of the field, when the address, a name or a file cannot be used. Then
    /// the port stays as it is.
    pub async fn set_tls(&self, input: TlsInput) -> Result<ListenerSettings, CommandError> {
        if input.enabled {
            parse(&input.address)?;
            if input.names.len() > NAMES_MAX {
                return Err(CommandError::invalid(format!("names: write at most {NAMES_MAX} of them.")));
            }
            self.identity(&input).await?;
        }
        self.setup.lock().unwrap_or_else(PoisonError::into_inner).tls = input;
        self.reopen_tls_port().await;
        Ok(self.listener_settings().await)
    }

    /// The certificate of the TLS port as PEM, to be given to senders. Made when there is none yet.
    ///
    /// # Errors
    /// `invalid_input` when its files cannot be used.
    pub async fn certificate_pem(&self) -> Result<Vec<u8>, CommandError> {
        let input = self.tls_input();
        Ok(self.identity(&input).await?.certificate_pem)
    }

    /// How the TLS port stands; `None` when it is off.
    pub(crate) async fn tls_state(&self) -> Option<ListenerState> {
        self.listener.lock().await.tls.clone()
    }

    fn tls_input(&self) -> TlsInput {
        self.setup.lock().unwrap_or_else(PoisonError::into_inner).tls.clone()
    }

    pub(crate) async fn tls_view(&self) -> TlsView {
        let (input, state) = (self.tls_input(), self.tls_state().await);
        // Nothing is made before somebody wants the port.
        let ready = if input.enabled { Some(self.identity(&input).await) } else { None };
        let (facts, problem) = match ready {
            Some(Ok(ready)) => (Some(ready.identity.facts().clone()), None),
            Some(Err(error)) => (None, Some(error.message)),
            None => (None, None),
        };
        TlsView {
            input,
            state,
            fingerprint_sha256: facts.as_ref().map(|facts| facts.fingerprint_sha256.clone()),
            names: facts.as_ref().map(|facts| facts.names.clone()).unwrap_or_default(),
            valid_until: facts.map(|facts| facts.valid_until),
            problem,
        }
    }

    /// Closes the TLS port and opens it again as it is to be.
    pub(crate) async fn reopen_tls_port(&self) {
        let input = self.tls_input();
        let mut slot = self.listener.lock().await;
        if let Some(running) = slot.running_tls.take() {
            running.stop().await;
        }
        slot.tls = if input.enabled {
            Some(match self.open_tls_port(&input).await {
                Ok(running) => {
                    let address = running.local_addr();
                    slot.running_tls = Some(running);
                    ListenerState::Listening { address: address.to_string(), url: format!("https://{address}") }
                }
                Err(state) => state,
            })
        } else {
            None
        };
        drop(slot);
        // The state of both ports is asked for anew.
        self.notices.tell(Notice::Health);
    }

    async fn open_tls_port(&self, input: &TlsInput) -> Result<hookglass_listener::Running, ListenerState> {
        let stopped = |message: String| ListenerState::Stopped {
            address: input.address.clone(),
            in_use: false,
            message,
            next_free_port: None,
            since: self.clock.now(),
        };
        let address = parse(&input.address).map_err(|error| stopped(error.message))?;
        let ready = self.identity(input).await.map_err(|error| stopped(error.message))?;
        match Listener::bind(address).await {
            Ok(listener) => {
                let setting = Setting { tls: Some(Arc::new(ready.identity)), ..self.setting() };
                Ok(listener.start(self.intake(), self.clock.clone(), setting))
            }
            Err(error) => Err(self.not_opened(address, &error).await),
        }
    }

    async fn identity(&self, input: &TlsInput) -> Result<Ready, CommandError> {
        let (own, names) = (input.own.clone(), input.names.clone());
        let (folder, now) = (self.store.dir().join(FOLDER), self.clock.now());
        blocking(move || match own {
            Some(own) => own_identity(&own),
            None => made_identity(&folder, &names, now),
        })
        .await?
    }
}

fn parse(address: &str) -> Result<SocketAddr, CommandError> {
    address.trim().parse().map_err(|_| {
        CommandError::invalid(format!(
            "address: “{address}” is not an address. Write an IP address and a port, for example 127.0.0.1:4666."
        ))
    })
}

fn own_identity(own: &OwnCertificate) -> Result<Ready, CommandError> {
    let certificate_pem = read(Path::new(&own.certificate_path), "certificate_path")?;
    let key_pem = read(Path::new(&own.key_path), "key_path")?;
    let identity = TlsIdentity::from_pem(&certificate_pem, &key_pem)
        .map_err(|error| CommandError::invalid(format!("own: {}: {error}.", own.certificate_path)))?;
    Ok(Ready { identity, certificate_pem })
}

fn read(path: &Path, field: &str) -> Result<Vec<u8>, CommandError> {
    let failed = |what: String| CommandError::invalid(format!("{field}: {} {what}.", path.display()));
    let size = fs::metadata(path).map_err(|error| failed(format!("cannot be read: {error}")))?.len();
    if size > PEM_MAX_BYTES {
        return Err(failed("is too large for a PEM file".to_owned()));
    }
    fs::read(path).map_err(|error| failed(format!("cannot be read: {error}")))
}

/// The certificate in the folder, or a new one when there is none, it is about to end, or it lacks a name.
fn made_identity(folder: &Path, names: &[String], now: UnixMillis) -> Result<Ready, CommandError> {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    if let (Ok(certificate_pem), Ok(key_pem)) = (fs::read(&certificate), fs::read(&key))
        && let Ok(identity) = TlsIdentity::from_pem(&certificate_pem, &key_pem)
    {
        let facts = identity.facts();
        let wanted = OWN_NAMES.into_iter().chain(names.iter().map(String::as_str));
        let lasts = facts.valid_until.0 - now.0 > RENEWED_BEFORE_MS && facts.valid_from <= now;
        if lasts
            && wanted.clone().count() == facts.names.len()
            && wanted.clone().all(|name| facts.names.iter().any(|one| one == name))
        {
            return Ok(Ready { identity, certificate_pem });
        }
    }
    let made = SelfSigned::make(names, now).map_err(|error| CommandError::invalid(format!("names: {error}.")))?;
    let kept = keep(folder, &key, made.key_pem.as_bytes())
        .and_then(|()| keep(folder, &certificate, made.certificate_pem.as_bytes()));
    kept.map_err(|error| {
        CommandError::new(
            ErrorCode::StoreUnavailable,
            format!("The certificate cannot be kept in {}: {error}.", folder.display()),
        )
    })?;
    let certificate_pem = made.certificate_pem.into_bytes();
    let identity = TlsIdentity::from_pem(&certificate_pem, made.key_pem.as_bytes())
        .map_err(|error| CommandError::new(ErrorCode::Internal, error.to_string()))?;
    Ok(Ready { identity, certificate_pem })
}

/// Writes a file that its owner alone can read: beside the old one first, so that a full disk leaves that whole.
fn keep(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let unfinished = PathBuf::from(format!("{}.part", path.display()));
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}
