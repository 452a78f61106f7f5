//! A short number that stands for many bytes: to tell one thing from another, never to keep a secret.

/// The 64-bit FNV-1a hash (RFC 9923), taken piece by piece: the same for everybody, which the standard
/// library's is not.
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// Of these bytes alone.
    pub fn of(bytes: &[u8]) -> u64 {
        let mut digest = Self::default();
        digest.take(bytes);
        digest.value()
    }

    /// Takes further bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    }

    /// Of all that was taken.
    pub fn value(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_fnv_1a_whole_or_in_pieces() {
        // The reference values of the hash's authors.
        assert_eq!(Digest::of(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(Digest::of(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(Digest::of(b"foobar"), 0x8594_4171_f739_67e8);
        let mut pieces = Digest::default();
        pieces.take(b"foo");
        pieces.take(b"bar");
        assert_eq!(pieces.value(), Digest::of(b"foobar"));
    }
}
