//! The one integration test binary; its tests follow with the command line.
