//! Pictures of the program: scaling, layers, transitions, slates. Works on I420 in house format,
//! row by row, only inside the rectangles that change.

mod canvas;
mod colour;
mod compose;
mod corrected;
mod flash;
mod kernels;
mod scale;
mod scope_picture;
mod scopes;
mod slate;
mod stinger;
mod transition;
mod white;
mod wipe;

pub use canvas::{Canvas, CanvasPool, PlaneMut, video_info};
pub use compose::{Compositor, Crossing, Draw, Layout, Stage};
pub use flash::Flashes;
pub use kernels::{blend_row, mix_row};
pub use scale::Scaler;
pub use scope_picture::scope_picture;
pub use slate::slate;
pub use stinger::{StingerPicture, StingerPictures, StingerShelf, has_cut, index as stinger_index};
pub use transition::{Blend, yuv};
pub use wipe::{WipeFault, WipeMap, WipePicture, WipeShelf};
