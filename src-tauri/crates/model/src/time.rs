//! Moments. The domain never reads a clock: hosts pass moments in.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, wall clock. Fits a JavaScript number until the year 287396.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// Whole seconds since the epoch, rounded down, as signature timestamps count them.
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment at the start of the given second.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }
}

/// Tells the wall-clock time. Hosts pass in the system's; tests pass in one they turn by hand.
pub trait Clock: Send + Sync + 'static {
    /// The moment now.
    fn now(&self) -> UnixMillis;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_down_also_before_the_epoch() {
        assert_eq!(UnixMillis(1_999).unix_seconds(), 1);
        assert_eq!(UnixMillis(-1).unix_seconds(), -1);
        assert_eq!(UnixMillis::from_unix_seconds(7), UnixMillis(7_000));
    }
}
