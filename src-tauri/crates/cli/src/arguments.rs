//! What can be said on the command line.

mod retention;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use hookglass_workbench::{CommandError, DEFAULT_LISTEN_ADDRESS, KnownProviders, default_data_dir};

pub(crate) use retention::{RetentionArguments, RetentionCommand, RetentionRemove, RetentionSet};

/// Capture, verify, inspect and resend webhooks on your own computer.
#[derive(Debug, Parser)]
#[command(name = "hookglass", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Receive requests, store them and print a line for each.
    Listen(ListenCommand),
    /// Look at stored captures.
    #[command(subcommand)]
    Captures(CapturesCommand),
    /// Check the signature of a request. Exits 0 when valid, 1 when not, 2 on bad usage or input.
    Verify(VerifyCommand),
    /// Find out why the signature of a request does not match. Exits 0 when it is explained or valid, 1 when nothing
    /// reproduces it, 2 on bad usage or input.
    Doctor(DoctorCommand),
    /// Print a request with fresh signature headers.
    Sign(SignCommand),
    /// Send a provider's sample event, signed. Exits 0 when it was received, 1 when not, 2 when it could not be sent.
    Trigger(TriggerCommand),
    /// Print the requests that never became a capture, newest first. Works beside a running window.
    Rejected(ListCommand),
    /// Read the whole database and say what is wrong with it. Exits 0 when all is well, 1 when not, 2 when it cannot be
    /// opened.
    Check(CheckCommand),
    /// Copy all data to a new file, also while captures arrive. Works beside a running window.
    Backup(BackupCommand),
    /// Read what can be read out of a damaged database that was set aside, and store it.
    Salvage(SalvageCommand),
    /// How long captures are kept; prints the rules without a further word.
    Retention(RetentionArguments),
    /// The providers whose schemes can be checked and signed; all of them without a further word.
    Providers(ProvidersArguments),
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ProvidersArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ProvidersCommand>,

    #[command(flatten)]
    pub(crate) list: ListArguments,
}

/// How providers are listed.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    pub(crate) recipes: RecipeArguments,

    /// Print one JSON object a line instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProvidersCommand {
    /// Print every provider.
    List(ListArguments),
    /// Print one provider: its scheme, its secret and what the recipe rests on.
    Show {
        /// Which, for example stripe.
        #[arg(value_name = "ID")]
        id: String,

        #[command(flatten)]
        recipes: RecipeArguments,

        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CapturesCommand {
    /// Print stored captures, oldest first. Works beside a running window.
    List(ListCommand),
    /// Print the stored captures that a query finds, newest first. Works beside a running window. Exits 2 with the place
    /// marked when the query cannot be understood.
    Search(SearchCommand),
    /// Print one capture. Works beside a running window.
    Show(ShowCommand),
}

#[derive(Debug, Args)]
pub(crate) struct SearchCommand {
    /// What to look for: texts, "phrases", and filters such as provider:stripe verdict:invalid size:>1MB after:1h
    /// json.data.object.amount:>1000 -starred:true. Days are days of UTC.
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    pub(crate) query: String,

    /// Most captures printed.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) limit: u32,

    /// Folder of the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print one JSON object a line instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowCommand {
    /// Which, as `captures list --json` prints it.
    #[arg(value_name = "ID")]
    pub(crate) id: String,

    /// Folder of the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print the bytes of the request as they stood on the wire, and nothing else.
    #[arg(long)]
    pub(crate) raw: bool,

    /// Print the body with its content-codings undone, and nothing else; standard error says what was undone.
    #[arg(long, conflicts_with = "raw")]
    pub(crate) decoded: bool,

    /// What a decoded body may cost, as decoded-view-bytes=SIZE or decoded-view-ratio=N.
    #[arg(long = "limit", value_name = "NAME=VALUE", requires = "decoded")]
    pub(crate) limits: Vec<String>,

    /// Print one JSON object instead of text.
    #[arg(long, conflicts_with_all = ["raw", "decoded"])]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckCommand {
    /// Folder of the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BackupCommand {
    /// The file to make. Bodies that are too large for the database go into a folder beside it, named like it with -bodies.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Folder of the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SalvageCommand {
    /// The damaged database, for example `hookglass.db.corrupt-1795444324482`.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Folder of the database that takes what was read.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ListenCommand {
    /// Address to listen on; port 0 takes any free one.
    #[arg(long, env = "HOOKGLASS_LISTEN", value_name = "ADDRESS:PORT", default_value_t = DEFAULT_LISTEN_ADDRESS)]
    pub(crate) addr: SocketAddr,

    /// Address of a TLS port beside it; a certificate is made on first use.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) tls_addr: Option<SocketAddr>,

    /// A certificate of your own for the TLS port, as PEM.
    #[arg(long, value_name = "FILE", requires_all = ["tls_key", "tls_addr"])]
    pub(crate) tls_cert: Option<PathBuf>,

    /// Its private key, as PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,

    /// A further name in the certificate that is made, besides `localhost`, `127.0.0.1` and `::1`.
    #[arg(long = "tls-name", value_name = "NAME", requires = "tls_addr")]
    pub(crate) tls_names: Vec<String>,

    /// What is allowed, for example body-bytes=1GiB, header=5s, max-connections=100 or allowed-client=192.168.1.0/24.
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    pub(crate) limits: Vec<String>,

    /// Folder for the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// An endpoint, the provider whose scheme it checks, and the environment variables that hold its secrets.
    /// Example: `--endpoint billing:stripe:STRIPE_SECRET`
    #[arg(long = "endpoint", value_name = "SLUG:PROVIDER:SECRET_ENV[,SECRET_ENV…]")]
    pub(crate) endpoints: Vec<String>,

    /// What is kept, for example captures=10000, or billing:days=30,bytes=1GiB for one endpoint; everything keeps all. The
    /// oldest go first, at once and every minute; captures with a star stay. It stands until another rule is set.
    #[arg(long = "keep", value_name = "[SLUG:]RULE")]
    pub(crate) keep: Vec<String>,

    /// Read the vault's passphrase from the first line of standard input. Without it, the environment variable
    /// `HOOKGLASS_PASSPHRASE` is used, or a terminal is asked.
    #[arg(long)]
    pub(crate) passphrase_stdin: bool,

    /// Print one JSON object a line instead of text.
    #[arg(long)]
    pub(crate) json: bool,

    /// Store without printing a line for each capture.
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListCommand {
    /// Folder of the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print one JSON object a line instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyCommand {
    #[command(flatten)]
    pub(crate) scheme: SchemeArguments,

    /// The moment to judge at; the present without it.
    #[arg(long, value_name = "UNIX_SECONDS", allow_negative_numbers = true)]
    pub(crate) now: Option<i64>,

    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
// What can be seen without a secret is worth saying, too.
#[command(mut_group("SecretArguments", |group| group.required(false)))]
pub(crate) struct DoctorCommand {
    /// Whose scheme, for example stripe; without it the request has to tell.
    #[arg(long, value_name = "ID")]
    pub(crate) provider: Option<String>,

    /// The first secret is the one that should match, the others are tried beside it.
    #[command(flatten)]
    pub(crate) secrets: SecretArguments,

    #[command(flatten)]
    pub(crate) recipes: RecipeArguments,

    /// The address the provider sends to, for schemes that sign it.
    #[arg(long)]
    pub(crate) url: Option<String>,

    /// The moment to judge at; the present without it.
    #[arg(long, value_name = "UNIX_SECONDS", allow_negative_numbers = true)]
    pub(crate) now: Option<i64>,

    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,

    /// Print how a receiver's framework hands out the raw body, for example express; FILE is not needed then.
    #[arg(long, value_name = "FRAMEWORK")]
    pub(crate) guide: Option<String>,

    /// A raw HTTP/1.1 request message; - reads standard input.
    #[arg(value_name = "FILE", required_unless_present = "guide")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SignCommand {
    #[command(flatten)]
    pub(crate) scheme: SchemeArguments,

    /// The moment the signature names; the present without it.
    #[arg(long, value_name = "UNIX_SECONDS", allow_negative_numbers = true)]
    pub(crate) timestamp: Option<i64>,

    /// The event id the headers name; without it the one on the message is kept.
    #[arg(long, value_name = "EVENT_ID")]
    pub(crate) id: Option<String>,

    /// Print one JSON object with the headers that were set.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
// The list of samples needs no secret.
#[command(mut_group("SecretArguments", |group| group.required(false)))]
pub(crate) struct TriggerCommand {
    /// Whose event, for example stripe.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,

    /// Which event, for example invoice.paid; without one the sample events are listed.
    #[arg(value_name = "EVENT")]
    pub(crate) event: Option<String>,

    /// Where to send it.
    #[arg(long, value_name = "URL")]
    pub(crate) to: Option<String>,

    /// The address the provider sends to, for schemes that sign it; --to without it.
    #[arg(long)]
    pub(crate) url: Option<String>,

    #[command(flatten)]
    pub(crate) secrets: SecretArguments,

    #[command(flatten)]
    pub(crate) recipes: RecipeArguments,

    /// How many to send, one after the other, each with an id of its own.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) count: u32,

    /// Print the request instead of sending it; a secret that is part of it is replaced by ***.
    #[arg(long)]
    pub(crate) print: bool,

    /// Print one JSON object a line instead of text.
    #[arg(long, conflicts_with = "print")]
    pub(crate) json: bool,
}

/// What is checked or signed, and how.
#[derive(Debug, Args)]
pub(crate) struct SchemeArguments {
    /// Whose scheme, for example stripe.
    #[arg(long, value_name = "ID")]
    pub(crate) provider: String,

    #[command(flatten)]
    pub(crate) secrets: SecretArguments,

    #[command(flatten)]
    pub(crate) recipes: RecipeArguments,

    /// The address the provider sends to, for schemes that sign it.
    #[arg(long)]
    pub(crate) url: Option<String>,

    /// A raw HTTP/1.1 request message; - reads standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Where recipes of your own come from.
#[derive(Debug, Args)]
pub(crate) struct RecipeArguments {
    /// Data folder whose folder `providers` holds recipes of your own.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl RecipeArguments {
    /// The providers that come with Hookglass and those of the data folder, which need not exist.
    pub(crate) fn providers(&self) -> Result<KnownProviders, CommandError> {
        let data_dir = self.data_dir.clone().map_or_else(default_data_dir, Ok)?;
        Ok(KnownProviders::read(&data_dir))
    }
}

/// Where secrets come from. At least one is needed; they are tried in the order value, environment, file.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct SecretArguments {
    /// A secret. Other users may see it in the process list; prefer --secret-env or --secret-file.
    #[arg(long = "secret", value_name = "SECRET")]
    pub(crate) values: Vec<String>,

    /// The name of an environment variable that holds a secret.
    #[arg(long = "secret-env", value_name = "NAME")]
    pub(crate) environment: Vec<String>,

    /// A file that holds a secret; one line end after it is not part of it.
    #[arg(long = "secret-file", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}
