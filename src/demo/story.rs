//! The story that `trilogue demo` tells.

/// Tells it.
pub async fn tell() -> anyhow::Result<()> {
    Ok(())
}
