//! Opening and closing the capture port, and saying how it stands.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool},
};

use hookglass_listener::{BindError, Limits, Listener, Running, next_free_port};
use hookglass_model::UnixMillis;

use crate::{
    CommandError, ErrorCode, Workbench,
    intake::Intake,
    view::{ListenerState, Notice},
};

/// The one listener, open or not.
#[derive(Debug)]
pub(crate) struct ListenerSlot {
    running: Option<Running>,
    state: ListenerState,
}

impl ListenerSlot {
    pub(crate) fn never_opened(now: UnixMillis) -> Self {
        Self {
            running: None,
            state: ListenerState::Stopped {
                address: crate::DEFAULT_LISTEN_ADDRESS.to_string(),
                in_use: false,
                message: "The listener has not been started.".to_owned(),
                next_free_port: None,
                since: now,
            },
        }
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
                slot.running = Some(listener.start(self.intake(), self.clock.clone(), Limits::default()));
                ListenerState::Listening { address: bound.to_string(), url: format!("http://{bound}") }
            }
            Err(error) => {
                let in_use = matches!(error, BindError::InUse { .. });
                let next_free_port = if in_use { next_free_port(address).await } else { None };
                ListenerState::Stopped {
                    address: address.to_string(),
                    in_use,
                    message: format!("{} Until then senders get “connection refused”.", sentence(&error)),
                    next_free_port,
                    since: self.clock.now(),
                }
            }
        };
        self.notices.tell(Notice::Listener { state: slot.state.clone() });
        Ok(slot.state.clone())
    }

    /// How the capture port stands.
    pub async fn listener_state(&self) -> ListenerState {
        self.listener.lock().await.state.clone()
    }

    /// Closes the capture port, letting requests under way finish for a moment.
    pub async fn stop_listening(&self) {
        let mut slot = self.listener.lock().await;
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

    fn intake(&self) -> Arc<Intake> {
        Arc::new(Intake {
            store: self.store.clone(),
            endpoints: self.endpoints.clone(),
            providers: self.providers.clone(),
            notices: self.notices.clone(),
            matches: self.matches.clone(),
            diagnoses: self.diagnoses_new.clone(),
            waiting: self.doctor.queue.clone(),
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
fn sentence(error: &BindError) -> String {
    let mut text = error.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{}.", text.trim_end_matches('.'))
}
