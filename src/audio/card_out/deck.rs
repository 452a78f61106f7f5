//! What a card calls when it wants sound: the players of all buses that go to it, added up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpal::Data;

use super::player::Player;
use crate::audio::mixer::TAPS;
use crate::card;
use crate::media::{HouseClock, NS_PER_S};

/// So many buses can go to one card: every way out of the mixer.
pub(super) const PLAYERS: usize = TAPS;
/// Frames that are added up at once.
const PIECE: usize = 256;
/// No card holds more than this; one that says so does not know.
const LEAD_MOST_NS: i64 = NS_PER_S;

/// The card's end: what is called in its thread. It waits for nothing and allocates nothing. When it is
/// dropped, its players come back.
pub struct Deck {
    players: Vec<Option<Box<Player>>>,
    joining: rtrb::Consumer<Box<Player>>,
    returned: rtrb::Producer<Box<Player>>,
    sum: Vec<f32>,
    width: usize,
    calls: Arc<AtomicU64>,
}

/// The other end.
pub struct Hand {
    /// Players for the card, ready for its rate.
    pub joining: rtrb::Producer<Box<Player>>,
    /// Those that have left, and all of them once the deck is gone.
    pub returned: rtrb::Consumer<Box<Player>>,
    /// How often the card has called.
    pub calls: Arc<AtomicU64>,
}

/// Both ends, for a card of so many channels.
pub fn deck(width: usize) -> (Deck, Hand) {
    let (joining_in, joining) = rtrb::RingBuffer::new(PLAYERS);
    let (returned, returned_out) = rtrb::RingBuffer::new(2 * PLAYERS);
    let calls = Arc::new(AtomicU64::new(0));
    let deck = Deck {
        players: (0..PLAYERS).map(|_| None).collect(),
        joining,
        returned,
        sum: vec![0.0; PIECE * width.max(1)],
        width: width.max(1),
        calls: calls.clone(),
    };
    let hand = Hand {
        joining: joining_in,
        returned: returned_out,
        calls,
    };
    (deck, hand)
}

impl Deck {
    /// Fills a block of the card's, whose first frame is heard after `lead`.
    pub fn play(&mut self, data: &mut Data, lead: Duration, clock: HouseClock) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        for place in &mut self.players {
            match place {
                Some(player) if player.has_left() && !self.returned.is_full() => {
                    if let Some(player) = place.take() {
                        let _ = self.returned.push(player);
                    }
                }
                Some(_) => {}
                None => *place = self.joining.pop().ok(),
            }
        }
        let now = clock.now();
        let lead = i64::try_from(lead.as_nanos()).unwrap_or(LEAD_MOST_NS);
        let heard_at = now + lead.min(LEAD_MOST_NS);
        let frames = data.len() / self.width;
        for player in self.players.iter_mut().flatten() {
            player.begin(frames, now, heard_at);
        }
        let mut done = 0;
        while done < frames {
            let piece = (frames - done).min(PIECE);
            let sum = &mut self.sum[..piece * self.width];
            sum.fill(0.0);
            for player in self.players.iter_mut().flatten() {
                player.add(sum, self.width);
            }
            card::write(data, done * self.width, sum);
            done += piece;
        }
    }
}

impl Drop for Deck {
    fn drop(&mut self) {
        let joining = std::iter::from_fn(|| self.joining.pop().ok());
        for player in self
            .players
            .iter_mut()
            .filter_map(Option::take)
            .chain(joining)
        {
            let _ = self.returned.push(player);
        }
    }
}
