//! The desk: a window on the engine, which it sees and commands through [`crate::door`] alone.
//!
//! It holds no state of the show. What a control shows is what the engine reports, not what was
//! clicked; a desk may end at any moment and another finds the show as it is.

mod alarms;
mod app;
mod arrange;
mod arranging;
mod ballistics;
mod bank;
mod breaks;
mod build;
mod choice;
mod close_buttons;
mod closing;
mod destinations;
mod fader;
mod fills;
mod focus;
mod graphics;
mod guard;
mod health;
mod holding;
mod kept;
mod keys;
mod kinds;
mod lang;
mod lateness;
pub mod layout;
mod lights;
mod listening;
mod log;
mod loudness;
mod menu;
mod meters;
mod mixer;
mod monitor;
mod multiview;
mod notice;
mod numbers;
mod onair;
mod outcome;
mod outputs;
mod paint;
mod panels;
mod pipeline;
mod pool;
mod problems;
mod rates;
#[cfg(test)]
mod reading;
mod receiver;
mod recorder;
mod rows;
mod said;
mod scroll;
mod second;
mod settings;
mod show_settings;
mod shows;
mod slide;
mod sound;
mod stage;
mod still;
mod strip;
mod switch;
mod talk;
mod tbar;
#[cfg(test)]
mod testing;
mod theme;
mod titles;
mod topbar;
mod transition;
mod transport;
mod tree;
mod typed;
mod view;
mod waker;
mod wipe_pictures;
mod wishes;
mod words;

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui_wgpu::wgpu;
use thiserror::Error;

pub use app::Desk;
pub use graphics::Graphics;
pub use outcome::Outcome;
pub use outputs::FolderDialog;
pub use shows::{AnyDoor, Chooser, Shows};
pub use theme::install as install_theme;

use waker::Waker;

/// How the window is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Width and height of the window in points.
    pub size: (f32, f32),
    /// Fills the screen.
    pub fullscreen: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            size: (1280.0, 800.0),
            fullscreen: false,
        }
    }
}

/// Why there is no window.
#[derive(Debug, Error)]
pub enum UiError {
    /// Neither X11 nor Wayland is there.
    #[error("there is no display: neither WAYLAND_DISPLAY nor DISPLAY is set")]
    NoDisplay,
    /// The display that is named refused the window.
    #[error("the display refused the window: is WAYLAND_DISPLAY or DISPLAY right?")]
    Refused,
    /// The graphics driver failed.
    #[error("the window could not be drawn: {0}")]
    Graphics(String),
}

/// Opens the window and runs it until it closes; `shows` is how it goes to other shows. Must be called
/// on the main thread.
///
/// # Errors
/// Where there is no display, or no graphics driver that can draw, not even in software.
pub fn run(door: AnyDoor, shows: Arc<dyn Shows>, options: &Options) -> Result<Outcome, UiError> {
    if cfg!(all(unix, not(target_os = "macos"))) && !has_display() {
        return Err(UiError::NoDisplay);
    }
    let outcome = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&outcome);
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("regie")
            .with_app_id("regie")
            .with_icon(egui::IconData::default())
            .with_inner_size([options.size.0, options.size.1])
            .with_min_inner_size([1024.0, 640.0])
            .with_fullscreen(options.fullscreen),
        renderer: eframe::Renderer::Wgpu,
        dithering: false,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "regie",
        native,
        Box::new(move |creation| {
            install_theme(&creation.egui_ctx);
            tree::Tree::begin(&creation.egui_ctx);
            let graphics = creation
                .wgpu_render_state
                .as_ref()
                .map(|state| Graphics {
                    format: Some(state.target_format),
                    software: state.adapter.get_info().device_type == wgpu::DeviceType::Cpu,
                })
                .unwrap_or_default();
            tracing::info!(?graphics, "desk opened");
            let ctx = creation.egui_ctx.clone();
            let waker = Waker::start(Arc::clone(&door), ctx, graphics.most_fps())?;
            let desk = Desk::new(door, graphics, slot)
                .remembering(kept::folder())
                .with_shows(shows)
                .woken_by(waker);
            Ok(Box::new(desk))
        }),
    )
    .map_err(|error| {
        tracing::debug!(%error, "no window");
        match error {
            eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => UiError::Refused,
            error => UiError::Graphics(error.to_string()),
        }
    })?;
    let decided = *outcome.lock().unwrap_or_else(PoisonError::into_inner);
    // A window that was taken away without a word leaves the show alone.
    Ok(decided.unwrap_or(Outcome::LeaveRunning))
}

fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
