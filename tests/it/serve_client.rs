//! A server on loopback and a client that sends exactly what it is told.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::Place;

pub(crate) const TOKEN: &str = "a-token-for-tests";

/// A running server; it is killed when it goes.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    /// What it said when it started.
    pub(crate) hello: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Served {
    /// Starts a server for `benchgate.duckdb`; with a token it takes writes.
    pub(crate) fn start(place: &Place, token: Option<&str>, arguments: &[&str]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("benchgate"));
        command.current_dir(place.path("")).args(["serve", "--port", "0"]).args(arguments);
        command.env_remove("BENCHGATE_TOKEN").envs(token.map(|token| ("BENCHGATE_TOKEN", token)));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut hello = String::new();
        err.read_line(&mut hello).unwrap();
        let address = hello.split("http://").nth(1).and_then(|rest| rest.split(' ').next()).map(str::parse);
        let Some(Ok(address)) = address else {
            err.read_to_string(&mut hello).unwrap();
            panic!("the server did not start: {hello}");
        };
        // Its log must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut err, &mut std::io::sink()));
        Self { child, address, hello }
    }

    /// A history of its own, and a server that takes writes.
    pub(crate) fn writable(place: &Place) -> Self {
        place.ok(&["init", "--quiet"]);
        Self::start(place, Some(TOKEN), &["--log", "off"])
    }

    /// Sends some bytes and reads until the server closes or the answer is whole.
    pub(crate) fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect();
        // A server that refuses may answer before everything is sent.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Reply::parse(&bytes)
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    pub(crate) fn request(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.raw(&request(method, target, headers, body))
    }

    pub(crate) fn get(&self, target: &str) -> Reply {
        self.request("GET", target, &[], &[])
    }

    /// Sends JSON with the token.
    pub(crate) fn post(&self, target: &str, body: &Value) -> Reply {
        let headers = [("Authorization", &*format!("Bearer {TOKEN}")), ("Content-Type", "application/json")];
        self.request("POST", target, &headers, body.to_string().as_bytes())
    }

    /// The rows of a query.
    pub(crate) fn rows(&self, sql: &str) -> Value {
        let reply = self.post("/query", &serde_json::json!({"sql": sql}));
        assert_eq!(reply.status, 200, "{sql}: {}", reply.text());
        reply.json()
    }

    /// Sends a signal by its name, and waits for the end.
    pub(crate) fn end(mut self, signal: &str) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request as bytes, after which the connection is closed.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        head.push_str("Host: localhost\r\n");
    }
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    write!(head, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
    [head.as_bytes(), body].concat()
}

impl Reply {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Self { status, head, body: bytes.get(end + 4..).unwrap_or_default().to_vec() }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(one, _)| *one == name).map(|(_, value)| value)
    }

    /// The code of a problem of this status.
    pub(crate) fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!((&problem["status"], &problem["detail"]), (&status.into(), &problem["message"]));
        problem
    }
}
