//! `benchgate serve`: the history over HTTP.
//!
//! For: starting the server with what flags and environment say. Not for: answering (see the module `serve`).
//! Invariant: the token is read once and never written; what the server says of itself goes to standard error.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tracing_subscriber::filter::LevelFilter;

use super::error::CliError;
use super::exit::Exit;
use super::policy;
use super::serve_args::{LogLevel, ServeArgs};
use super::surroundings::{Console, Surroundings, clock};
use crate::serve::{Server, Settings, Token};
use crate::text::escape;

/// Runs the command, until the process is told to end.
///
/// # Errors
/// See [`CliError`].
pub fn run(arguments: &ServeArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let settings = Settings {
        db: arguments.store.db.clone(),
        address: address(arguments)?,
        token: token(arguments, surroundings)?,
        origins: arguments.cors_origin.clone(),
        config: policy::load(arguments.config.as_deref())?,
        query_time: Duration::from_secs(arguments.query_timeout),
        now: clock,
    };
    let access = if settings.token.is_some() { "clients with the token may write" } else { "no token: read-only" };
    let server = Server::open(settings)?;
    let db = escape::terminal(&arguments.store.db.display().to_string());
    writeln!(console.err, "serving {db} at http://{} ({access})", server.address())?;
    console.err.flush()?;
    start_log(arguments.log);
    server.run()?;
    Ok(Exit::Success)
}

fn address(arguments: &ServeArgs) -> Result<SocketAddr, CliError> {
    let host = match arguments.host.as_str() {
        "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        host => host.trim_start_matches('[').trim_end_matches(']').parse(),
    };
    let host = host.map_err(|source: std::net::AddrParseError| CliError::Usage {
        message: format!("`--host {}` is no address: {source}", arguments.host),
        hint: "give an address of this machine, such as 127.0.0.1 or 0.0.0.0".to_owned(),
    })?;
    Ok(SocketAddr::new(host, arguments.port))
}

fn token(arguments: &ServeArgs, surroundings: &Surroundings) -> Result<Option<Token>, CliError> {
    let Some(path) = &arguments.token_file else {
        return Ok(surroundings.variable("BENCHGATE_TOKEN").and_then(Token::new));
    };
    let text = std::fs::read_to_string(path).map_err(|source| CliError::File {
        action: "read",
        path: path.clone(),
        source,
    })?;
    let token = Token::new(&text).ok_or_else(|| CliError::Usage {
        message: format!("`{}` holds no token", path.display()),
        hint: "write a long random text into it, such as `openssl rand -hex 32` gives".to_owned(),
    })?;
    Ok(Some(token))
}

fn start_log(level: LogLevel) {
    let level = match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
    };
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_target(false).with_writer(std::io::stderr);
    // A second log in one process, as tests may start it, changes nothing.
    let _ = log.with_max_level(level).try_init();
}
