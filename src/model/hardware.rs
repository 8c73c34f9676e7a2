//! Hardware: type, device and the machine it sits in.
//!
//! For: deciding when two results come from the same hardware. Not for: detecting it (the CLI layer does), nor for
//! what changes under a machine without making it another one (driver, operating system, runner image): that is the
//! run's environment, so that a driver update shows up as a change and does not start every history anew.
//! Invariant: equal hardware has an equal [`HardwareId`]; an unknown fact is absent, and absent differs from any value.

use serde::{Deserialize, Serialize};

use super::id::{Digest, HardwareId};

/// The machine that a result was measured on, as far as it is known; the part of a fingerprint that decides identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Machine {
    /// CPU model as the system names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_model: Option<String>,
    /// Logical processors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_cores: Option<u32>,
    /// Memory in GB (10^9 bytes), rounded: virtual machines of one size differ by a few MB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_gb: Option<u32>,
    /// GPU models, comma-separated in the order in which the driver lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu: Option<String>,
}

impl Machine {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Hardware: type (`cpu`, `cuda`, ...), device name, machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hardware {
    /// Canonical type in lower case: `cpu`, `cuda`, `rocm`, `mps`, `openvino`, `webnn`, `webgpu`, `qualcomm`, ...
    pub kind: String,
    /// Device name as reported.
    pub device: Option<String>,
    /// The machine.
    pub machine: Machine,
}

/// Hardware as far as an adapter, a flag or the fingerprint knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HardwareDraft {
    /// Type in any spelling.
    pub kind: Option<String>,
    /// Device name.
    pub device: Option<String>,
    /// The machine.
    pub machine: Machine,
}

impl HardwareDraft {
    /// Takes from `other` what is still missing here: type, device, and the machine as a whole, since half of one
    /// machine and half of another would be a machine that nobody has.
    pub fn fill_from(&mut self, other: &Self) {
        if self.kind.is_none() {
            self.kind.clone_from(&other.kind);
        }
        if self.device.is_none() {
            self.device.clone_from(&other.device);
        }
        if self.machine.is_empty() {
            self.machine.clone_from(&other.machine);
        }
    }
}

impl Hardware {
    /// The id of this hardware.
    #[must_use]
    pub fn id(&self) -> HardwareId {
        let Machine { cpu_model, cpu_cores, memory_gb, gpu } = &self.machine;
        HardwareId(
            Digest::new("hardware")
                .text(&self.kind)
                .optional(self.device.as_deref())
                .optional(cpu_model.as_deref())
                .optional(cpu_cores.map(|cores| cores.to_string()).as_deref())
                .optional(memory_gb.map(|memory| memory.to_string()).as_deref())
                .optional(gpu.as_deref())
                .finish(),
        )
    }

    /// The device, or the machine's CPU where no device is named; for labels.
    #[must_use]
    pub fn device_label(&self) -> Option<&str> {
        self.device.as_deref().or(self.machine.cpu_model.as_deref())
    }
}

/// The canonical hardware type for a spelling: lower case, device index dropped, the field's synonyms resolved.
#[must_use]
pub fn canonical_kind(spelling: &str) -> String {
    let lower = spelling.trim().to_lowercase();
    let base = match lower.split_once(':') {
        Some((base, index)) if !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()) => base,
        _ => &lower,
    };
    match base {
        "amd rocm" | "hip" => "rocm",
        "apple mps" | "metal" | "apple" => "mps",
        "nvidia" | "gpu-cuda" => "cuda",
        "qnn" | "qualcomm_ai" => "qualcomm",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_type_are_one_type() {
        for (spelling, kind) in
            [("CPU", "cpu"), ("cuda:0", "cuda"), ("OpenVINO", "openvino"), ("AMD ROCm", "rocm"), ("qnn", "qualcomm")]
        {
            assert_eq!(canonical_kind(spelling), kind);
        }
    }

    #[test]
    fn another_machine_is_another_hardware() {
        let base = Hardware { kind: "cpu".to_owned(), device: None, machine: Machine::default() };
        let mut other = base.clone();
        other.machine.cpu_cores = Some(4);
        assert_ne!(base.id(), other.id());
        other.machine.cpu_cores = None;
        assert_eq!(base.id(), other.id());
    }
}
