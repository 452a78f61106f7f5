//! Pictures of the program: scaling, layers, transitions, slates. Works on I420 in house format,
//! row by row, only inside the rectangles that change.

mod canvas;
mod colour;
mod compose;
mod corrected;
mod flash;
mod kernels;
mod keyer;
mod laid;
mod matte;
mod motion;
mod outline;
mod overlay;
mod scale;
mod scope_picture;
mod scopes;
mod slate;
mod sprite;
mod stage;
mod stinger;
mod title;
mod transition;
mod white;
mod wipe;

pub use canvas::{Canvas, CanvasPool, PlaneMut, video_info};
pub use compose::{Compositor, Crossing, Layout, Over, Overlaid};
pub use flash::Flashes;
pub use kernels::{blend_row, mix_row};
pub use keyer::DrawKey;
pub use motion::{Ease, Motion, Move, Pose, Seen, Travel};
pub use outline::Outline;
pub use overlay::{Area, Overlay};
pub use scale::Scaler;
pub use scope_picture::scope_picture;
pub use slate::slate;
pub use sprite::{Moves, Sprite};
pub use stage::{Draw, Look, Stage};
pub use stinger::{StingerPicture, StingerPictures, StingerShelf, has_cut, index as stinger_index};
pub use title::{Content, Count, Reel, Reveal, Ticking, Title, TitleKey, TitleLayer, TitleShelf};
pub use transition::{Blend, yuv};
pub use wipe::{WipeFault, WipeMap, WipePicture, WipeShelf};
