//! Workarounds for WebKitGTK, all in this one file. They are not fixes and may stop helping as drivers and
//! WebKitGTK change. Each is set only if the user has not set the variable himself.

/// Sets the environment variables that keep the window from staying blank. Called first in `main`.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub(crate) fn apply_workarounds() {
    // NVIDIA's driver and WebKitGTK's DMA-BUF renderer together show a blank window
    // (tauri-apps/tauri#9394, WebKit bug 262607). Turning off explicit sync keeps the GPU in use
    // (WebKit bug 280210).
    const NVIDIA_DRIVER: &str = "/proc/driver/nvidia/version";
    const VARIABLE: &str = "__NV_DISABLE_EXPLICIT_SYNC";
    if std::path::Path::new(NVIDIA_DRIVER).exists() && std::env::var_os(VARIABLE).is_none() {
        // SAFETY: called first in main, before any other thread exists that could read the environment.
        unsafe { std::env::set_var(VARIABLE, "1") };
    }
}

/// Other systems bring their own web view and need nothing.
#[cfg(not(target_os = "linux"))]
pub(crate) fn apply_workarounds() {}
