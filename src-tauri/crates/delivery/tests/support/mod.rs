//! A real TCP server that answers with whatever bytes a test gives it, well-formed or not.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use hookglass_model::{Draft, Header};

/// What the server does once it has read a request.
pub(crate) enum Behaviour {
    /// Write these bytes and close.
    Answer(Vec<u8>),
    /// Close with RST.
    Reset,
    /// Write these bytes and keep the connection open until the client leaves.
    Hang(Vec<u8>),
    /// Write this head and then zeros until the client leaves.
    Endless(Vec<u8>),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Receiver<Vec<u8>>,
}

impl Server {
    /// Serves one connection after the other, each in the same way.
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let Some(request) = read_request(&mut stream) else { continue };
                if sender.send(request).is_err() {
                    return;
                }
                behave(&behaviour, stream);
            }
        });
        Self { address, requests }
    }

    pub(crate) fn answering(answer: &[u8]) -> Self {
        Self::start(Behaviour::Answer(answer.to_vec()))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// The bytes of the next request.
    pub(crate) fn request(&self) -> Vec<u8> {
        self.requests.recv_timeout(Duration::from_secs(5)).unwrap()
    }

    /// How many more requests came.
    pub(crate) fn waiting_requests(&self) -> usize {
        self.requests.try_iter().count()
    }
}

fn behave(behaviour: &Behaviour, mut stream: TcpStream) {
    match behaviour {
        Behaviour::Answer(bytes) => drop(stream.write_all(bytes)),
        Behaviour::Reset => {
            // Closing with unread bytes in the receive buffer makes the kernel send RST; so does a zero linger.
            drop(socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)));
        }
        Behaviour::Hang(bytes) => {
            drop(stream.write_all(bytes));
            drop(stream.read(&mut [0; 1]));
        }
        Behaviour::Endless(head) => {
            drop(stream.write_all(head));
            while stream.write_all(&[0; 8192]).is_ok() {}
        }
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let read = stream.read(&mut buffer).ok().filter(|&read| read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        if let Some(head_end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..head_end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if bytes.len() >= head_end + 4 + length {
                return Some(bytes);
            }
        }
    }
}

pub(crate) fn draft(url: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Draft {
    Draft {
        parent: None,
        method: "POST".to_owned(),
        target_url: url.to_owned(),
        headers: headers.iter().map(|(name, value)| Header::new(*name, *value)).collect(),
        body: body.to_vec(),
        resign: None,
    }
}
