//! Monitor pictures on the GPU: three 8-bit textures a monitor, uploaded only when a new picture
//! came, and turned into RGB by the shader that draws them.

use std::{collections::HashMap, sync::Arc, time::Instant};

use eframe::egui_wgpu::{self, CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};

use super::{graphics::Graphics, pipeline};
use crate::door::{MonitorId, MonitorPicture};

/// Textures of a monitor that was not drawn for so long are given back.
const KEEP_S: f32 = 5.0;

/// Draws a picture into a rectangle of the window, in points; nothing where there is nothing to
/// draw with.
pub fn shape(
    rect: egui::Rect,
    picture: Arc<MonitorPicture>,
    graphics: Graphics,
) -> Option<egui::Shape> {
    let paint = Paint {
        picture,
        format: graphics.format?,
        software: graphics.software,
        size: rect.size(),
    };
    Some(egui_wgpu::Callback::new_paint_callback(rect, paint).into())
}

/// Whether a picture holds what it says, so that it can be uploaded.
pub fn is_whole(picture: &MonitorPicture) -> bool {
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    pixels > 0
        && picture.width.is_multiple_of(2)
        && picture.height.is_multiple_of(2)
        && picture.data.len() as u64 == pixels * 3 / 2
}

struct Paint {
    picture: Arc<MonitorPicture>,
    format: wgpu::TextureFormat,
    /// The processor draws in place of a GPU.
    software: bool,
    /// Where it is drawn, in points.
    size: egui::Vec2,
}

impl Paint {
    /// A picture that has the size it is shown at spares such a processor the filter: it would cost
    /// four times as much and change next to nothing.
    fn filter(&self, scale: f32) -> Filter {
        let (width, height) = (self.picture.width as f32, self.picture.height as f32);
        let shown = self.size * scale;
        let is_exact = (shown.x - width).abs() < 2.5 && (shown.y - height).abs() < 2.5;
        if self.software && is_exact {
            Filter::Nearest
        } else {
            Filter::Linear
        }
    }
}

/// How a pixel is made of its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Nearest,
    Linear,
}

impl CallbackTrait for Paint {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let monitors = resources
            .entry::<Monitors>()
            .or_insert_with(|| Monitors::new(device, self.format));
        monitors.upload(device, queue, &self.picture);
        Vec::new()
    }

    fn paint(
        &self,
        info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        if let Some(monitors) = resources.get::<Monitors>()
            && let Some(textures) = monitors.textures.get(&self.picture.what)
        {
            pass.set_pipeline(&monitors.pipeline);
            let group = match self.filter(info.pixels_per_point) {
                Filter::Nearest => &textures.nearest,
                Filter::Linear => &textures.linear,
            };
            pass.set_bind_group(0, group, &[]);
            pass.draw(0..4, 0..1);
        }
    }
}

/// The pipeline and every monitor's textures.
struct Monitors {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    nearest: wgpu::Sampler,
    linear: wgpu::Sampler,
    textures: HashMap<MonitorId, Textures>,
}

struct Textures {
    size: (u32, u32),
    /// The program frame of the picture that is in the textures, to know it again.
    frame: u64,
    planes: [wgpu::Texture; 3],
    nearest: wgpu::BindGroup,
    linear: wgpu::BindGroup,
    used: Instant,
}

impl Monitors {
    fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let texture = |binding| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Texture {
                multisampled: false,
                sample_type: wgpu::TextureSampleType::Float { filterable: true },
                view_dimension: wgpu::TextureViewDimension::D2,
            },
            count: None,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("i420"),
            entries: &[
                texture(0),
                texture(1),
                texture(2),
                wgpu::BindGroupLayoutEntry {
                    binding: 3,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                    count: None,
                },
            ],
        });
        let pipeline = pipeline::strip(
            device,
            "i420",
            include_str!("../../shaders/i420.wgsl"),
            &[Some(&layout)],
            &[],
            format.into(),
        );
        let sampler = |filter| {
            device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("i420"),
                mag_filter: filter,
                min_filter: filter,
                ..wgpu::SamplerDescriptor::default()
            })
        };
        Self {
            pipeline,
            layout,
            nearest: sampler(wgpu::FilterMode::Nearest),
            linear: sampler(wgpu::FilterMode::Linear),
            textures: HashMap::new(),
        }
    }

    fn upload(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, picture: &MonitorPicture) {
        if !is_whole(picture) {
            return;
        }
        let now = Instant::now();
        self.textures
            .retain(|_, t| now.duration_since(t.used).as_secs_f32() < KEEP_S);
        let size = (picture.width, picture.height);
        match self.textures.get_mut(&picture.what) {
            Some(textures) if textures.size == size => {
                textures.used = now;
                if textures.frame != picture.frame {
                    textures.frame = picture.frame;
                    write(queue, &textures.planes, picture);
                }
            }
            _ => {
                let textures = self.textures_for(device, picture, now);
                write(queue, &textures.planes, picture);
                self.textures.insert(picture.what.clone(), textures);
            }
        }
    }

    fn textures_for(
        &self,
        device: &wgpu::Device,
        picture: &MonitorPicture,
        now: Instant,
    ) -> Textures {
        let planes = plane_sizes(picture).map(|(width, height)| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some("i420 plane"),
                size: extent(width, height),
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: wgpu::TextureFormat::R8Unorm,
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            })
        });
        let views = [0, 1, 2].map(|i: usize| planes[i].create_view(&Default::default()));
        let view = |binding: u32, view| wgpu::BindGroupEntry {
            binding,
            resource: wgpu::BindingResource::TextureView(view),
        };
        let bind_group = |sampler| {
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("i420"),
                layout: &self.layout,
                entries: &[
                    view(0, &views[0]),
                    view(1, &views[1]),
                    view(2, &views[2]),
                    wgpu::BindGroupEntry {
                        binding: 3,
                        resource: wgpu::BindingResource::Sampler(sampler),
                    },
                ],
            })
        };
        Textures {
            size: (picture.width, picture.height),
            frame: picture.frame,
            nearest: bind_group(&self.nearest),
            linear: bind_group(&self.linear),
            planes,
            used: now,
        }
    }
}

fn extent(width: u32, height: u32) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    }
}

/// Width and height of Y, U and V.
fn plane_sizes(picture: &MonitorPicture) -> [(u32, u32); 3] {
    let half = (picture.width / 2, picture.height / 2);
    [(picture.width, picture.height), half, half]
}

fn write(queue: &wgpu::Queue, planes: &[wgpu::Texture; 3], picture: &MonitorPicture) {
    let mut offset = 0;
    for (texture, (width, height)) in planes.iter().zip(plane_sizes(picture)) {
        queue.write_texture(
            texture.as_image_copy(),
            &picture.data,
            wgpu::TexelCopyBufferLayout {
                offset,
                bytes_per_row: Some(width),
                rows_per_image: Some(height),
            },
            extent(width, height),
        );
        offset += u64::from(width) * u64::from(height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_is_not_whole_is_not_drawn() {
        let picture = |width, height, bytes| MonitorPicture {
            what: MonitorId::Program,
            width,
            height,
            frame: 1,
            data: vec![0; bytes],
        };
        assert!(is_whole(&picture(16, 8, 192)));
        assert!(!is_whole(&picture(16, 8, 191)));
        assert!(!is_whole(&picture(15, 8, 180)));
        assert!(!is_whole(&picture(0, 0, 0)));
    }
}
