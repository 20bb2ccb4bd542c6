//! WebKitGTK's renderer: with Nvidia's own driver its DMA-BUF renderer shows an empty window, so it is
//! switched off there, unless the user has set the switch.

/// The switch that WebKitGTK reads.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Must be called before any thread is started.
pub fn choose() {
    let nvidia = std::path::Path::new("/proc/driver/nvidia/version").exists();
    if nvidia && std::env::var_os(SWITCH).is_none() {
        // SAFETY: this is the first thing that the program does; no other thread reads the environment.
        unsafe { std::env::set_var(SWITCH, "1") };
    }
}
