//! As much of EBML (RFC 8794) as mending a Matroska file takes: heads of elements, and writing.

/// The head of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The element's ID with its marker bit, as the standards write it.
    pub id: u32,
    /// Bytes of its content; `None` where it is left open.
    pub size: Option<u64>,
    /// Bytes of the ID.
    pub id_length: usize,
    /// Bytes of the size.
    pub size_length: usize,
}

/// Bytes of the longest head that is read.
pub const HEAD: usize = 12;

impl Head {
    /// The head at the front of `bytes`; `None` if there is none or it is not whole.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let first = *bytes.first()?;
        let id_length = first.leading_zeros() as usize + 1;
        if id_length > 4 {
            return None;
        }
        let id = unsigned(bytes.get(..id_length)?) as u32;
        let (size, size_length) = number(&bytes[id_length..])?;
        Some(Self {
            id,
            size,
            id_length,
            size_length,
        })
    }

    /// Bytes of the head.
    pub fn length(&self) -> usize {
        self.id_length + self.size_length
    }
}

/// A number of variable length, and its bytes; `None` inside where all its bits are set.
pub fn number(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let all = u64::MAX >> (64 - 7 * length);
    let value = unsigned(bytes.get(..length)?) & all;
    Some(((value != all).then_some(value), length))
}

/// An unsigned number as an element holds it: big end first, the last eight bytes.
pub fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, b| sum << 8 | u64::from(*b))
}

/// The children of an element whose content is `bytes`: ID, where the content begins, content. Ends
/// where something is not whole.
pub fn children(bytes: &[u8]) -> impl Iterator<Item = (u32, usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let head = Head::parse(bytes.get(at..)?)?;
        let begin = at + head.length();
        let end = begin.checked_add(usize::try_from(head.size?).ok()?)?;
        let content = bytes.get(begin..end)?;
        at = end;
        Some((head.id, begin, content))
    })
}

/// A size in `length` bytes, 1 to 8; `None` if it does not fit.
pub fn size(value: u64, length: usize) -> Option<Vec<u8>> {
    // All bits set would say that the size is open.
    let all = u64::MAX >> (64 - 7 * length);
    (value < all).then(|| {
        let marked = value | (all + 1);
        marked.to_be_bytes()[8 - length..].to_vec()
    })
}

/// A whole element.
pub fn element(id: u32, content: &[u8]) -> Vec<u8> {
    let length = content.len() as u64;
    let mut out = id_bytes(id);
    // No content in memory is as long as 2^56 bytes, so some length fits.
    out.extend((1..=8).find_map(|n| size(length, n)).unwrap_or_default());
    out.extend_from_slice(content);
    out
}

/// An element that holds an unsigned number.
pub fn uint(id: u32, value: u64) -> Vec<u8> {
    let skip = (value.leading_zeros() as usize / 8).min(7);
    element(id, &value.to_be_bytes()[skip..])
}

/// The head of an element that is to be passed over, for `total` bytes with its head (2 or more).
/// What follows it needs no change.
pub fn void_head(total: u64) -> Option<Vec<u8>> {
    [1, 8]
        .into_iter()
        .find_map(|n| Some((n, size(total.checked_sub(1 + n as u64)?, n)?)))
        .map(|(_, size)| [&[VOID as u8], size.as_slice()].concat())
}

/// To be passed over.
pub const VOID: u32 = 0xec;

fn id_bytes(id: u32) -> Vec<u8> {
    let skip = (id.leading_zeros() as usize / 8).min(3);
    id.to_be_bytes()[skip..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn heads_are_read() {
        let head = Head::parse(&[0x1a, 0x45, 0xdf, 0xa3, 0x01, 0, 0, 0, 0, 0, 0, 0x14]).unwrap();
        assert_eq!(
            (head.id, head.size, head.length()),
            (0x1a45_dfa3, Some(20), 12)
        );
        let open = Head::parse(&[
            0x1f, 0x43, 0xb6, 0x75, 0x01, 255, 255, 255, 255, 255, 255, 255,
        ]);
        assert_eq!(open.unwrap().size, None);
        assert_eq!(Head::parse(&[0xa3, 0xff]).unwrap().size, None);
        assert_eq!(Head::parse(&[0xa3, 0x40]), None);
        assert_eq!(Head::parse(&[0, 0]), None);
        assert_eq!(Head::parse(&[0x08, 0, 0, 0, 0, 0x81]), None);
    }

    #[test]
    fn voids_have_the_length_asked_for() {
        for total in [2, 3, 127, 128, 129, 200, 1 << 40] {
            let head = void_head(total).unwrap();
            let read = Head::parse(&head).unwrap();
            assert_eq!(read.id, VOID);
            assert_eq!(read.length() as u64 + read.size.unwrap(), total);
        }
        assert_eq!(void_head(1), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            id in prop::sample::select(vec![0xecu32, 0x4dbb, 0x2a_d7b1, 0x1043_a770]),
            content in prop::collection::vec(any::<u8>(), 0..400),
            value in any::<u64>(), shift in 0u32..64,
        ) {
            let written = element(id, &content);
            let got: Vec<_> = children(&written).collect();
            prop_assert_eq!(got, vec![(id, written.len() - content.len(), content.as_slice())]);
            let value = value >> shift;
            let written = uint(id, value);
            let read = children(&written).next().map(|(_, _, bytes)| unsigned(bytes));
            prop_assert_eq!(read, Some(value));
            for length in 1..=8 {
                match size(value, length) {
                    Some(bytes) => prop_assert_eq!(number(&bytes), Some((Some(value), length))),
                    None => prop_assert!(value >= (1 << (7 * length)) - 1),
                }
            }
        }

        #[test]
        fn rubbish_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = Head::parse(&bytes);
            let _ = children(&bytes).count();
        }
    }
}
