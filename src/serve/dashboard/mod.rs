//! The dashboard: the pages of `report::dashboard` over a history that is being served.
//!
//! For: fetching what a page shows, judging what it shows again, answering with it, and telling open pages that there is
//! more. Not for: what a page looks like (see `report::dashboard`).
//! Invariant: pages read and change nothing; what a page needs is worked out away from the threads that answer, once for
//! each state of the history.
//!
//! - `routes` - addresses and kept pages; `pages` - what each is made of
//! - `seen` - the newest look at the history; `look` - a whole history, looked at
//! - `judged` - a run judged again, two compared
//! - `events` - telling open pages

mod events;
mod judged;
mod look;
mod pages;
mod routes;
mod seen;

pub(super) use routes::{Dashboard, router};
