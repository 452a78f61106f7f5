//! A picture as a title: drawn by a template that holds nothing else.

use std::path::Path;

/// The text of a template that shows this picture in a part of the program, as big as it fits there.
///
/// # Errors
/// Its path is no text.
pub fn svg_of(
    path: &Path,
    (left, top, width, height): (f64, f64, f64, f64),
) -> Result<String, String> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or("its name is no text")?;
    let mut escaped = String::new();
    for c in name.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    let (wide, high) = (1920.0, 1080.0);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" \
         height=\"{high}\" preserveAspectRatio=\"none\"><image x=\"{}\" y=\"{}\" width=\"{}\" \
         height=\"{}\" href=\"{escaped}\" preserveAspectRatio=\"xMidYMid meet\"/></svg>",
        left * wide,
        top * high,
        width * wide,
        height * high
    ))
}
