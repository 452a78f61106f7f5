//! How the window is drawn: what every part that draws needs to know of the graphics driver.

use eframe::egui_wgpu::wgpu;

/// How the window is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Graphics {
    /// The window's texture format; none draws no pictures.
    pub format: Option<wgpu::TextureFormat>,
    /// The processor draws, for there is no GPU: paint less often.
    pub software: bool,
}

impl Graphics {
    /// The window is painted at most so many times a second.
    pub(super) fn most_fps(self) -> u32 {
        if self.software { 15 } else { 30 }
    }
}
