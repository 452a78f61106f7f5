//! regie's own wipes are drawn by a program, so that they can be mended and added to. Run with
//! `REGIE_DRAW=1` to draw them anew into `assets/wipes/`; without, it is seen that they are as drawn.

mod draw;

use std::fs;
use std::path::PathBuf;

use draw::Drawing;
use regie::show::{BUILT_IN_WIPES, read_wipe};
use regie::video::WipePicture;

fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/wipes");
    folder.join(format!("{name}.png"))
}

fn encoded(drawing: &Drawing) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = drawing.size;
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::Adaptive);
    let data: Vec<u8> = drawing
        .greys
        .iter()
        .flat_map(|grey| grey.to_be_bytes())
        .collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&data)
        .unwrap();
    bytes
}

fn decoded(bytes: &[u8]) -> ((usize, usize), Vec<u16>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    assert_eq!(info.bit_depth, png::BitDepth::Sixteen);
    let greys = data
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    ((info.width as usize, info.height as usize), greys.collect())
}

#[test]
fn the_wipes_are_as_they_are_drawn() {
    let drawings = draw::all();
    let names: Vec<&str> = drawings.iter().map(|drawing| drawing.name).collect();
    assert_eq!(names, BUILT_IN_WIPES);
    for drawing in &drawings {
        if std::env::var_os("REGIE_DRAW").is_some() {
            fs::write(file(drawing.name), encoded(drawing)).unwrap();
            continue;
        }
        let (size, greys) = decoded(&fs::read(file(drawing.name)).unwrap());
        assert_eq!(size, drawing.size, "{}", drawing.name);
        // Another mathematics library rounds otherwise, and at an edge that may be a whole step.
        let off = greys
            .iter()
            .zip(&drawing.greys)
            .filter(|(a, b)| a.abs_diff(**b) > 8)
            .count();
        assert!(
            off * 1000 <= greys.len(),
            "{}: {off} pixels are others",
            drawing.name
        );
    }
}

#[test]
fn every_wipe_goes_from_black_to_white_and_leaves_nothing_for_long() {
    for drawing in draw::all() {
        let (least, most) = (drawing.greys.iter().min(), drawing.greys.iter().max());
        assert_eq!((least, most), (Some(&0), Some(&65535)), "{}", drawing.name);
        // In each eighth of its way some of the picture changes.
        for eighth in 0..8u32 {
            let range = eighth * 8192..(eighth + 1) * 8192;
            let part = drawing
                .greys
                .iter()
                .filter(|grey| range.contains(&u32::from(**grey)));
            let share = part.count() as f64 / drawing.greys.len() as f64;
            assert!(
                share > 0.002,
                "{}: {share} in eighth {eighth}",
                drawing.name
            );
        }
    }
}

#[test]
fn the_program_holds_the_same_pictures() {
    for name in BUILT_IN_WIPES {
        let own = read_wipe(&[], name).unwrap();
        assert_eq!(*own, fs::read(file(name)).unwrap(), "{name}");
        let (width, height) = WipePicture::decode(&own).unwrap().size();
        assert_eq!(width * 9, height * 16, "{name}");
    }
}
