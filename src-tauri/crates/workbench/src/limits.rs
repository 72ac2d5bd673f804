//! What the listener allows and what a decoded view may cost, as the user sets it: names, bounds, and the reason for each bound.

use std::net::IpAddr;
use std::time::Duration;

use hookglass_listener::{IpNet, Limits, Setting};

use crate::{
    CommandError, Workbench,
    view::{LimitsView, ListenerSettings, TlsInput},
};

/// Most networks and addresses that may send.
const CLIENTS_MAX: usize = 100;

/// What the listener allows, and how its TLS port is to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListenerSetup {
    pub(crate) limits: LimitsView,
    pub(crate) tls: TlsInput,
}

impl Default for LimitsView {
    fn default() -> Self {
        let (limits, decoded) = (Limits::default(), hookglass_content::Limits::default());
        let ms = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            body_bytes: limits.body_bytes as u64,
            head_bytes: number(limits.head_bytes),
            header_lines: number(limits.header_lines),
            first_byte_ms: ms(limits.first_byte),
            header_ms: ms(limits.header),
            body_progress_ms: ms(limits.body_progress),
            whole_body_ms: ms(limits.whole_body),
            keep_alive_idle_ms: ms(limits.keep_alive_idle),
            max_connections: number(limits.max_connections),
            allowed_clients: Vec::new(),
            decoded_view_bytes: decoded.view_bytes,
            decoded_view_ratio: decoded.ratio,
        }
    }
}

/// A number with its name and the bounds it must keep.
struct Bounded {
    name: &'static str,
    value: u64,
    least: u64,
    most: u64,
}

impl LimitsView {
    /// What the listener is to keep.
    ///
    /// # Errors
    /// `invalid_input`, which begins with the name of the field.
    pub(crate) fn read(&self) -> Result<Limits, CommandError> {
        const DAY_MS: u64 = 24 * 60 * 60 * 1000;
        let ms = |name, value: u32, least| Bounded { name, value: value.into(), least, most: DAY_MS };
        for bounded in [
            // SQLite and the disk bear more; a webhook of a gigabyte is a mistake.
            Bounded { name: "body_bytes", value: self.body_bytes, least: 1024, most: 1024 * 1024 * 1024 },
            // hyper refuses smaller buffers; larger heads are attacks.
            Bounded { name: "head_bytes", value: self.head_bytes.into(), least: 8 * 1024, most: 1024 * 1024 },
            Bounded { name: "header_lines", value: self.header_lines.into(), least: 10, most: 1_000 },
            ms("first_byte_ms", self.first_byte_ms, 100),
            ms("header_ms", self.header_ms, 100),
            ms("body_progress_ms", self.body_progress_ms, 100),
            ms("whole_body_ms", self.whole_body_ms, 100),
            ms("keep_alive_idle_ms", self.keep_alive_idle_ms, 100),
            Bounded { name: "max_connections", value: self.max_connections.into(), least: 1, most: 100_000 },
            // A window holds the text of a view in memory twice; it takes no larger body either.
            Bounded {
                name: "decoded_view_bytes",
                value: self.decoded_view_bytes,
                least: 1024,
                most: 256 * 1024 * 1024,
            },
            // Text comes to 10:1 every day; past a million it is a bomb whoever made it.
            Bounded { name: "decoded_view_ratio", value: self.decoded_view_ratio.into(), least: 10, most: 1_000_000 },
        ] {
            let Bounded { name, value, least, most } = bounded;
            if !(least..=most).contains(&value) {
                return Err(CommandError::invalid(format!("{name}: write a number from {least} to {most}.")));
            }
        }
        if self.allowed_clients.len() > CLIENTS_MAX {
            return Err(CommandError::invalid(format!("allowed_clients: write at most {CLIENTS_MAX} of them.")));
        }
        let ms = |ms: u32| Duration::from_millis(ms.into());
        let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(Limits {
            body_bytes: usize::try_from(self.body_bytes).unwrap_or(usize::MAX),
            head_bytes: number(self.head_bytes),
            header_lines: number(self.header_lines),
            first_byte: ms(self.first_byte_ms),
            header: ms(self.header_ms),
            body_progress: ms(self.body_progress_ms),
            whole_body: ms(self.whole_body_ms),
            keep_alive_idle: ms(self.keep_alive_idle_ms),
            max_connections: number(self.max_connections),
            allowed_clients: self.clients()?,
            ..Limits::default()
        })
    }

    /// What a decoded view may cost.
    pub(crate) fn decoded_view(&self) -> hookglass_content::Limits {
        hookglass_content::Limits { view_bytes: self.decoded_view_bytes, ratio: self.decoded_view_ratio }
    }

    /// The networks that may send.
    fn clients(&self) -> Result<Vec<IpNet>, CommandError> {
        let net = |text: &String| {
            let text = text.trim();
            text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
                CommandError::invalid(format!(
                    "allowed_clients: “{text}” is neither an address nor a network. Write 192.168.1.7 or 192.168.1.0/24."
                ))
            })
        };
        self.allowed_clients.iter().map(net).collect()
    }

    /// Sets one limit by its name on the command line, for example `body-bytes=1GiB` or `header=5s`.
    ///
    /// # Errors
    /// `invalid_input` with the names there are, or the form of the value.
    pub fn set_by_name(&mut self, text: &str) -> Result<(), CommandError> {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            CommandError::invalid(format!("--limit {text}: write NAME=VALUE, for example body-bytes=1GiB."))
        })?;
        let wrong = |what: &str| CommandError::invalid(format!("--limit {text}: {what}."));
        let bytes = || parse_bytes(value).ok_or_else(|| wrong("write a size such as 64KiB, 25MiB or 1GiB"));
        let number = || value.parse::<u32>().map_err(|_| wrong("write a whole number"));
        let ms = || parse_ms(value).ok_or_else(|| wrong("write a time such as 500ms, 10s or 2min"));
        let small = |bytes: u64| u32::try_from(bytes).map_err(|_| wrong("that is too large"));
        match name {
            "body-bytes" => self.body_bytes = bytes()?,
            "head-bytes" => self.head_bytes = small(bytes()?)?,
            "header-lines" => self.header_lines = number()?,
            "first-byte" => self.first_byte_ms = ms()?,
            "header" => self.header_ms = ms()?,
            "body-progress" => self.body_progress_ms = ms()?,
            "whole-body" => self.whole_body_ms = ms()?,
            "keep-alive-idle" => self.keep_alive_idle_ms = ms()?,
            "max-connections" => self.max_connections = number()?,
            "decoded-view-bytes" => self.decoded_view_bytes = bytes()?,
            "decoded-view-ratio" => self.decoded_view_ratio = number()?,
            "allowed-client" => self.allowed_clients.push(value.to_owned()),
            _ => {
                return Err(wrong(
                    "there is no such limit. There are body-bytes, head-bytes, header-lines, first-byte, header, \
                     body-progress, whole-body, keep-alive-idle, max-connections, allowed-client, decoded-view-bytes and decoded-view-ratio",
                ));
            }
        }
        self.read().map(drop).map_err(|error| wrong(error.message.trim_end_matches('.')))
    }
}

/// `25MiB`, `64KiB`, `1GiB`, `500B` or `500`.
pub(crate) fn parse_bytes(text: &str) -> Option<u64> {
    let (digits, factor) = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)]
        .into_iter()
        .find_map(|(unit, factor)| text.strip_suffix(unit).map(|digits| (digits, factor)))
        .unwrap_or((text, 1));
    digits.trim().parse::<u64>().ok()?.checked_mul(factor)
}

/// `500ms`, `10s`, `2min`.
fn parse_ms(text: &str) -> Option<u32> {
    let (digits, factor) = [("ms", 1), ("min", 60_000), ("s", 1000)]
        .into_iter()
        .find_map(|(unit, factor)| text.strip_suffix(unit).map(|digits| (digits, factor)))?;
    digits.trim().parse::<u32>().ok()?.checked_mul(factor)
}

impl Workbench {
    /// How the listener is set up.
    pub async fn listener_settings(&self) -> ListenerSettings {
        ListenerSettings { limits: self.limits(), defaults: LimitsView::default(), tls: self.tls_view().await }
    }

    /// What holds now.
    pub(crate) fn limits(&self) -> LimitsView {
        self.setup.lock().unwrap_or_else(std::sync::PoisonError::into_inner).limits.clone()
    }

    /// Sets what the listener allows and what a decoded view may cost. When the listener is concerned, an open port is
    /// closed and opened again, so that it holds at once.
    ///
    /// # Errors
    /// `invalid_input`, which begins with the name of the field.
    pub async fn set_limits(&self, limits: LimitsView) -> Result<ListenerSettings, CommandError> {
        let wanted = limits.read()?;
        let is_other = {
            let mut setup = self.setup.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let before = std::mem::replace(&mut setup.limits, limits);
            before.read().ok() != Some(wanted)
        };
        if is_other {
            self.reopen_ports().await;
        }
        Ok(self.listener_settings().await)
    }

    /// What a listener is given to work with now; without TLS.
    pub(crate) fn setting(&self) -> Setting {
        let setup = self.setup.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // They were checked when they were set.
        let limits = setup.limits.read().unwrap_or_default();
        let spill_dir = (!self.store.is_read_only()).then(|| self.store.arriving_bodies().to_owned());
        Setting { limits, spill_dir, tls: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_listener() {
        assert_eq!(LimitsView::default().read().unwrap(), Limits::default());
    }

    #[test]
    fn limits_are_set_by_name() {
        let mut limits = LimitsView::default();
        for text in
            ["body-bytes=1GiB", "header=5s", "first-byte=250ms", "max-connections=7", "allowed-client=10.0.0.0/8"]
        {
            limits.set_by_name(text).unwrap();
        }
        assert_eq!((limits.body_bytes, limits.header_ms, limits.first_byte_ms), (1 << 30, 5_000, 250));
        assert_eq!((limits.max_connections, limits.allowed_clients.len()), (7, 1));
        limits.set_by_name("decoded-view-bytes=100MiB").unwrap();
        limits.set_by_name("decoded-view-ratio=50").unwrap();
        assert_eq!(limits.decoded_view(), hookglass_content::Limits { view_bytes: 100 << 20, ratio: 50 });
        for (text, part) in [
            ("decoded-view-bytes=1GiB", "from 1024 to 268435456"),
            ("decoded-view-ratio=5", "from 10 to 1000000"),
            ("body-bytes", "NAME=VALUE"),
            ("body-bytes=2GiB", "from 1024 to 1073741824"),
            ("header=5", "such as 500ms"),
            ("colour=red", "There are body-bytes"),
            ("allowed-client=nonsense", "allowed_clients"),
        ] {
            let error = LimitsView::default().set_by_name(text).unwrap_err();
            assert!(error.message.contains(part), "{text}: {}", error.message);
        }
    }
}
