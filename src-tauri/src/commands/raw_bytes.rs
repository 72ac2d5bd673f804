//! Bodies cross to the window as raw bytes. As JSON numbers 5 MB took over a second, raw a tenth of that
//! (tauri-apps/tauri#5641).

use hookglass_workbench::{CommandError, ErrorCode};
use serde::Serialize;
use specta::{Types, datatype::DataType};
use tauri::ipc::{InvokeResponseBody, IpcResponse};

/// Bytes that arrive in the window as an `ArrayBuffer`.
pub(crate) struct RawBytes(pub(crate) Vec<u8>);

impl RawBytes {
    /// Bytes with what is said about them behind, so that the bytes need not be moved: JSON, then its length as four bytes,
    /// the lowest first.
    pub(crate) fn described(mut bytes: Vec<u8>, description: &impl Serialize) -> Result<Self, CommandError> {
        let failed = |error: &dyn std::fmt::Display| CommandError::new(ErrorCode::Internal, error.to_string());
        let json = serde_json::to_vec(description).map_err(|error| failed(&error))?;
        let length = u32::try_from(json.len()).map_err(|error| failed(&error))?;
        bytes.extend_from_slice(&json);
        bytes.extend_from_slice(&length.to_le_bytes());
        Ok(Self(bytes))
    }
}

impl IpcResponse for RawBytes {
    fn body(self) -> tauri::Result<InvokeResponseBody> {
        Ok(InvokeResponseBody::Raw(self.0))
    }
}

impl specta::Type for RawBytes {
    fn definition(_: &mut Types) -> DataType {
        DataType::Reference(specta_typescript::define("ArrayBuffer"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_stands_behind_the_bytes_with_its_length_last() {
        let RawBytes(bytes) = RawBytes::described(b"body".to_vec(), &["x"]).unwrap();
        assert_eq!(bytes, b"body[\"x\"]\x05\0\0\0");
    }
}
