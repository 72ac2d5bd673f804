//! Bodies cross to the window as raw bytes. As JSON numbers 5 MB took over a second, raw a tenth of that
//! (tauri-apps/tauri#5641).

use specta::{Types, datatype::DataType};
use tauri::ipc::{InvokeResponseBody, IpcResponse};

/// Bytes that arrive in the window as an `ArrayBuffer`.
pub(crate) struct RawBytes(pub(crate) Vec<u8>);

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
