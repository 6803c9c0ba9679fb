//! The story that `trilogue demo` tells.

/// Tells it.
pub async fn tell() -> anyhow::Result<()> {
    tokio::task::yield_now().await;
    Ok(())
}
