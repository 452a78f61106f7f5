//! Functions that are compiled a second time for processors with AVX2, whose instructions work on all
//! eight lanes at once; which of the two runs is found at run time. Nothing is fused or put in another
//! order: both give the same bits.

/// Defines such a function.
macro_rules! wide {
    (
        $(#[$doc:meta])*
        $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? $body:block
    ) => {
        $(#[$doc])*
        $vis fn $name($($arg: $type),*) $(-> $out)? {
            #[inline(always)]
            fn plain($($arg: $type),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($arg: $type),*) $(-> $out)? {
                    plain($($arg),*)
                }
                if $crate::audio::wide::is_wide() {
                    // SAFETY: the processor has AVX2, which is all that the function asks for.
                    return unsafe { avx2($($arg),*) };
                }
            }
            plain($($arg),*)
        }
    };
}

pub(super) use wide;

/// Whether this processor has AVX2.
#[cfg(target_arch = "x86_64")]
pub(super) fn is_wide() -> bool {
    #[cfg(test)]
    if NARROW.get() {
        return false;
    }
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(all(test, target_arch = "x86_64"))]
thread_local! {
    /// Has this thread work as on a processor without it.
    pub(super) static NARROW: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}
