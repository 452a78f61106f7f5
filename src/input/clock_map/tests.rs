use super::*;

/// Runs a 30 fps source with `ppm` and jitter for `seconds`; gives the map and the last errors
/// of the presentation times against the ideal line, less their mean.
fn run(ppm: f64, jitter_ms: f64, seconds: u64) -> (ClockMap, Vec<f64>, f64) {
    let mut map = ClockMap::default();
    let mut errors = Vec::new();
    let mut late = 0;
    let count = seconds * 30;
    for k in 0..count {
        let x = (k as f64 * 1e9 / 30.0) as i64;
        let truth = 5e9 + x as f64 * (1.0 - ppm * 1e-6);
        let wobble = ((k * 7919) % 1000) as f64 / 1000.0 * jitter_ms * 1e6;
        let arrival = (truth + wobble) as i64;
        let shown = map.observe(x, arrival, 0);
        if k > count / 2 {
            errors.push(shown as f64 - truth);
            late += u32::from(shown < arrival);
        }
    }
    let share = f64::from(late) / errors.len() as f64;
    (map, errors, share)
}

#[test]
fn follows_a_clock_500_ppm_off() {
    for ppm in [500.0, -500.0, 0.0] {
        let (map, errors, late) = run(ppm, 6.0, 600);
        assert!(
            (map.drift_ppm() - ppm).abs() < 60.0,
            "{} at {ppm}",
            map.drift_ppm()
        );
        let low = errors.iter().copied().fold(f64::MAX, f64::min);
        let high = errors.iter().copied().fold(f64::MIN, f64::max);
        assert!(high - low < 4e6, "wanders by {} ms", (high - low) / 1e6);
        assert!(high < 20e6, "delay of {} ms", high / 1e6);
        assert!(late < 0.01, "{late} came late");
        assert_eq!(map.jumps(), 0);
    }
}

#[test]
fn a_jump_by_hours_is_caught_at_once_both_ways() {
    let mut map = ClockMap::default();
    let hour = 3_600_000_000_000i64;
    let mut arrival = 0;
    for jump in [0, 5 * hour, -7 * hour, hour] {
        for k in 0..90i64 {
            arrival += 33_333_333;
            let shown = map.observe(jump + k * 33_333_333 + arrival % 7, arrival, 0);
            assert!(
                (shown - arrival).abs() < 100_000_000,
                "{shown} at {arrival}"
            );
        }
    }
    assert_eq!(map.jumps(), 3);
}

#[test]
fn a_short_stall_does_not_move_the_delay_for_good() {
    let mut map = ClockMap::default();
    let mut last = 0;
    for k in 0..3000i64 {
        let x = k * 33_333_333;
        // Two hundred milliseconds of silence at one moment, then all at once.
        let arrival = if (300..306).contains(&k) {
            306 * 33_333_333
        } else {
            x
        };
        last = map.observe(x, arrival, 0) - x;
    }
    assert!(last < 25_000_000, "delay {last}");
}

#[test]
fn what_proves_to_be_late_is_put_right_within_a_second_or_two() {
    let mut map = ClockMap::default();
    let mut late = Vec::new();
    for k in 0..300i64 {
        let x = k * 33_333_333;
        let picture = map.observe(x, x, 0);
        // A packet of sound whose first sample is 60 ms old when it comes.
        let sound = map.observe(x - 60_000_000, x + 1, 0);
        assert_eq!(picture - sound, 60_000_000, "{k}");
        if sound < x {
            late.push(k);
        }
    }
    assert!(late.iter().all(|&k| k < 60), "{late:?}");
    assert!((2..=4).contains(&map.breaks()), "{}", map.breaks());
    assert_eq!(map.jumps(), 0);
}

/// Blocks of a tenth of a second, from a server of sound, of which some come later; how many come
/// after they are due from half a minute on, the breaks from then on, and the delay at the end in ms.
fn blocks(later_ms: impl Fn(i64) -> i64) -> (usize, u64, f64) {
    let mut map = ClockMap::default();
    let (mut missed, mut breaks, mut delay) = (0, 0, 0);
    for k in 0..3000i64 {
        let x = k * 100_000_000;
        let arrival = x + 100_000_000 + later_ms(k) * 1_000_000;
        let due = map.observe(x, arrival, 0);
        // The mixer waits for so long.
        missed += usize::from(k > 300 && arrival > due + 5_000_000);
        if k == 300 {
            breaks = map.breaks();
        }
        delay = due - x - 100_000_000;
    }
    (missed, map.breaks() - breaks, delay as f64 / 1e6)
}

#[test]
fn what_is_late_from_now_on_or_now_and_then_breaks_the_sound_once() {
    let (missed, breaks, delay) = blocks(|_| 0);
    assert_eq!((missed, breaks), (0, 0));
    assert!(delay < 10.0, "{delay} ms");
    // For good.
    for ms in [10, 15, 30] {
        let (missed, breaks, delay) = blocks(|k| if k > 600 { ms } else { 0 });
        assert_eq!((missed, breaks), (0, 1), "by {ms} ms");
        assert!(delay < ms as f64 + 10.0, "{delay} ms");
    }
    // Now and then: it was put right the first time, before half a minute had passed.
    let (missed, breaks, delay) = blocks(|k| if k % 200 == 199 { 12 } else { 0 });
    assert_eq!((missed, breaks), (0, 0));
    assert!(delay < 25.0, "{delay} ms");
    // Once, and never again: it is forgotten.
    let (_, breaks, delay) = blocks(|k| if k == 600 { 30 } else { 0 });
    assert_eq!(breaks, 1);
    assert!(delay < 10.0, "{delay} ms");
    // By so much that it was held up first, for good.
    let (missed, breaks, delay) = blocks(|k| if k > 600 { 120 } else { 0 });
    assert!(
        missed < 10 && breaks == 1,
        "{missed} missed, {breaks} breaks"
    );
    assert!((120.0..135.0).contains(&delay), "{delay} ms");
}

#[test]
fn a_sender_that_begins_with_a_burst_is_not_behind_for_good() {
    let mut map = ClockMap::default();
    let mut behind = 0;
    for k in 0..300i64 {
        let x = k * 33_333_333;
        // A quarter of a second waited somewhere on the way.
        let arrival = (x - 250_000_000).max(0);
        behind = map.observe(x, arrival, 0) - arrival;
    }
    assert!(behind < 15_000_000, "{behind}");
}

/// What an hour or so of a source's sound came to.
#[derive(Debug)]
struct Heard {
    breaks: u64,
    /// How often there was a hole: by a break, or by sound that was missed.
    holes: u32,
    /// Of the sound against its coming: the most, and at the end.
    most_ms: f64,
    last_ms: f64,
    drift_ppm: f64,
}

const AAC_NS: f64 = 1024.0 / 48_000.0 * 1e9;
const BLOCKS_NS: [f64; 3] = [10e6, AAC_NS, 100e6];

/// Blocks of sound of a source whose clock is off; `later_ms` says how much later than usual the sound of
/// a time in seconds comes. What is behind it waits. Half a minute at the beginning does not count.
fn listen(
    block_ns: f64,
    ppm: f64,
    seconds: f64,
    mut later_ms: impl FnMut(f64) -> f64,
) -> (Heard, ClockMap) {
    let mut map = ClockMap::default();
    let (mut last_arrival, mut last_hole, mut seen, mut begun) = (0, f64::MIN, 0, 0);
    let mut heard = Heard {
        breaks: 0,
        holes: 0,
        most_ms: 0.0,
        last_ms: 0.0,
        drift_ppm: 0.0,
    };
    for k in 0u64.. {
        let x = k as f64 * block_ns;
        let truth = (x + block_ns) * (1.0 - ppm * 1e-6);
        let second = truth / 1e9;
        if second > seconds {
            break;
        }
        let wobble = ((k * 7919) % 1000) as f64 * 2e3;
        let arrival = ((truth + wobble + later_ms(second) * 1e6) as i64).max(last_arrival);
        last_arrival = arrival;
        let due = map.observe(x as i64, arrival, 0);
        let breaks = map.breaks();
        let is_hole = std::mem::replace(&mut seen, breaks) != breaks || arrival > due + 5_000_000;
        if second < 30.0 {
            begun = breaks;
            continue;
        }
        if is_hole {
            heard.holes += u32::from(second - last_hole > 1.0);
            last_hole = second;
        }
        heard.last_ms = (due as f64 - truth) / 1e6;
        heard.most_ms = heard.most_ms.max(heard.last_ms);
    }
    heard.breaks = map.breaks() - begun;
    heard.drift_ppm = map.drift_ppm();
    (heard, map)
}

/// Late by so much once in each period of so many seconds, for the first so many seconds.
fn now_and_then(late_ms: f64, period: f64, until: f64) -> impl FnMut(f64) -> f64 {
    let mut next = 40.0;
    move |second| {
        if second < next || second > until {
            return 0.0;
        }
        next += period;
        late_ms
    }
}

#[test]
fn sound_that_is_late_again_and_again_is_heard_without_holes() {
    for block_ns in BLOCKS_NS {
        for late_ms in [8.0, 12.0, 20.0, 35.0, 45.0, 120.0, 200.0] {
            for period in [5.0, 17.0, 30.0, 37.0, 120.0, 300.0] {
                let lateness = now_and_then(late_ms, period, f64::MAX);
                let (heard, map) = listen(block_ns, 0.0, 3600.0, lateness);
                let what =
                    format!("{late_ms} ms each {period} s, blocks of {block_ns} ns: {heard:?}");
                // Once, and again where it had been forgotten or was taken for what catches up.
                assert!(heard.breaks <= 2 && heard.holes <= 2, "{what}");
                assert!(heard.most_ms < late_ms + 12.0, "{what}");
                assert_eq!(map.jumps(), 0, "{what}");
            }
        }
    }
}

#[test]
fn a_clock_500_ppm_off_is_known_though_sound_is_late_again_and_again() {
    for block_ns in BLOCKS_NS {
        for ppm in [500.0, -500.0] {
            for (late_ms, period) in [(20.0, 36.0), (35.0, 30.0), (120.0, 60.0)] {
                let lateness = now_and_then(late_ms, period, f64::MAX);
                let (heard, _) = listen(block_ns, ppm, 3600.0, lateness);
                let what =
                    format!("{late_ms} ms each {period} s, blocks of {block_ns} ns: {heard:?}");
                assert!((heard.drift_ppm - ppm).abs() < 80.0, "{ppm} ppm, {what}");
                assert!(heard.breaks <= 2 && heard.holes <= 2, "{ppm} ppm, {what}");
                assert!(heard.most_ms < late_ms + 12.0, "{ppm} ppm, {what}");
            }
        }
    }
}

#[test]
fn what_is_no_longer_late_is_forgotten() {
    for block_ns in BLOCKS_NS {
        for late_ms in [20.0, 100.0, 200.0] {
            // Once; twice, which is remembered where it was held up first; for an hour each five minutes.
            for (period, until, quiet) in [
                (1e9, 60.0, 240.0),
                (30.0, 80.0, 400.0),
                (300.0, 3600.0, 1500.0),
            ] {
                let lateness = now_and_then(late_ms, period, until);
                let (heard, _) = listen(block_ns, 0.0, until + quiet, lateness);
                let what =
                    format!("{late_ms} ms each {period} s, blocks of {block_ns} ns: {heard:?}");
                assert!(heard.last_ms < 10.0, "{what}");
            }
        }
    }
}

#[test]
fn the_delay_goes_back_so_slowly_that_no_pitch_is_heard() {
    let mut map = ClockMap::default();
    let (mut last, mut steepest, mut breaks) = (0, 0, 0);
    for k in 0..60_000i64 {
        let x = k * 10_000_000;
        let is_late = [4_000, 8_000].contains(&k);
        let arrival = x + if is_late { 150_000_000 } else { 0 };
        let delay = map.observe(x, arrival, 0) - x;
        if std::mem::replace(&mut breaks, map.breaks()) == map.breaks() {
            steepest = steepest.max((delay - last).abs());
        }
        last = delay;
    }
    assert!(last < 10_000_000, "{last}");
    assert!(steepest <= 20_001, "{steepest} ns in 10 ms");
}

#[test]
fn what_is_held_up_for_long_is_not_worth_the_delay() {
    for late_ms in [250.0, 280.0] {
        for block_ns in BLOCKS_NS {
            let lateness = now_and_then(late_ms, 30.0, f64::MAX);
            let (heard, map) = listen(block_ns, 0.0, 3600.0, lateness);
            assert!(heard.most_ms < 20.0, "{late_ms} ms: {heard:?}");
            assert_eq!((heard.breaks, map.jumps()), (0, 0), "{late_ms} ms");
        }
    }
}

/// Pictures and sound from one source for an hour, each later than usual by so many ms at a time in seconds:
/// its breaks, the holes in the sound, the pictures that were late in the last half hour, and its jumps.
fn watch(
    block_ms: i64,
    mut picture_later_ms: impl FnMut(f64) -> f64,
    mut sound_later_ms: impl FnMut(f64) -> f64,
) -> (u64, u32, u32, u64) {
    const LEAD_NS: i64 = 19_666_667;
    let mut map = ClockMap::default();
    let (mut picture, mut sound) = (0i64, 0i64);
    let (mut picture_came, mut sound_came) = (0, 0);
    let (mut begun, mut missed, mut late) = (0, 0, 0);
    loop {
        let (picture_x, sound_x) = (picture * 33_333_333, sound * block_ms * 1_000_000);
        let sound_end = sound_x + block_ms * 1_000_000;
        let second = picture_x.min(sound_end) as f64 / 1e9;
        if second > 3600.0 {
            return (map.breaks() - begun, missed, late, map.jumps());
        }
        if second < 30.0 {
            begun = map.breaks();
        }
        if picture_x <= sound_end {
            let came = picture_x + (picture_later_ms(second) * 1e6) as i64;
            picture_came = came.max(picture_came);
            let due = map.observe(picture_x, picture_came, LEAD_NS);
            late += u32::from(second > 1800.0 && picture_came + LEAD_NS > due);
            picture += 1;
        } else {
            let came = sound_end + (sound_later_ms(second) * 1e6) as i64;
            sound_came = came.max(sound_came);
            let due = map.observe(sound_x, sound_came, 0);
            missed += u32::from(second > 30.0 && sound_came > due + 5_000_000);
            sound += 1;
        }
    }
}

#[test]
fn late_pictures_break_no_sound_and_are_waited_for_by_and_by() {
    let never = |_: f64| 0.0;
    for block_ms in [10, 21, 100] {
        // Now and then, they are repeated; the sound knows nothing of it.
        for (late_ms, period) in [(20.0, 1.0), (60.0, 5.0), (200.0, 30.0)] {
            let lateness = now_and_then(late_ms, period, f64::MAX);
            let (breaks, missed, _, jumps) = watch(block_ms, lateness, never);
            assert_eq!((breaks, missed, jumps), (0, 0, 0), "{late_ms} ms");
        }
        // From a minute on for good.
        for late_ms in [20.0, 60.0, 200.0] {
            let from = move |second| if second > 60.0 { late_ms } else { 0.0 };
            assert_eq!(watch(block_ms, from, never), (0, 0, 0, 0), "{late_ms} ms");
        }
    }
}

#[test]
fn late_sound_is_kept_in_mind_beside_pictures_that_are_long_there() {
    for block_ms in [10, 21, 100] {
        for late_ms in [20.0, 120.0, 200.0] {
            let lateness = now_and_then(late_ms, 30.0, f64::MAX);
            let (breaks, _, late, jumps) = watch(block_ms, |_| 0.0, lateness);
            assert!(breaks <= 2, "{breaks} by {late_ms} ms, {block_ms} ms each");
            assert_eq!((late, jumps), (0, 0), "{late_ms} ms, {block_ms} ms each");
        }
    }
}

#[test]
fn a_step_of_many_small_blocks_is_judged_to_its_end() {
    // Each step of the map has 188; of those behind the first 128 some come later, for good.
    let block_ns = 64.0 / 48_000.0 * 1e9;
    let mut map = ClockMap::default();
    let mut late = 0;
    for k in 0..100_000i64 {
        let x = (k as f64 * block_ns) as i64;
        let is_late = k > 30_000 && (130..180).contains(&(k % 188));
        let arrival = x + if is_late { 4_500_000 } else { 0 };
        let due = map.observe(x, arrival, 0);
        late += u32::from(k > 50_000 && arrival > due);
    }
    assert_eq!(late, 0);
}
