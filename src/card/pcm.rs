//! Samples as cards have them, to and from the house's: `f32` with full scale at ±1. Called in a card's
//! own thread: nothing here allocates or waits.

use cpal::{Data, FromSample, I24, Sample, SampleFormat, SizedSample, U24};

/// Reads interleaved samples from `at` on into `into`; `false` where the card's format is none that is
/// known, and where it has fewer.
pub fn read(data: &Data, at: usize, into: &mut [f32]) -> bool {
    match data.sample_format() {
        SampleFormat::F32 => read_as::<f32>(data, at, into),
        SampleFormat::F64 => read_as::<f64>(data, at, into),
        SampleFormat::I8 => read_as::<i8>(data, at, into),
        SampleFormat::I16 => read_as::<i16>(data, at, into),
        SampleFormat::I24 => read_as::<I24>(data, at, into),
        SampleFormat::I32 => read_as::<i32>(data, at, into),
        SampleFormat::I64 => read_as::<i64>(data, at, into),
        SampleFormat::U8 => read_as::<u8>(data, at, into),
        SampleFormat::U16 => read_as::<u16>(data, at, into),
        SampleFormat::U24 => read_as::<U24>(data, at, into),
        SampleFormat::U32 => read_as::<u32>(data, at, into),
        SampleFormat::U64 => read_as::<u64>(data, at, into),
        _ => false,
    }
}

/// Writes interleaved samples from `at` on; what is beyond full scale is held to it. `false` as for
/// [`read`].
pub fn write(data: &mut Data, at: usize, from: &[f32]) -> bool {
    match data.sample_format() {
        SampleFormat::F32 => write_as::<f32>(data, at, from),
        SampleFormat::F64 => write_as::<f64>(data, at, from),
        SampleFormat::I8 => write_as::<i8>(data, at, from),
        SampleFormat::I16 => write_as::<i16>(data, at, from),
        SampleFormat::I24 => write_as::<I24>(data, at, from),
        SampleFormat::I32 => write_as::<i32>(data, at, from),
        SampleFormat::I64 => write_as::<i64>(data, at, from),
        SampleFormat::U8 => write_as::<u8>(data, at, from),
        SampleFormat::U16 => write_as::<u16>(data, at, from),
        SampleFormat::U24 => write_as::<U24>(data, at, from),
        SampleFormat::U32 => write_as::<u32>(data, at, from),
        SampleFormat::U64 => write_as::<u64>(data, at, from),
        _ => false,
    }
}

/// Whether both [`read`] and [`write`] know this format.
pub(super) fn knows(format: SampleFormat) -> bool {
    !format.is_dsd()
}

fn read_as<T: SizedSample>(data: &Data, at: usize, into: &mut [f32]) -> bool
where
    f32: FromSample<T>,
{
    let samples = data.as_slice::<T>();
    let Some(samples) = samples.and_then(|all| all.get(at..at + into.len())) else {
        return false;
    };
    for (to, from) in into.iter_mut().zip(samples) {
        *to = f32::from_sample(*from);
    }
    true
}

fn write_as<T: SizedSample + FromSample<f32>>(data: &mut Data, at: usize, from: &[f32]) -> bool {
    let samples = data.as_slice_mut::<T>();
    let Some(samples) = samples.and_then(|all| all.get_mut(at..at + from.len())) else {
        return false;
    };
    for (to, from) in samples.iter_mut().zip(from) {
        *to = T::from_sample(from.clamp(-1.0, 1.0));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A card's block of these samples.
    fn block<T: SizedSample>(samples: &mut [T]) -> Data {
        // SAFETY: the samples outlive the block in each test, and are of its format.
        unsafe { Data::from_parts(samples.as_mut_ptr().cast(), samples.len(), T::FORMAT) }
    }

    fn through<T: SizedSample>(silence: T, worst: f32) {
        let sent = [0.0, 0.5, -0.5, 0.999, -1.0, 0.001, 7.0];
        let mut samples = [silence; 9];
        let mut data = block(&mut samples);
        assert!(write(&mut data, 1, &sent), "{:?}", T::FORMAT);
        let mut heard = [9f32; 9];
        assert!(read(&data, 0, &mut heard), "{:?}", T::FORMAT);
        for (heard, sent) in heard[1..8].iter().zip(sent) {
            let sent = sent.clamp(-1.0, 1.0);
            assert!(
                (heard - sent).abs() <= worst,
                "{:?}: {heard} for {sent}",
                T::FORMAT
            );
        }
        for silent in [heard[0], heard[8]] {
            assert!(silent.abs() <= worst, "{:?}: {silent}", T::FORMAT);
        }
    }

    #[test]
    fn every_format_of_cards_gives_back_what_was_sent_to_within_a_step_of_its_own() {
        through(0f32, 0.0);
        through(0f64, 0.0);
        through(0i8, 1.0 / 127.0);
        through(128u8, 1.0 / 127.0);
        through(0i16, 1.0 / 32_767.0);
        through(1u16 << 15, 1.0 / 32_767.0);
        through(I24::new(0).unwrap(), 1e-6);
        through(U24::new(1 << 23).unwrap(), 1e-6);
        through(0i32, 1e-6);
        through(1u32 << 31, 1e-6);
        through(0i64, 1e-6);
        through(1u64 << 63, 1e-6);
    }

    #[test]
    fn what_a_block_does_not_have_is_neither_read_nor_written() {
        let mut samples = [0.25f32; 4];
        let mut data = block(&mut samples);
        assert!(!read(&data, 2, &mut [0.0; 3]));
        assert!(!write(&mut data, 2, &[0.0; 3]));
        assert_eq!(samples, [0.25; 4]);
    }
}
