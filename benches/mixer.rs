//! The mixer: a block of 10 ms of 32 stereo strips, into the program and into 12 buses besides (10
//! guests' returns and 2 auxes), beside GStreamer's audiomixer with the plain sum of as many.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use regie::audio::{BusGains, Meters, Mixer, Order, SendGain, Strip, StripGain, Track};
use regie::input::{SoundWriter, sound_ring};
use regie::media::{BLOCK, CHANNELS, SAMPLE_RATE, block_start};
use regie::show::StripSettings;
use rustix::time::{ClockId, clock_gettime};

const STRIPS: usize = 32;
const BLOCKS: usize = 1000;
const ROUNDS: usize = 5;
const BLOCK_US: f64 = 1e6 * BLOCK as f64 / SAMPLE_RATE as f64;

fn main() {
    if let Err(error) = gst::init() {
        println!("GStreamer does not start: {error}");
        return;
    }
    println!(
        "\nMixer: {STRIPS} stereo strips, a block of 10 ms, µs and times real time on one core"
    );
    let mut everything = StripSettings {
        trim_db: 3.0,
        pan: 0.3,
        delay_ms: 40.0,
        ..StripSettings::default()
    };
    everything.high_pass.on = true;
    everything.gate.on = true;
    everything.eq.on = true;
    for (band, gain) in everything.eq.bands.iter_mut().zip([3.0, -4.0, 2.0, 5.0]) {
        band.gain_db = gain;
    }
    everything.compressor.on = true;
    everything.share.on = true;
    everything.duck.on = true;
    everything.speech = true;
    let plain = StripSettings::default();
    for (name, settings) in [("every processor on", everything), ("plain sum", plain)] {
        show(name, &rounds(|| mixer(&settings, Buses::Program, 0.02)));
        let name = format!("{name}, 12 buses");
        show(&name, &rounds(|| mixer(&settings, Buses::All, 0.02)));
        let name = format!("{name}, all limiting");
        show(&name, &rounds(|| mixer(&settings, Buses::All, 0.2)));
    }
    let moving = rounds(|| mixer(&everything, Buses::AllMoving, 0.02));
    show("every processor on, 12 buses, all faders moving", &moving);
    let peer = rounds(|| {
        let summed = peer("! m.", "audiomixer name=m ! fakesink sync=false")?;
        Some(summed - peer("! fakesink sync=false", "")?)
    });
    show("audiomixer, plain sum", &peer);
}

fn rounds(mut work: impl FnMut() -> Option<f64>) -> Vec<f64> {
    let mut seen: Vec<f64> = (0..ROUNDS).filter_map(|_| work()).collect();
    seen.sort_by(f64::total_cmp);
    seen
}

fn show(name: &str, seen: &[f64]) {
    let (Some(&middle), Some(least), Some(most)) =
        (seen.get(seen.len() / 2), seen.first(), seen.last())
    else {
        println!("  {name:52} not measured");
        return;
    };
    let times = BLOCK_US / middle;
    println!("  {name:52} {middle:7.0} ({least:.0} to {most:.0})  {times:5.0}×");
}

/// What is mixed.
#[derive(Clone, Copy, PartialEq)]
enum Buses {
    /// The program.
    Program,
    /// Ten guests' returns, two auxes and one desk that listens to a strip besides.
    All,
    /// As `All`, and each block finds every gain on its way.
    AllMoving,
}

/// What becomes of every strip at this fader.
fn gains(buses: Buses, fader: f32) -> Vec<StripGain> {
    let mut gains = vec![StripGain::in_program(fader, 1.0); STRIPS];
    if buses != Buses::Program {
        for (slot, gain) in gains.iter_mut().enumerate() {
            gain.sends = [true, false].map(|pre| SendGain { gain: fader, pre });
            gain.back = (slot < 10).then_some(1.0);
            gain.listened.before[0] = slot == 3;
        }
    }
    gains
}

/// Microseconds for a block, with what reads the sources' rings.
fn mixer(settings: &StripSettings, buses: Buses, fader: f32) -> Option<f64> {
    let mut mixer = Mixer::new(STRIPS, Arc::new(Meters::new(STRIPS)));
    let mut writers: Vec<SoundWriter> = (0..STRIPS)
        .map(|slot| {
            let (writer, reader) = sound_ring();
            let strip = Strip::new(Track::new(reader, false));
            mixer.put(slot, Some(Box::new(strip)));
            writer
        })
        .collect();
    mixer.order(Order {
        position: 0,
        ramp: 1,
        strips: gains(buses, fader),
        settings: (0..STRIPS).map(|slot| (slot, *settings)).collect(),
        buses: BusGains::default(),
    });
    let sound: Vec<f32> = (0..BLOCK * CHANNELS)
        .map(|i| 0.3 * ((i / CHANNELS) as f32 * 0.13).sin())
        .collect();
    let mut spent = Duration::ZERO;
    for block in 0..BLOCKS {
        // The mixer looks ahead by less than a block.
        for writer in &mut writers {
            for ahead in block..block + if block == 0 { 2 } else { 1 } {
                let at = ahead + usize::from(block > 0);
                writer.push(&sound, block_start((at * BLOCK) as u64), false);
            }
        }
        if buses == Buses::AllMoving {
            mixer.order(Order {
                position: mixer.position(),
                ramp: BLOCK as u32,
                strips: gains(buses, if block % 2 == 0 { fader } else { 0.8 * fader }),
                settings: Vec::new(),
                buses: BusGains::default(),
            });
        }
        let began = Instant::now();
        black_box(mixer.block());
        spent += began.elapsed();
        while mixer.spent().is_some() {}
    }
    Some(spent.as_secs_f64() * 1e6 / BLOCKS as f64)
}

/// Microseconds of processor time for a block of as many sources that go `to` somewhere.
fn peer(to: &str, then: &str) -> Option<f64> {
    let source = format!(
        "audiotestsrc wave=saw num-buffers={BLOCKS} samplesperbuffer={BLOCK} \
         ! audio/x-raw,format=F32LE,rate={SAMPLE_RATE},channels={CHANNELS} {to} "
    );
    let pipeline = gst::parse::launch(&(source.repeat(STRIPS) + then)).ok()?;
    let cpu = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    };
    let began = cpu();
    pipeline.set_state(gst::State::Playing).ok()?;
    let bus = pipeline.bus()?;
    let ended = [gst::MessageType::Eos, gst::MessageType::Error];
    let told = bus.timed_pop_filtered(gst::ClockTime::from_seconds(60), &ended);
    let spent = cpu() - began;
    pipeline.set_state(gst::State::Null).ok()?;
    told.filter(|message| message.type_() == gst::MessageType::Eos)?;
    Some(spent * 1e6 / BLOCKS as f64)
}
