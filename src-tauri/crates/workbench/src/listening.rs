//! Opening and closing the capture port, and saying how it stands.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool},
};

use hookglass_listener::{BindError, Listener, Running, next_free_port};
use hookglass_model::UnixMillis;

use crate::{
    CommandError, ErrorCode, Workbench,
    intake::Intake,
    reading_room::ReadingRoom,
    view::{ListenerState, Notice},
};

/// The plain port and the TLS port, open or not.
#[derive(Debug)]
pub(crate) struct ListenerSlot {
    running: Option<Running>,
    state: ListenerState,
    pub(crate) running_tls: Option<Running>,
    /// How the TLS port stands; `None` when it is off.
    pub(crate) tls: Option<ListenerState>,
}

impl ListenerSlot {
    pub(crate) fn never_opened(now: UnixMillis) -> Self {
        Self {
            running: None,
            running_tls: None,
            tls: None,
            state: ListenerState::Stopped {
                address: crate::DEFAULT_LISTEN_ADDRESS.to_string(),
                in_use: false,
                message: "The listener has not been started.".to_owned(),
                next_free_port: None,
                since: now,
            },
        }
    }

    pub(crate) fn state(&self) -> &ListenerState {
        &self.state
    }

    pub(crate) fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    pub(crate) fn running_tls(&self) -> Option<&Running> {
        self.running_tls.as_ref()
    }

    /// Connections open now, on both ports.
    pub(crate) fn open_connections(&self) -> u32 {
        let open =
            [&self.running, &self.running_tls].into_iter().flatten().map(Running::open_connections).sum::<usize>();
        u32::try_from(open).unwrap_or(u32::MAX)
    }
}

impl Workbench {
    /// Opens the capture port at `address`, for example `127.0.0.1:4665`, and closes the one that was open.
    /// The port is never switched silently: when nothing was open and the address cannot be, the state says why.
    ///
    /// # Errors
    /// When `address` is not an IP address with a port; `address_in_use` or `invalid_input` when another port is
    /// open and this one cannot be. The open one goes on receiving then.
    pub async fn listen_on(&self, address: &str) -> Result<ListenerState, CommandError> {
        let address: SocketAddr = address.trim().parse().map_err(|_| {
            CommandError::invalid(format!(
                "“{address}” is not an address. Write an IP address and a port, for example 127.0.0.1:4665."
            ))
        })?;
        let mut slot = self.listener.lock().await;
        match slot.running.take() {
            Some(running) if running.local_addr() == address => {
                slot.running = Some(running);
                return Ok(slot.state.clone());
            }
            // 0.0.0.0 and 127.0.0.1 at one port exclude each other, so the old one has to go first.
            Some(running) if running.local_addr().port() == address.port() => running.stop().await,
            open => slot.running = open,
        }
        let bound = Listener::bind(address).await;
        if let (Err(error), Some(running)) = (&bound, &slot.running) {
            return Err(kept_open(error, running.local_addr()));
        }
        if let Some(running) = slot.running.take() {
            running.stop().await;
        }
        slot.state = match bound {
            Ok(listener) => {
                let bound = listener.local_addr();
                slot.running = Some(listener.start(self.intake(), self.clock.clone(), self.setting()));
                ListenerState::Listening { address: bound.to_string(), url: format!("http://{bound}") }
            }
            Err(error) => self.not_opened(address, &error).await,
        };
        self.notices.tell(Notice::Listener { state: slot.state.clone() });
        Ok(slot.state.clone())
    }

    /// What is said of a port that could not be opened.
    pub(crate) async fn not_opened(&self, address: SocketAddr, error: &BindError) -> ListenerState {
        let in_use = matches!(error, BindError::InUse { .. });
        let next_free_port = if in_use { next_free_port(address).await } else { None };
        ListenerState::Stopped {
            address: address.to_string(),
            in_use,
            message: format!("{} Until then senders get “connection refused”.", sentence(error)),
            next_free_port,
            since: self.clock.now(),
        }
    }

    /// Closes what is open and opens it again at the same addresses, so that a change of the setup holds.
    pub(crate) async fn reopen_ports(&self) {
        let address = {
            let mut slot = self.listener.lock().await;
            match slot.running.take() {
                None => None,
                Some(running) => {
                    let address = running.local_addr();
                    running.stop().await;
                    Some(address)
                }
            }
        };
        if let Some(address) = address
            && let Err(error) = self.listen_on(&address.to_string()).await
        {
            tracing::warn!(%error, "the port could not be opened again");
        }
        self.reopen_tls_port().await;
    }

    /// How the capture port stands.
    pub async fn listener_state(&self) -> ListenerState {
        self.listener.lock().await.state.clone()
    }

    /// Closes the capture port, letting requests under way finish for a moment.
    pub async fn stop_listening(&self) {
        let mut slot = self.listener.lock().await;
        if let Some(running) = slot.running_tls.take() {
            running.stop().await;
            slot.tls = None;
        }
        let Some(running) = slot.running.take() else { return };
        let address = running.local_addr().to_string();
        running.stop().await;
        slot.state = ListenerState::Stopped {
            address,
            in_use: false,
            message: "The listener was closed.".to_owned(),
            next_free_port: None,
            since: self.clock.now(),
        };
    }

    pub(crate) fn intake(&self) -> Arc<Intake> {
        Arc::new(Intake {
            store: self.store.clone(),
            endpoints: self.endpoints.clone(),
            providers: self.providers.clone(),
            notices: self.notices.clone(),
            matches: self.matches.clone(),
            diagnoses: self.diagnoses_new.clone(),
            waiting: self.doctor.queue.clone(),
            rejections: self.rejections.clone(),
            rate: self.rate.clone(),
            reading: ReadingRoom::default(),
            failing: AtomicBool::new(false),
        })
    }
}

/// Why the port was not moved, and that nothing is lost by it.
fn kept_open(error: &BindError, open: SocketAddr) -> CommandError {
    let code = match error {
        BindError::InUse { .. } => ErrorCode::AddressInUse,
        _ => ErrorCode::InvalidInput,
    };
    CommandError::new(code, format!("{} Still listening on {open}.", sentence(error)))
}

/// Cause and next step from the listener as a sentence.
pub(crate) fn sentence(error: &BindError) -> String {
    let mut text = error.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{}.", text.trim_end_matches('.'))
}
