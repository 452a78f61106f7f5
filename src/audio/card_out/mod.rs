//! Buses given to sound cards: headphones at the desk, the hall, a stage monitor. A card has a clock of
//! its own, and takes when it likes: each bus waits in a ring and is brought to that clock where it is
//! taken, in the card's own thread. Whatever becomes of a card, the program does not feel it.

mod card;
mod deck;
mod player;

pub use card::{CardOutput, CardOutputs};
pub use deck::{Deck, deck};
pub use player::{Control, Player};
