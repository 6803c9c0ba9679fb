//! Addresses as QR codes.

use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};

/// How many pixels a module of the PNG picture has: a printed label of 3 cm stays sharp.
const PIXELS: usize = 8;
/// How many modules of white surround it, as ISO/IEC 18004 wants.
const QUIET: usize = 4;

/// The code of an address. Parcels are scratched: a quarter of it may be lost.
fn code(url: &str) -> Option<QrCode> {
    QrCode::with_error_correction_level(url, EcLevel::Q).ok()
}

/// As an SVG picture.
pub(super) fn svg(url: &str) -> Option<Vec<u8>> {
    let picture = code(url)?.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    Some(picture.into_bytes())
}

/// As a PNG picture, one bit for each pixel.
pub(super) fn png(url: &str) -> Option<Vec<u8>> {
    let code = code(url)?;
    let modules = code.width();
    let colors = code.to_colors();
    let size = (modules + 2 * QUIET) * PIXELS;
    let dark = |x: usize, y: usize| {
        let (column, row) = ((x / PIXELS).checked_sub(QUIET), (y / PIXELS).checked_sub(QUIET));
        matches!((column, row), (Some(column), Some(row))
            if column < modules && row < modules && colors.get(row * modules + column) == Some(&Color::Dark))
    };
    let mut pixels = Vec::with_capacity(size * size.div_ceil(8));
    for y in 0..size {
        for byte in 0..size.div_ceil(8) {
            let bits = (0..8).map(|bit| byte * 8 + bit).map(|x| u8::from(x >= size || !dark(x, y)));
            pixels.push(bits.fold(0, |byte, bit| byte << 1 | bit));
        }
    }
    let mut bytes = Vec::new();
    let edge = u32::try_from(size).ok()?;
    let mut encoder = png::Encoder::new(&mut bytes, edge, edge);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}
