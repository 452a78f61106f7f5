//! What every source's decoded picture and sound go through: to house format, and out at an appsink.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;

use super::feed::{Feed, Pacing};
use super::pace::StreamKind;
use super::pipeline::SourceError;
use super::transparent;
use crate::media::SAMPLE_RATE;
use crate::show::Format;

/// House format of pictures, at any rate.
pub(super) fn picture_caps(format: Format) -> gst::Caps {
    gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", format.width as i32)
        .field("height", format.height as i32)
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .field("interlace-mode", "progressive")
        .field("colorimetry", "bt709")
        .build()
}

/// House format of sound, but for its channels: those are brought to stereo behind the pipeline.
pub(super) fn sound_caps() -> gst::Caps {
    gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", SAMPLE_RATE as i32)
        .build()
}

/// Makes an element, naming what to install where it is missing.
pub(super) fn make(name: &str) -> Result<gst::Element, SourceError> {
    gst::ElementFactory::make(name)
        .build()
        .map_err(|_| SourceError::MissingElement(name.to_owned()))
}

/// Adds a chain for pictures to the pipeline and gives its head. Each element of it does nothing and
/// costs nothing for pictures that need nothing done.
pub(super) fn add_picture_chain(
    pipeline: &gst::Pipeline,
    feed: &Arc<Feed>,
    pacing: Pacing,
    format: Format,
) -> Result<gst::Pad, SourceError> {
    let (head, filter) = add_house_format(pipeline, format)?;
    let sink = app_sink(pacing);
    let (callback_feed, end_feed) = (feed.clone(), feed.clone());
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| callback_feed.picture(sink))
            .eos(move |_| end_feed.ended(StreamKind::Picture))
            .build(),
    );
    tell_flushes(sink.upcast_ref(), feed, StreamKind::Picture);
    offer_video_meta(sink.upcast_ref());
    pipeline.add(&sink)?;
    filter.link(&sink)?;
    sink.sync_state_with_parent()?;
    drop_flood(&head, feed);
    Ok(head)
}

/// Adds what makes house format, or RGBA, of pictures of any kind; gives its head and its last element. RGBA
/// comes of pictures with alpha, and is [`super::transparent`]'s to bring to the house.
pub(super) fn add_house_format(
    pipeline: &gst::Pipeline,
    format: Format,
) -> Result<(gst::Pad, gst::Element), SourceError> {
    // Those behind take some formats as they are and refuse others.
    let usable = make("videoconvert")?;
    let between = make("capsfilter")?;
    let deinterlace = make("deinterlace")?;
    let flip = make("videoflip")?;
    // Set to `auto` from the start it copies each picture that needs no turn; when it is turned away
    // from something else, it sees that there is nothing to do.
    flip.set_property_from_str("video-direction", "90r");
    flip.set_property_from_str("video-direction", "auto");
    let convert = make("videoconvertscale")?;
    convert.set_property("add-borders", true);
    let filter = make("capsfilter")?;
    filter.set_property("caps", picture_caps(format));
    let elements = [&usable, &between, &deinterlace, &flip, &convert, &filter];
    let head = link(pipeline, &elements)?;
    let ways = [between.downgrade(), filter.downgrade()];
    head.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if let Some(gst::EventView::Caps(event)) = info.event().map(|event| event.view())
            && let Ok(video) = gst_video::VideoInfo::from_caps(event.caps())
        {
            // From one YCbCr to another, of eight bits, GStreamer's converter makes every alpha 0 or 255;
            // to RGB it does not.
            let caps = match video.has_alpha() {
                true => [transparent::caps(), transparent::caps()],
                false => [gst::Caps::new_any(), picture_caps(format)],
            };
            for (way, caps) in ways.iter().zip(caps) {
                if let Some(way) = way.upgrade()
                    && way.property::<gst::Caps>("caps") != caps
                {
                    way.set_property("caps", caps);
                }
            }
        }
        gst::PadProbeReturn::Ok
    });
    Ok((head, filter))
}

/// Adds a chain for sound to the pipeline and gives its head.
pub(super) fn add_sound_chain(
    pipeline: &gst::Pipeline,
    feed: &Arc<Feed>,
    pacing: Pacing,
) -> Result<gst::Pad, SourceError> {
    let convert = make("audioconvert")?;
    let resample = make("audioresample")?;
    let filter = gst::ElementFactory::make("capsfilter")
        .property("caps", sound_caps())
        .build()
        .map_err(|_| SourceError::MissingElement("capsfilter".into()))?;
    let sink = app_sink(pacing);
    let (callback_feed, end_feed) = (feed.clone(), feed.clone());
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| callback_feed.sound(sink))
            .eos(move |_| end_feed.ended(StreamKind::Sound))
            .build(),
    );
    tell_flushes(sink.upcast_ref(), feed, StreamKind::Sound);
    link(pipeline, &[&convert, &resample, &filter, sink.upcast_ref()])
}

fn app_sink(pacing: Pacing) -> gst_app::AppSink {
    gst_app::AppSink::builder()
        .sync(false)
        .max_buffers(2)
        // A paced source is meant to wait; a live one must never be held up.
        .drop(pacing == Pacing::Live)
        .enable_last_sample(false)
        .build()
}

fn link(pipeline: &gst::Pipeline, elements: &[&gst::Element]) -> Result<gst::Pad, SourceError> {
    pipeline.add_many(elements.iter().copied())?;
    gst::Element::link_many(elements.iter().copied())?;
    // From the sink up, so that no data meets an element that is not ready for it.
    for element in elements.iter().rev() {
        element.sync_state_with_parent()?;
    }
    elements[0]
        .static_pad("sink")
        .ok_or_else(|| SourceError::MissingElement("sink pad".into()))
}

/// Tells the feed when a seek has taken away what was on its way to this sink.
fn tell_flushes(sink: &gst::Element, feed: &Arc<Feed>, kind: StreamKind) {
    let Some(pad) = sink.static_pad("sink") else {
        return;
    };
    let feed = feed.clone();
    pad.add_probe(gst::PadProbeType::EVENT_FLUSH, move |_, info| {
        if let Some(event) = info.event()
            && event.type_() == gst::EventType::FlushStop
        {
            feed.flushed(kind);
        }
        gst::PadProbeReturn::Ok
    });
}

/// Tells the decoder that padded rows are welcome. An appsink answers nothing to that question, and
/// a decoder left without an answer copies each picture into unpadded rows.
fn offer_video_meta(sink: &gst::Element) {
    let Some(pad) = sink.static_pad("sink") else {
        return;
    };
    pad.add_probe(gst::PadProbeType::QUERY_DOWNSTREAM, |_, info| {
        if let Some(query) = info.query_mut()
            && let gst::QueryViewMut::Allocation(allocation) = query.view_mut()
        {
            allocation.add_allocation_meta::<gst_video::VideoMeta>(None);
            return gst::PadProbeReturn::Handled;
        }
        gst::PadProbeReturn::Ok
    });
}

/// Drops pictures that come at more than twice the program's rate before they are converted: none of
/// them could be shown.
fn drop_flood(head: &gst::Pad, feed: &Arc<Feed>) {
    let (num, den) = feed.keep_rate();
    let last = AtomicI64::new(i64::MIN);
    head.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let Some((pts, begins)) = info.buffer().and_then(|buffer| {
            let begins = buffer.flags().contains(gst::BufferFlags::DISCONT);
            Some((buffer.pts()?, begins))
        }) else {
            return gst::PadProbeReturn::Ok;
        };
        // Rounded to the nearest, so that an exact cadence of twice the rate keeps every picture.
        let unit = den as i128 * 1_000_000_000;
        let slot = ((pts.nseconds() as i128 * num as i128 + unit / 2) / unit) as i64;
        // The first picture after a seek may carry the time of the last before it.
        if last.swap(slot, Ordering::Relaxed) == slot && !begins {
            // Taken and dropped here: the bindings' way of `Drop` ends in a complaint of GStreamer's.
            drop(info.take_buffer());
            gst::PadProbeReturn::Handled
        } else {
            gst::PadProbeReturn::Ok
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::input::feed::{Ends, Vitals};
    use crate::input::{Slot, slot, sound_ring};
    use crate::media::{HouseClock, Picture};

    /// A chain behind an `appsrc` by which the test gives pictures, and the tick's end of it.
    struct Bench {
        source: gst_app::AppSrc,
        pipeline: gst::Pipeline,
        slot: Slot,
        clock: HouseClock,
        given: u64,
    }

    impl Bench {
        fn start(format: Format) -> Self {
            crate::media::start_gstreamer().unwrap();
            let (pictures, slot) = slot(format.rate);
            let (sound, _) = sound_ring();
            let clock = HouseClock::start();
            let feed = Feed::new(
                clock,
                Pacing::Live,
                format,
                Arc::new(Vitals::new(0)),
                Arc::new(Mutex::new(Ends { pictures, sound })),
                false,
                None,
            );
            let pipeline = gst::Pipeline::new();
            let source = gst_app::AppSrc::builder().format(gst::Format::Time).build();
            pipeline.add(&source).unwrap();
            let head = add_picture_chain(&pipeline, &feed, Pacing::Live, format).unwrap();
            source.static_pad("src").unwrap().link(&head).unwrap();
            pipeline.set_state(gst::State::Playing).unwrap();
            Self {
                source,
                pipeline,
                slot,
                clock,
                given: 0,
            }
        }

        fn turn(&self, orientation: &str) {
            let mut tags = gst::TagList::new();
            let list = tags.get_mut().unwrap();
            list.add::<gst::tags::ImageOrientation>(&orientation, gst::TagMergeMode::Replace);
            assert!(self.source.send_event(gst::event::Tag::new(tags)));
        }

        /// Gives pictures of which the left half is white and the right black until one that was
        /// given from now on has come through as it is wanted.
        fn shows(
            &mut self,
            size: (u32, u32),
            pixels: (i32, i32),
            wanted: impl Fn(&Picture) -> bool,
        ) {
            let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, size.0, size.1)
                .par(gst::Fraction::new(pixels.0, pixels.1))
                .fps(gst::Fraction::new(30, 1))
                .build()
                .unwrap();
            self.source.set_caps(Some(&info.to_caps().unwrap()));
            let width = size.0 as usize;
            let stride = info.stride()[0] as usize;
            let mut bytes = vec![128u8; info.size()];
            for row in bytes[..info.offset()[1]].chunks_mut(stride) {
                row.fill(16);
                row[..width / 2].fill(235);
            }
            let patience = Instant::now() + Duration::from_secs(20);
            while Instant::now() < patience {
                let mut buffer = gst::Buffer::from_slice(bytes.clone());
                let stamp = gst::ClockTime::from_nseconds(self.given * 1_000_000_000 / 30);
                buffer.get_mut().unwrap().set_pts(stamp);
                self.given += 1;
                self.source.push_buffer(buffer).unwrap();
                self.clock.sleep_until(self.clock.now() + 33_000_000);
                let shown = self.slot.at(self.clock.now(), 33_333_333);
                if shown.is_some_and(&wanted) {
                    return;
                }
            }
            panic!("{size:?} with pixels of {pixels:?} is never shown as it should be");
        }
    }

    impl Drop for Bench {
        fn drop(&mut self) {
            self.pipeline.set_state(gst::State::Null).ok();
        }
    }

    /// Whether these points, in parts of the picture, are white or black.
    fn points(picture: &Picture, wanted: &[(f64, f64, bool)]) -> bool {
        let plane = picture.plane(0);
        wanted.iter().all(|&(x, y, white)| {
            let row = plane.row((y * plane.height as f64) as usize);
            let luma = row[(x * plane.width as f64) as usize];
            if white { luma > 200 } else { luma < 40 }
        })
    }

    #[test]
    fn size_pixel_aspect_and_turn_may_change_from_one_picture_to_the_next() {
        let format = Format {
            width: 160,
            height: 90,
            ..Format::default()
        };
        let mut bench = Bench::start(format);
        let whole = |p: &Picture| {
            points(
                p,
                &[(0.02, 0.5, true), (0.48, 0.1, true), (0.55, 0.5, false)],
            )
        };
        bench.shows((160, 90), (1, 1), whole);
        bench.shows((320, 180), (1, 1), whole);
        // 4:3: bars at both sides, white from an eighth to the middle.
        let narrow = |p: &Picture| {
            points(
                p,
                &[(0.06, 0.5, false), (0.16, 0.1, true), (0.55, 0.5, false)],
            )
        };
        bench.shows((120, 90), (1, 1), narrow);
        // As many pixels, but wide ones.
        bench.shows((120, 90), (4, 3), whole);
        // 2:1: bars above and below.
        let flat = |p: &Picture| {
            points(
                p,
                &[(0.02, 0.02, false), (0.02, 0.5, true), (0.02, 0.97, false)],
            )
        };
        bench.shows((160, 80), (1, 1), flat);
        // Turned clockwise, the left half is the upper one of a narrow picture.
        bench.turn("rotate-90");
        let upright = |p: &Picture| {
            points(
                p,
                &[
                    (0.5, 0.1, true),
                    (0.5, 0.9, false),
                    (0.2, 0.1, false),
                    (0.45, 0.4, true),
                ],
            )
        };
        bench.shows((160, 90), (1, 1), upright);
        bench.turn("rotate-180");
        let turned = |p: &Picture| points(p, &[(0.02, 0.5, false), (0.97, 0.1, true)]);
        bench.shows((160, 90), (1, 1), turned);
        bench.turn("rotate-0");
        bench.shows((160, 90), (1, 1), whole);
    }
}
