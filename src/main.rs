//! The `benchgate` binary; its command line follows.

fn main() {}
