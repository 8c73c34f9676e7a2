//! The change-point methods by name.
//!
//! For: giving every method the same series in the form that it works on. Not for: the methods themselves.
//! Invariant: a method sees the series and nothing else, and answers with the first runs after each change, in order.

use benchgate::gate;
use benchgate::stats;

use super::{asv, otava, pelt};

/// Smallest change that benchgate's trend tells of: 2 %, the default minimum effect.
const SMALLEST: f64 = 0.02;

/// A method: values, oldest first, to the indices of the first values after each change.
pub(crate) type Method = fn(&[f64]) -> Vec<usize>;

/// All methods, with their names in JSON.
pub(crate) const METHODS: &[(&str, Method)] = &[
    ("benchgate", benchgate),
    ("peer:otava", otava::change_points),
    ("peer:asv", asv::change_points),
    ("peer:pelt", pelt::change_points),
];

/// benchgate's change points on the axis that the gate would choose: the logarithm where every value is above zero,
/// else the value in units of the median, as for a rate or a count.
fn benchgate(values: &[f64]) -> Vec<usize> {
    let positions: Vec<f64> = if values.iter().all(|value| *value > 0.0) {
        values.iter().map(|value| value.ln()).collect()
    } else {
        let sizes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
        let unit = stats::median(&sizes).filter(|unit| *unit > 0.0).unwrap_or(1.0);
        values.iter().map(|value| value / unit).collect()
    };
    gate::change_points(&positions, SMALLEST.ln_1p()).iter().map(|change| change.start).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_finds_a_plain_step_and_nothing_beside_it() {
        let wobble = [0.3, -0.2, 0.1, -0.4, 0.2, 0.0, -0.1, 0.4, -0.3];
        let series: Vec<f64> =
            (0..60).map(|run| wobble[run % wobble.len()] + if run < 37 { 100.0 } else { 110.0 }).collect();
        let turned: Vec<f64> = series.iter().map(|value| value - 105.0).collect();
        for (name, method) in METHODS {
            assert_eq!(method(&series), [37], "{name}");
            assert_eq!(method(&turned), [37], "{name}, with values below zero");
            assert!(method(&[]).is_empty() && method(&[1.0]).is_empty() && method(&[2.0; 30]).is_empty(), "{name}");
        }
    }

    /// Annual flow of the Nile at Aswan, 1871 to 1970 (Cobb (1978), Biometrika 65(2)).
    const NILE: [f64; 100] = [
        1120.0, 1160.0, 963.0, 1210.0, 1160.0, 1160.0, 813.0, 1230.0, 1370.0, 1140.0, 995.0, 935.0, 1110.0, 994.0,
        1020.0, 960.0, 1180.0, 799.0, 958.0, 1140.0, 1100.0, 1210.0, 1150.0, 1250.0, 1260.0, 1220.0, 1030.0, 1100.0,
        774.0, 840.0, 874.0, 694.0, 940.0, 833.0, 701.0, 916.0, 692.0, 1020.0, 1050.0, 969.0, 831.0, 726.0, 456.0,
        824.0, 702.0, 1120.0, 1100.0, 832.0, 764.0, 821.0, 768.0, 845.0, 864.0, 862.0, 698.0, 845.0, 744.0, 796.0,
        1040.0, 759.0, 781.0, 865.0, 845.0, 944.0, 984.0, 897.0, 822.0, 1010.0, 771.0, 676.0, 649.0, 846.0, 812.0,
        742.0, 801.0, 1040.0, 860.0, 874.0, 848.0, 890.0, 744.0, 749.0, 838.0, 1050.0, 918.0, 986.0, 797.0, 923.0,
        975.0, 815.0, 1020.0, 906.0, 901.0, 1170.0, 912.0, 746.0, 919.0, 718.0, 714.0, 740.0,
    ];

    /// Four steps in noise that any language can make.
    fn stairs() -> Vec<f64> {
        let step = |run: u32| match run {
            0..40 => 0.0,
            40..75 => 3.0,
            75..110 => 1.0,
            110..150 => 1.5,
            _ => 6.0,
        };
        (0..180).map(|run| 100.0 + f64::from((run * 7919 + 13) % 101) / 25.0 + step(run)).collect()
    }

    #[test]
    fn change_points_agree_with_the_peers_own_programs() {
        // apache-otava 0.8.0, `compute_change_points(y)`; asv 0.6.6, `detect_steps(y)`; ruptures 1.1.10,
        // `Pelt(model="l2", min_size=2, jump=1)` on the series divided by its noise, penalty 3 ln n.
        let cases: [(Method, &[f64], &[usize]); 6] = [
            (otava::change_points, &NILE, &[28]),
            (asv::change_points, &NILE, &[28]),
            (pelt::change_points, &NILE, &[28]),
            (otava::change_points, &stairs(), &[39, 77, 150]),
            (asv::change_points, &stairs(), &[39, 74, 150]),
            (pelt::change_points, &stairs(), &[39, 74, 150]),
        ];
        for (index, (method, series, expected)) in cases.into_iter().enumerate() {
            assert_eq!(method(series), expected, "case {index}");
        }
    }
}
