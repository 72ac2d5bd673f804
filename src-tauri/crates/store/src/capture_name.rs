//! The id of a capture tells its `seq`, so that no index of ids is needed: an insert into one costs a fifth of a capture.
//!
//! A `UUIDv7` (RFC 9562 §5.7) ends in 62 random bits. The last 40 of them are overwritten with the `seq`; time to the
//! millisecond and 34 random bits remain, so ids of different installations do not meet.

use hookglass_model::CaptureId;
use uuid::Uuid;

/// Bytes at the end that hold the `seq`: enough for a trillion captures.
const SEQ_BYTES: usize = 5;

/// The id with this `seq` written into it.
pub(crate) fn naming(fresh: CaptureId, seq: i64) -> CaptureId {
    let mut bytes = fresh.0.into_bytes();
    let seq = seq.to_be_bytes();
    let (from, to) = (seq.len() - SEQ_BYTES, bytes.len() - SEQ_BYTES);
    bytes[to..].copy_from_slice(&seq[from..]);
    CaptureId(Uuid::from_bytes(bytes))
}

/// The `seq` that an id names. Of an id that was given elsewhere it is a number without meaning.
pub(crate) fn named(id: CaptureId) -> i64 {
    id.0.as_bytes()[16 - SEQ_BYTES..].iter().fold(0, |seq, byte| seq << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_comes_back_and_the_id_stays_a_uuid_of_version_7() {
        for seq in [1, 255, 256, 1_000_000, (1 << 40) - 1] {
            let id = naming(CaptureId(Uuid::now_v7()), seq);
            assert_eq!(named(id), seq);
            assert_eq!(id.0.get_version_num(), 7);
        }
    }
}
