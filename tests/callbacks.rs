//! What sound cards call in their own threads, under an allocator that lets nothing be had or given back
//! there: a block that waits for memory is a block that is late.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use cpal::{Data, SizedSample};
use regie::audio::{Control, Player, deck};
use regie::input::caught;
use regie::media::{BLOCK, CHANNELS, HouseClock, SAMPLE_RATE};

#[global_allocator]
static NOTHING_WHERE_IT_IS_FORBIDDEN: AllocDisabler = AllocDisabler;

/// A card's block of these samples.
fn block<T: SizedSample>(samples: &mut [T]) -> Data {
    // SAFETY: the samples outlive the block in each test, and are of its format.
    unsafe { Data::from_parts(samples.as_mut_ptr().cast(), samples.len(), T::FORMAT) }
}

#[test]
fn a_block_from_a_card_is_taken_without_memory_even_where_there_is_no_room_for_it() {
    let lost = Arc::new(AtomicU64::new(0));
    let (mut catch, mut caught) = caught(32, 48_000, lost.clone());
    let mut floats = vec![0.25f32; 256 * 32];
    let mut words = vec![1i32 << 29; 256 * 32];
    let mut frames = 0;
    for round in 0..4 {
        // Half a second fits; nobody fetches it in the first rounds.
        for _ in 0..188 {
            let data = match round % 2 {
                0 => block(&mut floats),
                _ => block(&mut words),
            };
            assert_no_alloc(|| catch.take(&data));
        }
        while round >= 2
            && let Some((_, samples)) = caught.fetch()
        {
            assert!(samples.iter().all(|s| (s - 0.25).abs() < 1e-6));
            frames += samples.len() / 32;
        }
    }
    assert!(
        lost.load(Ordering::Relaxed) > 0 && frames > 24_000,
        "{frames}"
    );
}

#[test]
fn a_block_for_a_card_is_given_without_memory_by_all_that_comes_goes_and_runs_dry() {
    let clock = HouseClock::start();
    let (mut deck, mut hand) = deck(8);
    let mut controls = Vec::new();
    let mut buses = Vec::new();
    for n in 0..4u16 {
        let (bus, end) = rtrb::RingBuffer::new(SAMPLE_RATE * CHANNELS);
        let control = Arc::new(Control::default());
        control.set(0.5, n % 2 == 0);
        let mut player = Box::new(Player::new(end, &[2 * n + 1, 2 * n + 2], control.clone()));
        player.tune(44_100);
        assert!(hand.joining.push(player).is_ok());
        controls.push(control);
        buses.push(bus);
    }
    let sound = vec![0.5f32; BLOCK * CHANNELS];
    let mut out = vec![0i16; 441 * 8];
    let mut loudest = 0;
    for k in 0..600 {
        for (n, bus) in buses.iter_mut().enumerate() {
            // One of them stops for a while.
            if n != 1 || !(200..300).contains(&k) {
                let _ = bus.push_entire_slice(&sound);
            }
        }
        match k {
            400 => controls[0].set(2.0, false),
            500 => controls[3].leave(),
            _ => {}
        }
        // The house's clock is not waited for: some of these are so early that they begin anew.
        let mut data = block(&mut out);
        assert_no_alloc(|| deck.play(&mut data, Duration::from_millis(20), clock));
        loudest = out.iter().copied().fold(loudest, i16::max);
    }
    assert!(loudest > 8_000, "{loudest}");
    assert!(controls[1].underruns() > 0);
    // The one that left is back, and the others come when the card is closed.
    assert!(hand.returned.pop().is_ok_and(|player| player.has_left()));
    drop(deck);
    let back = std::iter::from_fn(|| hand.returned.pop().ok()).count();
    assert_eq!(back, 3);
}
