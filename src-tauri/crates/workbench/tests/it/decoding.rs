//! The decoded view of captured bodies, small ones in rows and large ones in files.

use std::io::{self, Write};
use std::sync::mpsc;

use flate2::{Compression, write::GzEncoder};
use hookglass_workbench::ErrorCode;
use hookglass_workbench::model::VerdictKind;
use hookglass_workbench::view::{CharsetSource, DecodedNoteKind};

use crate::bench::{Bench, NOW, stripe_signature};

const GZIP: (&str, &str) = ("Content-Encoding", "GZip");

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signature_is_over_what_came_and_the_view_is_over_what_it_means() {
    let bench = Bench::start().await;
    bench.endpoint("billing", "stripe", "whsec_test").await;
    let plain = r#"{"id":"evt_1","list":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}"#.as_bytes();
    let packed = gzip(plain);
    let signature = stripe_signature("whsec_test", NOW, &packed);
    let headers = [GZIP, ("Content-Type", "application/json"), ("Stripe-Signature", &signature)];
    assert_eq!(bench.post("/billing", &headers, &packed).await, 200);
    let detail = bench.newest().await;
    assert_eq!(detail.row.verdict, VerdictKind::Valid);
    assert_eq!(detail.codings, ["gzip"]);
    let decoded = bench.workbench.decoded_body(detail.row.id).await.unwrap();
    assert_eq!(decoded.bytes, plain);
    assert_eq!(decoded.view.undone, ["gzip"]);
    assert_eq!((decoded.view.body_bytes, decoded.view.decoded_bytes), (packed.len() as u64, plain.len() as u64));
    assert_eq!((&decoded.view.notes[..], decoded.view.charset.name.as_str()), (&[][..], "UTF-8"));
    assert_eq!(bench.workbench.capture_content(detail.row.id).await.unwrap().body, packed, "as received, for ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_decoded_from_its_file_up_to_the_limit() {
    let bench = Bench::start().await;
    let mut random = fastrand::Rng::with_seed(7);
    let plain: Vec<u8> = (0..3_000_000).map(|_| random.u8(..)).collect();
    let packed = gzip(&plain);
    assert_eq!(bench.post("/large", &[GZIP], &packed).await, 200);
    let id = bench.newest().await.row.id;
    assert_eq!(std::fs::read_dir(bench.dir.path().join("bodies")).unwrap().count(), 1, "it lies in a file");
    let decoded = bench.workbench.decoded_body(id).await.unwrap();
    assert!(decoded.bytes == plain);

    let mut limits = bench.workbench.listener_settings().await.limits;
    limits.set_by_name("decoded-view-bytes=2MiB").unwrap();
    bench.workbench.set_limits(limits).await.unwrap();
    let cut = bench.workbench.decoded_body(id).await.unwrap();
    assert!(cut.bytes == plain[..2 << 20]);
    let [note] = &cut.view.notes[..] else { panic!("{:?}", cut.view) };
    assert_eq!((note.kind, note.title.as_str()), (DecodedNoteKind::SizeLimit, "Cut at 2 MiB"));
    assert!(note.sentence.contains(&format!("of the {} bytes received", packed.len())), "{}", note.sentence);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_body_is_said_with_its_place() {
    let bench = Bench::start().await;
    let packed = gzip(b"caf\xe9 caf\xe9 caf\xe9");
    let told = async |headers: &[(&str, &str)], body: &[u8]| {
        assert_eq!(bench.post("/x", headers, body).await, 200);
        let decoded = bench.workbench.decoded_body(bench.newest().await.row.id).await.unwrap();
        let notes: Vec<_> = decoded.view.notes.iter().map(|note| (note.kind, note.sentence.clone())).collect();
        (decoded.bytes, notes, decoded.view.charset)
    };
    let (bytes, notes, charset) = told(&[GZIP, ("Content-Type", "text/plain; charset=latin1")], &packed).await;
    assert_eq!((&bytes[..], &notes[..]), (&b"caf\xe9 caf\xe9 caf\xe9"[..], &[][..]));
    assert_eq!((charset.name.as_str(), charset.source), ("windows-1252", CharsetSource::ContentType));

    let kept = packed.len() - 3;
    let (bytes, notes, _) = told(&[GZIP], &packed[..kept]).await;
    assert_eq!(bytes, b"caf\xe9 caf\xe9 caf\xe9");
    let sentence = format!("It ends at byte {kept} of the body, before it is complete. What came before is shown.");
    assert_eq!(notes, [(DecodedNoteKind::Broken, sentence)]);

    let (bytes, notes, _) = told(&[GZIP], b"{\"plain\":true}").await;
    assert!(bytes.is_empty());
    let sentence = "The request says Content-Encoding: gzip, and byte 0 of the body does not begin as gzip data does.";
    assert_eq!(notes, [(DecodedNoteKind::Broken, sentence.to_owned())]);

    let (_, notes, _) = told(&[GZIP], &[&packed[..], b"\r\n"].concat()).await;
    let at = packed.len();
    let sentence =
        format!("2 bytes follow the end of the gzip data, from byte {at} of the body on. They are not shown.");
    assert_eq!(notes, [(DecodedNoteKind::Trailing, sentence)]);

    let (bytes, notes, charset) =
        told(&[("Content-Encoding", "aes128gcm, gzip"), ("Content-Type", "text/plain; charset=klingon")], &packed)
            .await;
    assert_eq!(bytes, b"caf\xe9 caf\xe9 caf\xe9");
    let sentence = "Known are gzip, deflate, br and zstd. What is shown is still in it.";
    assert_eq!(notes, [(DecodedNoteKind::StillCoded, sentence.to_owned())]);
    assert_eq!(charset.unknown.as_deref(), Some("klingon"));

    let inner = gzip(&vec![0; 3 << 20]);
    let (bytes, notes, _) = told(&[("Content-Encoding", "gzip"), ("content-encoding", "gzip")], &gzip(&inner)).await;
    assert!(bytes.len() < 3 << 20);
    assert_eq!(notes[0].0, DecodedNoteKind::RatioLimit);

    let broken = gzip(&inner[..200]);
    let (_, notes, _) = told(&[("Content-Encoding", "gzip, gzip")], &broken).await;
    assert!(notes[0].1.starts_with("It ends at byte 200 of what gzip gave"), "{}", notes[0].1);
}

/// Takes one piece, says so, and waits until it may go on.
struct Pausing {
    took: mpsc::Sender<()>,
    go_on: mpsc::Receiver<()>,
}

impl Write for Pausing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.took.send(()).map_err(io::Error::other)?;
        self.go_on.recv().map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decoding_ends_when_asked_or_when_a_newer_one_begins() {
    let bench = Bench::start().await;
    assert_eq!(bench.post("/x", &[GZIP], &gzip(&vec![b'x'; 500_000])).await, 200);
    let id = bench.newest().await.row.id;
    for by_newer in [false, true] {
        let (took, taken) = mpsc::channel();
        let (go, go_on) = mpsc::channel();
        let workbench = bench.workbench.clone();
        let running =
            tokio::spawn(async move { workbench.decode_body_into(id, Pausing { took, go_on }).await.map(drop) });
        tokio::task::spawn_blocking(move || taken.recv().map(|()| taken)).await.unwrap().unwrap();
        if by_newer {
            assert_eq!(bench.workbench.decoded_body(id).await.unwrap().bytes.len(), 500_000);
        } else {
            bench.workbench.stop_decoding();
        }
        go.send(()).unwrap();
        assert_eq!(running.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_the_view_leave_open_connections_alone() {
    let bench = Bench::start().await;
    let open = tokio::net::TcpStream::connect(&bench.address).await.unwrap();
    let mut limits = bench.workbench.listener_settings().await.limits;
    limits.set_by_name("decoded-view-ratio=50").unwrap();
    let settings = bench.workbench.set_limits(limits).await.unwrap();
    assert_eq!(settings.limits.decoded_view_ratio, 50);
    // The same connection, opened before the change, still answers.
    let mut open = open;
    tokio::io::AsyncWriteExt::write_all(&mut open, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut open, &mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}
