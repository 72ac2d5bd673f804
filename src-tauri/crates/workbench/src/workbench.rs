//! The application as one value: what it owns and how it opens and closes.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use arc_swap::ArcSwap;
use hookglass_delivery::Sender;
use hookglass_model::Clock;
use hookglass_secrets::{Condition, Surroundings, Vault};
use hookglass_signing::Registry;
use hookglass_store::Store;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{
    CommandError, ErrorCode, KnownProviders, NoticeStream,
    decoding::DecodingNumber,
    doctor::Doctor,
    endpoint_table::EndpointTable,
    health::{Probes, RateMeter},
    housekeeping::Housekeeping,
    limits::ListenerSetup,
    listening::ListenerSlot,
    notice::{CaptureMark, NoticeHub},
    rejections::RejectionBook,
    secret_matches::MatchLedger,
    storage::{self, Opened, Storage},
    view::{AppState, BrokenProvider},
};

/// Where the listener opens when nobody says otherwise. Loopback only; the port spells HOOK on a telephone
/// keypad.
pub const DEFAULT_LISTEN_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4665);

/// The application's name in the system's keychain.
const KEYCHAIN_SERVICE: &str = "app.hookglass";

/// How to open a workbench.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder for the database; made when missing.
    pub data_dir: PathBuf,
    /// Where secret values are kept.
    pub vault: VaultChoice,
}

/// Where secret values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultChoice {
    /// Where the user chose; at the first start the system's keychain, if there is one.
    Chosen,
    /// Where the user chose, for reading. New secrets live in memory: the command line is given them anew at every
    /// start. The keychain is not taken unasked.
    CommandLine,
    /// Memory, unless another place was chosen for this data directory. For tests, so that they leave the user's
    /// keychain alone.
    Memory,
}

/// The application: store, vault, endpoints, listener and sender behind the use cases.
pub struct Workbench {
    pub(crate) store: Store,
    pub(crate) vault: Arc<Vault>,
    /// Whether secrets that are entered live in memory whatever the vault could do.
    pub(crate) holds_new_secrets: bool,
    pub(crate) matches: Arc<MatchLedger>,
    pub(crate) endpoints: Arc<ArcSwap<EndpointTable>>,
    /// Every provider, the user's own included: a snapshot that the capture path reads without waiting.
    pub(crate) providers: Arc<ArcSwap<Registry>>,
    /// The user's own recipes that could not be read.
    pub(crate) broken_providers: ArcSwap<Vec<BrokenProvider>>,
    pub(crate) notices: Arc<NoticeHub>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) listener: Mutex<ListenerSlot>,
    /// What the listener allows, and how its TLS port is to be.
    pub(crate) setup: std::sync::Mutex<ListenerSetup>,
    pub(crate) probes: std::sync::Mutex<Probes>,
    pub(crate) decoding: DecodingNumber,
    pub(crate) rate: Arc<RateMeter>,
    pub(crate) rejections: Arc<RejectionBook>,
    pub(crate) storage: Storage,
    pub(crate) housekeeping: Arc<Housekeeping>,
    pub(crate) sender: Arc<Sender>,
    /// Who looks for causes, shared with the background.
    pub(crate) doctor: Doctor,
    /// Whether new captures are handed to the doctor.
    pub(crate) diagnoses_new: Arc<AtomicBool>,
    /// Two saves at once would each drop the other's secrets from the snapshot. Providers change under it too, so that
    /// none is taken away while an endpoint begins to use it.
    pub(crate) saving_endpoints: Mutex<()>,
    /// How the vault stood when endpoints were read: a keychain may be unlocked after the start.
    pub(crate) vault_seen: std::sync::Mutex<Option<Condition>>,
}

impl Workbench {
    /// Opens the data directory as its one writer.
    ///
    /// # Errors
    /// When another process has it open, it cannot be written, or it is not ours; the message says what to do.
    pub async fn open(options: Options, clock: Arc<dyn Clock>) -> Result<Self, CommandError> {
        let data_dir = options.data_dir;
        // Connections are files too, and the usual limit of 1,024 is a tenth of what the listener serves.
        hookglass_listener::raise_open_files_limit();
        let opening = Arc::clone(&clock);
        let opened =
            blocking(move || storage::open(&data_dir, &*opening)).await?.map_err(|error| open_error(&error))?;
        let read_only = opened.store.is_read_only();
        Self::assemble(opened, options.vault, read_only, clock).await
    }

    /// Opens the data directory for reading only, beside the process that writes it.
    ///
    /// # Errors
    /// When there is no database or it cannot be read.
    pub async fn open_read_only(data_dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, CommandError> {
        let data_dir = data_dir.to_path_buf();
        let store = blocking(move || Store::open_read_only(&data_dir)).await?.map_err(|error| open_error(&error))?;
        let opened = Opened { store, storage: Storage::default() };
        Self::assemble(opened, VaultChoice::Memory, true, clock).await
    }

    async fn assemble(
        Opened { store, storage }: Opened,
        vault: VaultChoice,
        read_only: bool,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CommandError> {
        // Reading all recipes takes some milliseconds once; the first capture should not pay for it.
        let data_dir = store.dir().to_path_buf();
        let known = blocking(move || KnownProviders::read(&data_dir)).await?;
        let has_sealed_secrets = !store.sealed_secrets().await?.is_empty();
        let record = store.vault_record().await?;
        let surroundings = Surroundings {
            service: KEYCHAIN_SERVICE.to_owned(),
            folder: store.dir().to_path_buf(),
            take_keychain: vault == VaultChoice::Chosen,
        };
        let holds_new_secrets = vault == VaultChoice::CommandLine;
        let in_memory = vault == VaultChoice::Memory && (read_only || (record.is_none() && !has_sealed_secrets));
        let vault = blocking(move || {
            if in_memory {
                Vault::in_memory(&surroundings)
            } else {
                Vault::open(&surroundings, record.as_deref(), has_sealed_secrets)
            }
        })
        .await?;
        let matches = MatchLedger::new(store.secret_matches().await?);
        let totals = store.totals().await?;
        let mark = CaptureMark {
            latest_seq: totals.latest_seq,
            total: totals.captures,
            last_received_at: totals.last_received_at,
        };
        let sender = Sender::new().map_err(|error| CommandError::new(ErrorCode::Internal, error.to_string()))?;
        let endpoints = Arc::new(ArcSwap::from_pointee(EndpointTable::empty()));
        let providers = Arc::new(ArcSwap::new(known.registry));
        let (matches, notices) = (Arc::new(matches), Arc::new(NoticeHub::new(mark)));
        let doctor = Doctor {
            store: store.clone(),
            endpoints: Arc::clone(&endpoints),
            providers: Arc::clone(&providers),
            matches: Arc::clone(&matches),
            notices: Arc::clone(&notices),
            clock: Arc::clone(&clock),
            queue: Arc::default(),
            wanted: Arc::default(),
            rechecks: Arc::default(),
            closing: CancellationToken::new(),
            mended: Arc::default(),
        };
        let housekeeping = Arc::new(Housekeeping::new(
            store.clone(),
            Arc::clone(&notices),
            Arc::clone(&clock),
            doctor.closing.clone(),
        ));
        let workbench = Self {
            setup: std::sync::Mutex::default(),
            probes: std::sync::Mutex::default(),
            decoding: DecodingNumber::default(),
            rate: Arc::default(),
            rejections: Arc::default(),
            storage,
            housekeeping,
            doctor,
            diagnoses_new: Arc::default(),
            store,
            vault: Arc::new(vault),
            holds_new_secrets,
            matches,
            endpoints,
            providers,
            broken_providers: ArcSwap::from_pointee(known.broken),
            notices,
            listener: Mutex::new(ListenerSlot::never_opened(clock.now())),
            clock,
            sender: Arc::new(sender),
            saving_endpoints: Mutex::new(()),
            vault_seen: std::sync::Mutex::new(None),
        };
        workbench.reload_endpoints().await?;
        if !read_only {
            workbench.settle_vault().await?;
        }
        Ok(workbench)
    }

    /// The frame of the application: listener, vault, sizes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn app_state(&self) -> Result<AppState, CommandError> {
        let vault = self.vault_state().await?;
        let totals = self.store.totals().await?;
        Ok(AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: self.store.dir().display().to_string(),
            listener: self.listener_state().await,
            vault,
            captures_total: totals.captures,
            store_bytes: totals.bytes,
            latest_seq: totals.latest_seq,
            last_received_at: totals.last_received_at,
            store_problem: self.store.health().problem,
            read_only: self.storage.read_only.clone(),
            set_aside: self.storage.set_aside(),
            rejected_total: self.store.count_rejections().await?,
            tls: self.tls_state().await,
        })
    }

    /// Hints about what changes from now on.
    pub fn notices(&self) -> NoticeStream {
        self.notices.subscribe()
    }

    /// Closes the port, waits briefly for requests under way, and brings the database to rest.
    pub async fn close(&self) {
        self.doctor.closing.cancel();
        let _nothing_half_deleted = self.housekeeping.deleting.lock().await;
        self.stop_listening().await;
        self.rejections.write(&self.store, &self.notices).await;
        self.matches.write(&self.store).await;
        let store = self.store.clone();
        drop(blocking(move || store.close()).await);
    }
}

impl std::fmt::Debug for Workbench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbench").field("data_dir", &self.store.dir()).finish_non_exhaustive()
    }
}

fn open_error(error: &hookglass_store::OpenError) -> CommandError {
    CommandError::new(ErrorCode::StoreUnavailable, error.to_string())
}

/// Runs what blocks (files, keychain) on a thread made for it.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CommandError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| CommandError::new(ErrorCode::Internal, format!("A background task failed: {error}")))
}
