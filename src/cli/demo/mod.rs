//! The story that `trilogue demo` tells: a day of a small marketplace, played on the real server against simulated
//! helpdesks, and told as it is seen to happen.

mod api;
mod chapters;
mod house;
mod life;
mod links;
mod scene;
mod stage;
mod voice;
mod witness;

use std::io;
use std::pin::pin;

use super::serve::told_to_stop;
use crate::config::{DemoSettings, LogFormat};
use crate::telemetry;
use house::House;
use voice::Voice;

/// Warnings only; none about a slow machine, and none about what the story does on purpose: a forged webhook, a helpdesk
/// that asks to wait, a stop in the middle of something.
const LOG: &str = "warn,sqlx=error,trilogue::http::webhooks=error,trilogue::jobs::outbox=error,trilogue::app=error";

/// Tells it until the process is told to stop, and leaves nothing behind.
pub(super) async fn tell() -> anyhow::Result<()> {
    let show = DemoSettings::load()?;
    telemetry::start_log(LOG, LogFormat::Text);
    // Before the first counter is touched, so that none is lost.
    telemetry::metrics();
    let mut voice = Voice::new(show);
    let mut stop = pin!(told_to_stop());
    let house = tokio::select! {
        biased;
        () = &mut stop => return Ok(()),
        house = House::open() => house?,
    };
    let folder = house.folder().display().to_string();
    let told = tokio::select! {
        biased;
        () = &mut stop => Ok(()),
        told = play(&house, &mut voice) => told,
    };
    let closed = house.close().await;
    match told {
        // Whoever closed the pipe has read enough.
        Err(error) if is_closed_pipe(&error) => return closed,
        told => told?,
    }
    closed?;
    drop(voice.farewell(&format!("Stopped. {folder} is gone, and nothing else was written.")));
    Ok(())
}

async fn play(house: &House, voice: &mut Voice) -> anyhow::Result<()> {
    voice.greet().await?;
    let mut scene = chapters::marketplace::set(house, voice).await?;
    let marie = chapters::zendesk::ask_and_answer(&mut scene).await?;
    chapters::private::talk(&mut scene, &marie).await?;
    chapters::freshdesk::escalate(&mut scene).await?;
    chapters::trouble::survive(&mut scene, &marie).await?;
    chapters::cast::enter(&mut scene, &marie).await?;
    let _lobby = links::show(&mut scene, &marie).await?;
    life::go_on(&mut scene).await
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
