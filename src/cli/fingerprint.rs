//! This machine: CPU model, cores, memory, system, GPU and driver.
//!
//! For: the hardware of results whose file names none. Not for: results of other machines.
//! Invariant: a fact that the system does not tell is absent; nothing is guessed.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use crate::model::Machine;

/// What is known of this machine for results on hardware of a type, and its facts that may change from run to run.
#[must_use]
pub fn read(kind: &str) -> (Machine, BTreeMap<String, String>) {
    let system = System::new_with_specifics(
        RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()).with_memory(MemoryRefreshKind::nothing().with_ram()),
    );
    // A system that sysinfo does not know tells nothing.
    let cpus = system.as_ref().map_or(&[][..], System::cpus);
    let memory = system.as_ref().map_or(0, System::total_memory);
    let cpu_model = cpus.first().map(|cpu| cpu.brand().trim().to_owned()).filter(|brand| !brand.is_empty());
    let mut environment = BTreeMap::new();
    let mut note = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            environment.insert(name.to_owned(), value);
        }
    };
    note("os", System::long_os_version().ok());
    note("kernel", System::kernel_version().ok());
    note("architecture", Some(System::cpu_arch()));
    let (gpu, driver) = match kind {
        "cuda" => split_gpus(&ask("nvidia-smi", &["--query-gpu=name,driver_version", "--format=csv,noheader"])),
        "rocm" => rocm(&ask("rocm-smi", &["--showproductname", "--showdriverversion", "--json"])),
        _ => (None, None),
    };
    note("gpu_driver", driver);
    let machine = Machine {
        cpu_model,
        cpu_cores: u32::try_from(cpus.len()).ok().filter(|cores| *cores > 0),
        memory_gb: u32::try_from((memory + 500_000_000) / 1_000_000_000).ok().filter(|size| *size > 0),
        gpu,
    };
    (machine, environment)
}

/// The answer of a vendor's tool; empty where it is absent or fails, since then there is nothing to know.
fn ask(program: &str, arguments: &[&str]) -> String {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
}

/// `NVIDIA A10G, 550.54.15` a line: the models joined, and the driver.
fn split_gpus(answer: &str) -> (Option<String>, Option<String>) {
    let gpus: Vec<(&str, &str)> = answer
        .lines()
        .filter_map(|line| line.split_once(','))
        .map(|(name, driver)| (name.trim(), driver.trim()))
        .collect();
    let names: Vec<&str> = gpus.iter().map(|(name, _)| *name).collect();
    ((!names.is_empty()).then(|| names.join(", ")), gpus.first().map(|(_, driver)| (*driver).to_owned()))
}

/// `{"card0": {"Card Series": "..."}, "system": {"Driver version": "..."}}`.
fn rocm(answer: &str) -> (Option<String>, Option<String>) {
    let Ok(answer) = serde_json::from_str::<BTreeMap<String, BTreeMap<String, String>>>(answer) else {
        return (None, None);
    };
    let names: Vec<String> = answer
        .iter()
        .filter(|(card, _)| card.starts_with("card"))
        .filter_map(|(_, facts)| facts.get("Card Series").or_else(|| facts.get("Card series")).cloned())
        .collect();
    let driver = answer.get("system").and_then(|facts| facts.get("Driver version")).cloned();
    ((!names.is_empty()).then(|| names.join(", ")), driver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpus_are_read_from_the_vendors_words() {
        let nvidia = split_gpus("NVIDIA A10G, 550.54.15\nNVIDIA A10G, 550.54.15\n");
        assert_eq!(nvidia, (Some("NVIDIA A10G, NVIDIA A10G".to_owned()), Some("550.54.15".to_owned())));
        assert_eq!(split_gpus(""), (None, None));
        let amd = rocm(
            r#"{"card0": {"Card Series": "AMD Instinct MI210", "Card Vendor": "AMD"}, "system": {"Driver version": "6.7.0"}}"#,
        );
        assert_eq!(amd, (Some("AMD Instinct MI210".to_owned()), Some("6.7.0".to_owned())));
        assert_eq!(rocm("not json"), (None, None));
    }

    #[test]
    fn this_machine_has_cores_and_memory() {
        let (machine, environment) = read("cpu");
        assert!(machine.cpu_cores.is_some_and(|cores| cores > 0), "{machine:?}");
        assert!(machine.memory_gb.is_some(), "{machine:?}");
        assert_eq!(machine.gpu, None, "a CPU's results do not depend on the GPU beside it");
        assert!(environment.contains_key("architecture"));
    }
}
