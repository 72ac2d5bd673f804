//! Opening and closing the capture port, and saying how it stands.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool},
};

use hookglass_listener::{BindError, Limits, Listener, Running, next_free_port};
use hookglass_model::UnixMillis;

use crate::{
    CommandError, Workbench,
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
    /// Opens the capture port at `address`, for example `127.0.0.1:4665`, closing the one that is open.
    /// When the new address cannot be opened, nothing is listening and the state says why; the port is never
    /// switched silently.
    ///
    /// # Errors
    /// Only when `address` is not an IP address with a port.
    pub async fn listen_on(&self, address: &str) -> Result<ListenerState, CommandError> {
        let address: SocketAddr = address.trim().parse().map_err(|_| {
            CommandError::invalid(format!(
                "“{address}” is not an address. Write an IP address and a port, for example 127.0.0.1:4665."
            ))
        })?;
        let mut slot = self.listener.lock().await;
        if let Some(running) = slot.running.take() {
            if running.local_addr() == address {
                slot.running = Some(running);
                return Ok(slot.state.clone());
            }
            running.stop().await;
        }
        slot.state = match Listener::bind(address).await {
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
                    message: stopped_message(&error),
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
            notices: self.notices.clone(),
            failing: AtomicBool::new(false),
        })
    }
}

/// Cause and next step from the listener, and what it means for senders until then.
fn stopped_message(error: &BindError) -> String {
    let mut cause = error.to_string();
    if let Some(first) = cause.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{}. Until then senders get “connection refused”.", cause.trim_end_matches('.'))
}
