// Monitor pictures on the desk: I420, BT.709, limited range, to gamma-encoded RGB.
//
// egui blends in gamma space, so R'G'B' goes out as it is; only a target that encodes by itself
// (an sRGB format) is given linear light. Coefficients: ITU-R BT.709-6, items 3.3 and 3.4.

@group(0) @binding(0) var luma: texture_2d<f32>;
@group(0) @binding(1) var blue: texture_2d<f32>;
@group(0) @binding(2) var red: texture_2d<f32>;
@group(0) @binding(3) var linear_sampler: sampler;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) uv: vec2<f32>,
};

// A strip of two triangles that fills the viewport, which egui sets to the monitor's rectangle.
@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
    let uv = vec2<f32>(f32(index & 1u), f32(index >> 1u));
    var out: Corner;
    out.position = vec4<f32>(uv.x * 2.0 - 1.0, 1.0 - uv.y * 2.0, 0.0, 1.0);
    out.uv = uv;
    return out;
}

fn picture(uv: vec2<f32>) -> vec3<f32> {
    // Chroma is sited on the even luma columns (MPEG-2), half a luma pixel left of a chroma
    // pixel's middle.
    let width = f32(textureDimensions(luma).x);
    let chroma_uv = uv + vec2<f32>(0.5 / width, 0.0);
    let y = (textureSample(luma, linear_sampler, uv).r * 255.0 - 16.0) / 219.0;
    let cb = (textureSample(blue, linear_sampler, chroma_uv).r * 255.0 - 128.0) / 224.0;
    let cr = (textureSample(red, linear_sampler, chroma_uv).r * 255.0 - 128.0) / 224.0;
    let rgb = vec3<f32>(y + 1.5748 * cr, y - 0.1873 * cb - 0.4681 * cr, y + 1.8556 * cb);
    return clamp(rgb, vec3<f32>(0.0), vec3<f32>(1.0));
}

// The usual target.
@fragment
fn gamma_target(in: Corner) -> @location(0) vec4<f32> {
    return vec4<f32>(picture(in.uv), 1.0);
}

// A target that encodes sRGB by itself: undo that encoding first (IEC 61966-2-1).
@fragment
fn srgb_target(in: Corner) -> @location(0) vec4<f32> {
    let encoded = picture(in.uv);
    let low = encoded / 12.92;
    let high = pow((encoded + 0.055) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, encoded < vec3<f32>(0.04045)), 1.0);
}
