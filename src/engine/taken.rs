//! What is on air does not change when the show is edited: a scene is kept as it was taken.

use super::cast::Cast;
use crate::show::Layer;
use crate::video::Stage;

/// A scene as it was taken: what is on air does not change when the show is edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The scene's id.
    pub scene: String,
    /// Its layers when it was taken.
    pub layers: Vec<Layer>,
    /// What is drawn.
    pub stage: Stage,
}

impl Taken {
    /// A scene with these layers.
    pub fn new(scene: &str, layers: &[Layer], cast: &Cast) -> Self {
        Self {
            scene: scene.to_owned(),
            layers: layers.to_vec(),
            stage: cast.stage_of(layers),
        }
    }
}
