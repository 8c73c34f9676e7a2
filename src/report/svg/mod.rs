//! Pictures as SVG: data in, text out.
//!
//! For: plots of a page and files of their own (an artifact, a README). Not for: what is worth showing, nor for reading
//! anything. Invariant: every picture has a title and a description for those who cannot see it, every foreign name is
//! escaped by the one writer, nothing is said by colour alone, and no attribute holds a style, so that a strict
//! content-security-policy allows all of it.
//!
//! - `writer`: elements and attributes, escaped
//! - [`Picture`]: a finished drawing, inside a page or as a file
//! - [`Scale`]: values to places, with ticks at round numbers; `days`: ticks of time
//! - [`SeriesPlot`]: one series over time
//! - [`Bars`], [`HeatMap`], [`Curves`], [`Distribution`]: comparisons
//! - [`Sparkline`], [`Badge`]: small ones

mod badge;
mod bars;
mod curves;
mod days;
mod distribution;
mod heat_map;
mod picture;
mod scale;
mod series_marks;
mod series_plot;
mod sparkline;
mod writer;

#[cfg(test)]
mod tests;

pub use badge::{Badge, BadgeColour};
pub use bars::{Bar, Bars};
pub use curves::{Curve, Curves};
pub use distribution::{Distribution, Strip};
pub use heat_map::HeatMap;
pub use picture::{PLOT_STYLE, Picture};
pub use scale::Scale;
pub use series_plot::{Line, Mark, PlotPoint, SeriesPlot, Sign, Stretch};
pub use sparkline::Sparkline;
