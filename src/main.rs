//! The `khabar` command. What each subcommand does stands in `cli`, one file a command; all
//! work is the library's.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
