//! A desktop without a keychain, and one whose message bus hangs: the vault opens in time and says why. At the first
//! start nothing is chosen then; a vault that has its key in the keychain stays closed.
//! Each case runs in a process of its own, because the bus is chosen by the environment and connected to once.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a failed set-up step is a failed test

use std::{
    os::unix::net::UnixListener,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use hookglass_model::SecretId;
use hookglass_secrets::{Condition, KeyPlace, Surroundings, Vault, VaultError};

/// The window must not wait longer.
const START_LIMIT: Duration = Duration::from_secs(3);

/// Not a test of its own: what the child processes run.
#[test]
#[ignore = "run by the other tests"]
fn child() {
    let folder = std::env::current_dir().unwrap();
    let surroundings = Surroundings { service: "app.hookglass.test".to_owned(), folder, take_keychain: true };
    let id = SecretId(uuid::Uuid::from_u128(1));
    let opened = |sealed_values_exist| {
        let started = Instant::now();
        let vault = Vault::open(&surroundings, None, sealed_values_exist);
        assert!(started.elapsed() < START_LIMIT, "opening took {:?}", started.elapsed());
        vault
    };

    let vault = opened(false);
    let status = vault.status();
    assert_eq!((status.place, status.condition), (None, Condition::NotChosen));
    println!("reason: {}", status.problem.unwrap());
    assert_eq!(vault.put(id, b"whsec_value").unwrap(), None);
    assert_eq!(&**vault.get(id, None).unwrap(), b"whsec_value");

    let vault = opened(true);
    let status = vault.status();
    assert_eq!(status.place, Some(KeyPlace::Keychain));
    assert!(matches!(status.condition, Condition::Unavailable | Condition::Locked), "{status:?}");
    let closed = VaultError::Closed { problem: status.problem.unwrap() };
    assert_eq!(vault.get(id, Some(&[1; 60])).unwrap_err(), closed);
    assert_eq!(vault.put(id, b"whsec_value").unwrap_err(), closed);
}

/// Runs the child with no trace of this session's bus but the given address, and returns the reason it printed.
fn reason_with(bus_address: Option<&str>, folder: &Path) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "child", "--ignored", "--nocapture"]);
    child.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", folder).env("HOME", folder);
    if let Some(address) = bus_address {
        child.env("DBUS_SESSION_BUS_ADDRESS", address);
    }
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(folder.read_dir().unwrap().filter(|file| !is_socket(file)).count(), 0, "something was written");
    text.split_once("reason: ").unwrap().1.lines().next().unwrap().to_owned()
}

fn is_socket(file: &std::io::Result<std::fs::DirEntry>) -> bool {
    use std::os::unix::fs::FileTypeExt;
    file.as_ref().unwrap().file_type().unwrap().is_socket()
}

#[test]
fn without_a_bus() {
    let folder = tempfile::tempdir().unwrap();
    let reason = reason_with(None, folder.path());
    assert!(reason.starts_with("The system keychain is not available"), "{reason}");
}

#[test]
fn with_a_dead_bus_address() {
    let folder = tempfile::tempdir().unwrap();
    let reason = reason_with(Some("unix:path=/nonexistent/bus"), folder.path());
    assert!(reason.starts_with("The system keychain is not available"), "{reason}");
}

#[test]
fn with_a_bus_that_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("bus");
    // Connections are queued by the kernel and never answered.
    let _silent = UnixListener::bind(&socket).unwrap();
    let reason = reason_with(Some(&format!("unix:path={}", socket.display())), folder.path());
    assert!(reason.starts_with("The system keychain does not answer"), "{reason}");
}

#[test]
fn with_a_bus_that_has_no_secret_service() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("bus.conf");
    let socket = folder.path().join("bus");
    let text = format!(
        "<busconfig><listen>unix:path={}</listen><policy context=\"default\"><allow send_destination=\"*\"/>\
         <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
        socket.display()
    );
    std::fs::write(&config, text).unwrap();
    let Ok(mut bus) =
        Command::new("dbus-daemon").arg(format!("--config-file={}", config.display())).arg("--nofork").spawn()
    else {
        println!("not tested, because dbus-daemon is not installed");
        return;
    };
    let started = Instant::now();
    while !socket.exists() {
        assert!(started.elapsed() < Duration::from_secs(10), "the bus does not start");
        std::thread::yield_now();
    }
    std::fs::remove_file(&config).unwrap();
    let reason = reason_with(Some(&format!("unix:path={}", socket.display())), folder.path());
    bus.kill().unwrap();
    bus.wait().unwrap();
    assert!(reason.starts_with("The system keychain is not available"), "{reason}");
}
