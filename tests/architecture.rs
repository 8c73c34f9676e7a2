//! The architecture test; it follows with the modules that it reads.
