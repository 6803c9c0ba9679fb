//! How the story sounds: a name in the margin, a text beside it, and a moment to read it.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use owo_colors::{OwoColorize, Style, XtermColors};

use crate::config::{Colours, DemoSettings};

/// No line is longer, except one that holds a long address.
const WIDTH: usize = 80;
/// Where texts begin; left of it stand the names.
const MARGIN: usize = 13;
const NAME: usize = MARGIN - 4;

/// Who or what a line is about. Each has a colour of the 256 that is as dark on white as it is light on black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Buyer,
    Seller,
    Operator,
    Vendor,
    /// What machines tell each other.
    Quiet,
    /// What was found to be right.
    Good,
    /// What was refused.
    Bad,
    Title,
}

impl Ink {
    fn style(self) -> Style {
        let colour = |number: u8| Style::new().color(XtermColors::from(number));
        match self {
            Self::Buyer => colour(133).bold(),
            Self::Seller => colour(166).bold(),
            Self::Operator => colour(31).bold(),
            Self::Vendor => colour(64).bold(),
            Self::Quiet => colour(243),
            Self::Good => colour(28).bold(),
            Self::Bad => colour(160).bold(),
            Self::Title => Style::new().bold(),
        }
    }
}

/// The narrator.
#[derive(Debug)]
pub(super) struct Voice {
    colours: Colours,
    pace: f64,
    chapters: u32,
    last: Last,
}

/// What stands last on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A person's line, or nothing yet.
    Person,
    /// What came of it.
    Outcome,
}

impl Voice {
    pub(super) fn new(show: DemoSettings) -> Self {
        let colours = if io::stdout().is_terminal() { show.colours } else { Colours::Off };
        Self { colours, pace: show.pace, chapters: 0, last: Last::Person }
    }

    /// The first words.
    pub(super) async fn greet(&mut self) -> io::Result<()> {
        print("")?;
        let name = self.paint(Ink::Title, "Trilogue");
        print(&format!("  {name}  one case for buyer, seller and operator, on top of your helpdesk"))?;
        let parties = [(Ink::Buyer, "buyer"), (Ink::Seller, "seller"), (Ink::Operator, "operator"), (Ink::Vendor, "marketplace software")];
        let legend = parties.map(|(ink, word)| format!("{} {word}", self.paint(ink, "●")));
        print(&format!("  {}", legend.join("   ")))?;
        print("")?;
        self.tell(
            "This is the real server on a scratch database, and a Zendesk and a Freshdesk that are simulated on this machine. \
             Every line is told after it was seen to happen. Ctrl-C stops it at any time.",
        )
        .await
    }

    /// A numbered headline.
    pub(super) async fn chapter(&mut self, title: &str) -> io::Result<()> {
        self.chapters += 1;
        self.headline(&format!("{}  {title}", self.chapters)).await
    }

    /// A headline.
    pub(super) async fn headline(&mut self, title: &str) -> io::Result<()> {
        self.pause(Duration::from_millis(1200)).await;
        self.last = Last::Person;
        let rule = "─".repeat(WIDTH.saturating_sub(title.chars().count() + 5));
        let (title, rule) = (self.paint(Ink::Title, title), self.paint(Ink::Quiet, &rule));
        print("")?;
        print("")?;
        print(&format!("  {title}  {rule}"))?;
        print("")?;
        self.pause(Duration::from_millis(500)).await;
        Ok(())
    }

    /// A plain sentence over the whole width.
    pub(super) async fn tell(&mut self, text: &str) -> io::Result<()> {
        for row in wrap(text, WIDTH - 2) {
            print(&format!("  {row}"))?;
        }
        self.breathe(text).await;
        Ok(())
    }

    /// A sentence about somebody. A line is left empty between what came of one deed and the next.
    pub(super) async fn line(&mut self, ink: Ink, name: &str, text: &str) -> io::Result<()> {
        if self.last == Last::Outcome {
            self.gap()?;
        }
        self.last = Last::Person;
        self.rows(ink, name, &wrap(text, WIDTH - MARGIN))?;
        self.breathe(text).await;
        Ok(())
    }

    /// Somebody's own words.
    pub(super) async fn quote(&mut self, ink: Ink, text: &str) -> io::Result<()> {
        let bar = self.paint(ink, "│");
        let rows: Vec<_> = wrap(text, WIDTH - MARGIN - 2).into_iter().map(|row| format!("{bar} {row}")).collect();
        self.rows(Ink::Quiet, "", &rows)?;
        self.breathe(text).await;
        Ok(())
    }

    /// Something that one machine told another, and how it was answered.
    pub(super) async fn wire(&mut self, name: &str, text: &str, status: u16) -> io::Result<()> {
        let ink = if status < 400 { Ink::Good } else { Ink::Bad };
        let status = self.paint(ink, &status.to_string());
        let room = WIDTH - MARGIN - 4;
        let row = format!("{}{status}", self.paint(Ink::Quiet, &format!("{text:<room$} ")));
        self.rows(Ink::Quiet, name, &[row])?;
        self.last = Last::Outcome;
        self.breathe("").await;
        Ok(())
    }

    /// Something that machines did.
    pub(super) async fn note(&mut self, name: &str, text: &str) -> io::Result<()> {
        let rows: Vec<_> = wrap(text, WIDTH - MARGIN).iter().map(|row| self.paint(Ink::Quiet, row)).collect();
        self.rows(Ink::Quiet, name, &rows)?;
        self.last = Last::Outcome;
        self.breathe("").await;
        Ok(())
    }

    /// Something that was looked at and found to be right.
    pub(super) async fn proof(&mut self, text: &str) -> io::Result<()> {
        self.rows(Ink::Good, "✔", &wrap(text, WIDTH - MARGIN))?;
        self.last = Last::Outcome;
        self.breathe(text).await;
        Ok(())
    }

    /// A line as it is, for addresses that must not be broken.
    pub(super) fn verbatim(&mut self, ink: Ink, name: &str, text: &str) -> io::Result<()> {
        self.rows(ink, name, &[text.to_owned()])
    }

    /// An empty line.
    pub(super) fn gap(&mut self) -> io::Result<()> {
        self.verbatim(Ink::Quiet, "", "")
    }

    /// The last words, on a line of their own whatever the terminal wrote before.
    pub(super) fn farewell(&mut self, text: &str) -> io::Result<()> {
        self.gap()?;
        print(&format!("  {text}"))
    }

    fn rows(&self, ink: Ink, name: &str, rows: &[String]) -> io::Result<()> {
        let mut name = self.paint(ink, &format!("{name:<NAME$}"));
        for row in rows {
            print(format!("  {name}  {row}").trim_end())?;
            name = " ".repeat(NAME);
        }
        Ok(())
    }

    fn paint(&self, ink: Ink, text: &str) -> String {
        match self.colours {
            Colours::On => text.style(ink.style()).to_string(),
            Colours::Off => text.to_owned(),
        }
    }

    async fn breathe(&self, text: &str) {
        let letters = u64::try_from(text.chars().count()).unwrap_or_default();
        self.pause(Duration::from_millis(250 + 13 * letters)).await;
    }

    async fn pause(&self, time: Duration) {
        tokio::time::sleep(time.mul_f64(self.pace)).await;
    }
}

fn print(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// The text in rows of at most so many characters; a word that is longer gets a row of its own.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match rows.last_mut() {
            Some(row) if row.chars().count() + 1 + word.chars().count() <= width => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_filled_and_words_are_never_broken() {
        assert_eq!(wrap("où est mon colis ?", 10), ["où est mon", "colis ?"]);
        assert_eq!(wrap("see http://127.0.0.1:8080/graphql now", 10), ["see", "http://127.0.0.1:8080/graphql", "now"]);
        assert!(wrap("  ", 10).is_empty());
    }

    #[test]
    fn only_a_terminal_that_wants_colours_gets_them() {
        let voice = |colours| Voice { colours, pace: 0.0, chapters: 0, last: Last::Person };
        assert_eq!(voice(Colours::Off).paint(Ink::Buyer, "Marie"), "Marie");
        assert!(voice(Colours::On).paint(Ink::Buyer, "Marie").contains("\u{1b}["));
    }
}
