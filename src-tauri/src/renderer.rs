//! WebKitGTK draws through DMA buffers, which Nvidia's own driver shows as an empty window. Only
//! there, and only if the user has not decided otherwise, the older way of drawing is taken.

/// WebKit's own switch.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// To be called first of all, before any thread is started.
pub fn choose() {
    let nvidia = std::path::Path::new("/proc/driver/nvidia/version").exists();
    if nvidia && std::env::var_os(SWITCH).is_none() {
        // SAFETY: this is the first thing that the program does; no other thread reads the environment.
        unsafe { std::env::set_var(SWITCH, "1") };
    }
}
