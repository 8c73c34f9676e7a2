//! What the history costs; it follows with the command line.

fn main() {}
