//! The program. Everything it does is in `cli`; what it knows is in the library.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
