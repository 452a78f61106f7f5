//! Titles: templates that any designer draws as SVG, filled in and rendered beside the tick. What comes out
//! is a [`crate::video::Title`], ready to be laid over the program.

mod built_in;
mod clock;
mod drawing;
mod fault;
mod fill;
mod fit;
mod fonts;
mod guard;
mod parts;
mod pictures;
mod scripts;
mod still;
mod template;
mod ticker;
mod tree;
mod words;

pub use built_in::{BUILT_IN, find_template, template_names};
pub use fault::TitleFault;
pub use fill::{Field, FieldKind};
pub use fonts::Fonts;
pub use template::{Made, Template, is_field};
pub use ticker::Ticker;
