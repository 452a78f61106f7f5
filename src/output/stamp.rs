//! When a picture was due, carried inside the picture itself, so that a receiver can tell how long
//! the way from the tick took, whatever muxers and servers lay between.
//!
//! The stamp is an SEI message "user data unregistered" (ITU-T H.264, D.1.7): a fixed UUID, then the
//! house time in eight bytes. Players pass over it.

use crate::media::House;

/// Tells our messages from other people's.
const UUID: [u8; 16] = [
    0x7c, 0x1e, 0x93, 0x5a, 0xd4, 0x2b, 0x4f, 0x86, 0xa3, 0x6d, 0x58, 0xe1, 0x0b, 0x97, 0xc4, 0x32,
];

const NAL_SEI: u8 = 6;
const NAL_SEI_HEADER: u8 = 0x06;
const USER_DATA_UNREGISTERED: usize = 5;
const PAYLOAD: usize = UUID.len() + 8;

/// The SEI NAL unit for a picture that was due at `time_ns`, in AVC form: four bytes of length, then
/// the unit with emulation prevention. To be put at [`place`] of an access unit whose NAL lengths
/// have four bytes.
pub fn stamp(time_ns: House) -> Vec<u8> {
    let mut payload = vec![USER_DATA_UNREGISTERED as u8, PAYLOAD as u8];
    payload.extend_from_slice(&UUID);
    payload.extend_from_slice(&time_ns.to_be_bytes());
    payload.push(0x80); // the stop bit
    let mut unit = vec![NAL_SEI_HEADER];
    escape(&payload, &mut unit);
    let mut out = Vec::with_capacity(4 + unit.len());
    out.extend_from_slice(&(unit.len() as u32).to_be_bytes());
    out.extend_from_slice(&unit);
    out
}

/// Where in an access unit (AVC form, `length_size` bytes of length each) an SEI belongs: before the
/// first coded slice, in bytes. The end, if there is no slice.
pub fn place(avcc_access_unit: &[u8], length_size: usize) -> usize {
    let mut at = 0;
    for unit in Units::new(avcc_access_unit, length_size) {
        if unit.first().is_some_and(|b| (1..=5).contains(&(b & 0x1f))) {
            return at;
        }
        at += length_size + unit.len();
    }
    avcc_access_unit.len()
}

/// The house time stamped on an access unit in AVC form, whose NAL units each follow their length in
/// `length_size` bytes (1 to 4). `None` if there is no stamp or the bytes make no sense.
pub fn read(avcc_access_unit: &[u8], length_size: usize) -> Option<House> {
    Units::new(avcc_access_unit, length_size)
        .filter(|unit| unit.first().is_some_and(|b| b & 0x1f == NAL_SEI))
        .find_map(|unit| find_in_sei(&unescape(&unit[1..])))
}

/// The NAL units of an access unit; ends at the first length that leads out of it.
struct Units<'a> {
    rest: &'a [u8],
    length_size: usize,
}

impl<'a> Units<'a> {
    fn new(access_unit: &'a [u8], length_size: usize) -> Self {
        let valid = (1..=4).contains(&length_size);
        Self {
            rest: if valid { access_unit } else { &[] },
            length_size,
        }
    }
}

impl<'a> Iterator for Units<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let (length, rest) = self.rest.split_at_checked(self.length_size)?;
        let length = length
            .iter()
            .fold(0usize, |sum, b| sum << 8 | usize::from(*b));
        let (unit, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(unit)
    }
}

/// Looks through the messages of one SEI unit (H.264, 7.3.2.3.1) without its header.
fn find_in_sei(mut rest: &[u8]) -> Option<House> {
    loop {
        let kind = sei_number(&mut rest)?;
        let size = sei_number(&mut rest)?;
        let (payload, after) = rest.split_at_checked(size)?;
        if kind == USER_DATA_UNREGISTERED
            && let Some(time) = payload.strip_prefix(&UUID)
            && let Some(time) = time.first_chunk::<8>()
        {
            return Some(House::from_be_bytes(*time));
        }
        rest = after;
    }
}

/// A number as SEI writes it: bytes of 255 and a last one, added up.
fn sei_number(rest: &mut &[u8]) -> Option<usize> {
    let mut sum = 0;
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        sum += usize::from(*byte);
        if *byte != 255 {
            return Some(sum);
        }
    }
}

/// Puts a 3 where two zeros would be followed by a byte up to 3 (H.264, 7.4.1.1).
fn escape(payload: &[u8], out: &mut Vec<u8>) {
    let mut zeros = 0;
    for byte in payload {
        if zeros >= 2 && *byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        out.push(*byte);
    }
}

/// The reverse of [`escape`].
fn unescape(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for byte in unit {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(length_size: usize, bytes: &[u8]) -> Vec<u8> {
        let mut out = (bytes.len() as u32).to_be_bytes()[4 - length_size..].to_vec();
        out.extend_from_slice(bytes);
        out
    }

    #[test]
    fn the_stamp_is_a_valid_unit() {
        let stamp = stamp(0);
        assert_eq!(
            u32::from_be_bytes(stamp[..4].try_into().unwrap()) as usize,
            stamp.len() - 4
        );
        // Header, type 5, 24 bytes; eight zeros need three escapes; the stop bit ends it.
        assert_eq!(stamp[4..7], [6, 5, 24]);
        assert_eq!(stamp.len(), 4 + 1 + 2 + 24 + 3 + 1);
        assert_eq!(stamp.last(), Some(&0x80));
        assert_eq!(read(&stamp, 4), Some(0));
    }

    #[test]
    fn found_among_other_units_and_messages() {
        let mut au = unit(4, &[9, 0xf0]); // access unit delimiter
        au.extend(unit(4, &[0x67, 1, 2, 3]));
        au.extend(unit(4, &[6, 1, 2, 0xaa, 0xbb, 5, 17, 1, 2, 3]));
        let at = au.len();
        au.extend(unit(4, &[0x65, 9, 9, 9]));
        assert_eq!(read(&au, 4), None);
        assert_eq!(place(&au, 4), at);
        au.splice(at..at, stamp(-5));
        assert_eq!(read(&au, 4), Some(-5));
        // A second message in a unit, after one whose size takes two bytes.
        let mut sei = vec![6, 5, 255, 10];
        sei.extend([1; 265]);
        sei.extend(&stamp(77)[5..]);
        for length_size in 2..=4 {
            assert_eq!(read(&unit(length_size, &sei), length_size), Some(77));
        }
    }

    #[test]
    fn a_slice_that_looks_like_a_stamp_is_none() {
        let mut slice = stamp(1)[4..].to_vec();
        slice[0] = 0x65;
        assert_eq!(read(&unit(4, &slice), 4), None);
    }

    proptest! {
        #[test]
        fn what_is_stamped_is_read(time in any::<i64>(), mask in any::<i64>()) {
            for time in [time, time & mask, time & mask & 0xff, i64::from(time as i8)] {
                let stamp = stamp(time);
                prop_assert_eq!(read(&stamp, 4), Some(time));
                // No start code may be seen inside.
                prop_assert!(!stamp[4..].windows(3).any(|w| w[0] == 0 && w[1] == 0 && w[2] < 3));
            }
        }

        #[test]
        fn escaping_can_be_undone(bytes in prop::collection::vec(0u8..5, 0..60)) {
            let mut escaped = Vec::new();
            escape(&bytes, &mut escaped);
            prop_assert!(!escaped.windows(3).any(|w| w[0] == 0 && w[1] == 0 && w[2] < 3));
            prop_assert_eq!(unescape(&escaped), bytes);
        }

        #[test]
        fn rubbish_is_no_stamp(bytes in prop::collection::vec(any::<u8>(), 0..200), size in 0usize..9) {
            prop_assert_eq!(read(&bytes, size), None);
            prop_assert!(place(&bytes, size) <= bytes.len());
        }

        #[test]
        fn a_cut_or_flipped_stamp_never_panics(cut in 0usize..40, at in 0usize..34, bits in any::<u8>()) {
            let mut bytes = stamp(0);
            bytes[at] ^= bits;
            bytes.truncate(cut);
            let _ = read(&bytes, 4);
        }
    }
}
