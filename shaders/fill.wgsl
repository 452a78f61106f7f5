// Filled rectangles with round corners: the desk's panels, buttons and meters.
//
// They cover most of the window. egui's own shader samples a texture for each of their pixels, which
// a processor that draws in place of a GPU pays for dearly; this one does next to nothing.
// Colours are gamma-encoded with premultiplied alpha, as egui's are.

struct Fill {
    // Left, top, right, bottom in clip space.
    @location(0) edges: vec4<f32>,
    // Half the width, half the height, and the radius of the corners, in pixels.
    @location(1) half_and_radius: vec3<f32>,
    @location(2) colour: vec4<f32>,
};

struct Corner {
    @builtin(position) position: vec4<f32>,
    // Pixels from the rectangle's middle.
    @location(0) from_middle: vec2<f32>,
    @location(1) @interpolate(flat) half_and_radius: vec3<f32>,
    @location(2) @interpolate(flat) colour: vec4<f32>,
};

@vertex
fn corner(@builtin(vertex_index) index: u32, fill: Fill) -> Corner {
    let at = vec2<f32>(f32(index & 1u), f32(index >> 1u));
    var out: Corner;
    out.position = vec4<f32>(mix(fill.edges.xy, fill.edges.zw, at), 0.0, 1.0);
    out.from_middle = (at * 2.0 - 1.0) * fill.half_and_radius.xy;
    out.half_and_radius = fill.half_and_radius;
    out.colour = fill.colour;
    return out;
}

// How much of a pixel lies inside, 0 to 1, from the distance to a rounded rectangle's edge
// (I. Quilez, "2D distance functions").
fn cover(in: Corner) -> f32 {
    let radius = in.half_and_radius.z;
    let q = abs(in.from_middle) - in.half_and_radius.xy + radius;
    let outside = length(max(q, vec2<f32>(0.0)));
    let inside = min(max(q.x, q.y), 0.0);
    return clamp(0.5 + radius - outside - inside, 0.0, 1.0);
}

// The usual target.
@fragment
fn gamma_target(in: Corner) -> @location(0) vec4<f32> {
    return in.colour * cover(in);
}

// A target that encodes sRGB by itself: undo that encoding first (IEC 61966-2-1).
@fragment
fn srgb_target(in: Corner) -> @location(0) vec4<f32> {
    let encoded = in.colour.rgb;
    let low = encoded / 12.92;
    let high = pow((encoded + 0.055) / 1.055, vec3<f32>(2.4));
    let linear = select(high, low, encoded < vec3<f32>(0.04045));
    return vec4<f32>(linear, in.colour.a) * cover(in);
}
