//! Filled rectangles, drawn all at once under everything else of a frame.
//!
//! Most of the window's pixels are panels and buttons of one colour. Through egui's shader each of
//! them costs a filtered texture sample, which makes a window drawn by the processor eat a whole
//! core; through this one, next to nothing. What must lie over a picture or a text is no fill of
//! this kind.

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui_wgpu::{self, CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};
use egui::{Color32, Id, Order, Rect, Ui};

use super::pipeline;

/// Bytes of one rectangle in the vertex buffer.
const STRIDE: usize = 32;

#[derive(Clone, Copy, Debug)]
struct Fill {
    rect: Rect,
    radius: f32,
    colour: Color32,
}

type Sink = Arc<Mutex<Vec<Fill>>>;

/// Each window has its own.
fn sink_id(ui: &Ui) -> Id {
    Id::unique(("fills", ui.ctx().viewport_id()))
}

/// Begins a frame of the window, in points: from here on [`fill`] collects, and what it collects is
/// drawn now, under what comes later. `format` is the window's; without one, fills go through egui.
pub fn begin(ui: &Ui, window: Rect, format: Option<wgpu::TextureFormat>) {
    let Some(format) = format else { return };
    let id = sink_id(ui);
    let sink: Sink = ui
        .ctx()
        .data_mut(|data| Arc::clone(data.get_temp_mut_or_default::<Sink>(id)));
    sink.lock().unwrap_or_else(PoisonError::into_inner).clear();
    ui.painter().add(egui_wgpu::Callback::new_paint_callback(
        window,
        Paint { sink, format },
    ));
}

/// Fills a rectangle, in points.
pub fn fill(ui: &Ui, rect: Rect, radius: u8, colour: Color32) {
    let id = sink_id(ui);
    let sink: Option<Sink> = ui.ctx().data(|data| data.get_temp(id));
    match sink {
        Some(sink) if ui.layer_id().order == Order::Background => {
            let rect = rect.intersect(ui.clip_rect());
            if rect.is_positive() {
                sink.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(Fill {
                        rect,
                        radius: f32::from(radius),
                        colour: colour.gamma_multiply(ui.painter().opacity()),
                    });
            }
        }
        _ => {
            ui.painter().rect_filled(rect, radius, colour);
        }
    }
}

/// A rectangle as the shader reads it: edges in clip space, half size and radius in pixels, colour.
fn encode(fill: &Fill, screen: &ScreenDescriptor) -> [u8; STRIDE] {
    let scale = screen.pixels_per_point;
    let [width, height] = screen.size_in_pixels.map(|n| n.max(1) as f32);
    // On whole pixels, so that straight edges are sharp.
    let px = |v: f32| (v * scale).round();
    let (left, right) = (px(fill.rect.left()), px(fill.rect.right()));
    let (top, bottom) = (px(fill.rect.top()), px(fill.rect.bottom()));
    let half = ((right - left) / 2.0, (bottom - top) / 2.0);
    let numbers = [
        left / width * 2.0 - 1.0,
        1.0 - top / height * 2.0,
        right / width * 2.0 - 1.0,
        1.0 - bottom / height * 2.0,
        half.0,
        half.1,
        (fill.radius * scale).min(half.0).min(half.1),
    ];
    let mut bytes = [0; STRIDE];
    for (place, number) in bytes.chunks_exact_mut(4).zip(numbers) {
        place.copy_from_slice(&number.to_ne_bytes());
    }
    bytes[STRIDE - 4..].copy_from_slice(&fill.colour.to_array());
    bytes
}

struct Paint {
    sink: Sink,
    format: wgpu::TextureFormat,
}

impl CallbackTrait for Paint {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let fills = resources
            .entry::<Fills>()
            .or_insert_with(|| Fills::new(device, self.format));
        let bytes: Vec<u8> = self
            .sink
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .flat_map(|fill| encode(fill, screen))
            .collect();
        fills.upload(device, queue, &bytes);
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        if let Some(fills) = resources.get::<Fills>()
            && fills.count > 0
        {
            pass.set_pipeline(&fills.pipeline);
            pass.set_vertex_buffer(0, fills.buffer.slice(..));
            pass.draw(0..4, 0..fills.count);
        }
    }
}

/// The pipeline and the rectangles of this frame.
struct Fills {
    pipeline: wgpu::RenderPipeline,
    buffer: wgpu::Buffer,
    count: u32,
}

impl Fills {
    fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let corner = wgpu::VertexBufferLayout {
            array_stride: STRIDE as wgpu::BufferAddress,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32x3, 2 => Unorm8x4],
        };
        let pipeline = pipeline::strip(
            device,
            "fill",
            include_str!("../../shaders/fill.wgsl"),
            &[],
            &[Some(corner)],
            wgpu::ColorTargetState {
                format,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: wgpu::ColorWrites::ALL,
            },
        );
        Self {
            pipeline,
            buffer: buffer(device, 512 * STRIDE as u64),
            count: 0,
        }
    }

    fn upload(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, bytes: &[u8]) {
        let size = bytes.len() as u64;
        if size > self.buffer.size() {
            self.buffer = buffer(device, size.next_power_of_two());
        }
        if size > 0 {
            queue.write_buffer(&self.buffer, 0, bytes);
        }
        self.count = (bytes.len() / STRIDE) as u32;
    }
}

fn buffer(device: &wgpu::Device, size: u64) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("fill"),
        size,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_rectangle_lands_on_whole_pixels_in_clip_space() {
        let fill = Fill {
            rect: Rect::from_min_max(pos2(0.2, 0.0), pos2(50.0, 10.0)),
            radius: 40.0,
            colour: Color32::from_rgb(1, 2, 3),
        };
        let screen = ScreenDescriptor {
            size_in_pixels: [200, 100],
            pixels_per_point: 2.0,
        };
        let bytes = encode(&fill, &screen);
        let numbers: Vec<f32> = bytes[..28]
            .chunks_exact(4)
            .map(|b| f32::from_ne_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        // 0.4 px is pixel 0; the radius is at most half the lower side.
        assert_eq!(numbers, [-1.0, 1.0, 0.0, 0.6, 50.0, 10.0, 10.0]);
        assert_eq!(bytes[28..], [1, 2, 3, 255]);
    }
}
