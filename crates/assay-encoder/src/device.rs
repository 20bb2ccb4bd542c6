//! The choice of the device, with the reason why a faster one is not used.

use candle_core::Device;

use crate::EncoderError;
use crate::precision::Precision;
use crate::weights::first_line;

/// The device asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The fastest one that works.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// The first Nvidia card.
    Cuda,
    /// The graphics of an Apple computer.
    Metal,
}

/// A device, and its description for people.
pub(crate) struct ChosenDevice {
    pub device: Device,
    pub description: String,
}

/// Opens the device asked for. `Auto` falls back to the processor and gives the reason.
pub(crate) fn choose(choice: DeviceChoice, threads: usize, precision: Precision) -> Result<ChosenDevice, EncoderError> {
    match choice {
        DeviceChoice::Cpu => Ok(processor(threads, precision, "chosen in the settings")),
        DeviceChoice::Cuda => cuda().map_err(|reason| EncoderError::Device { device: "cuda".into(), reason }),
        DeviceChoice::Metal => metal().map_err(|reason| EncoderError::Device { device: "metal".into(), reason }),
        DeviceChoice::Auto => match (cuda(), metal()) {
            (Ok(device), _) | (_, Ok(device)) => Ok(device),
            (Err(cuda), Err(metal)) if cuda == metal => Ok(processor(threads, precision, &cuda)),
            (Err(cuda), Err(metal)) => Ok(processor(threads, precision, &format!("cuda: {cuda}; metal: {metal}"))),
        },
    }
}

const NOT_BUILT_IN: &str = "no graphics card, because this build computes on the processor alone";

fn processor(threads: usize, precision: Precision, reason: &str) -> ChosenDevice {
    let plural = if threads == 1 { "" } else { "s" };
    let instructions = precision.instructions().unwrap_or("no instructions for it");
    let description = format!("cpu ({threads} thread{plural}, {} with {instructions}; {reason})", precision.name());
    ChosenDevice { device: Device::Cpu, description }
}

fn cuda() -> Result<ChosenDevice, String> {
    if !cfg!(feature = "cuda") {
        return Err(NOT_BUILT_IN.into());
    }
    let device = Device::new_cuda(0).map_err(|error| first_line(&error))?;
    Ok(ChosenDevice { device, description: "cuda:0".into() })
}

fn metal() -> Result<ChosenDevice, String> {
    if !cfg!(feature = "metal") {
        return Err(NOT_BUILT_IN.into());
    }
    let device = Device::new_metal(0).map_err(|error| first_line(&error))?;
    Ok(ChosenDevice { device, description: "metal".into() })
}
