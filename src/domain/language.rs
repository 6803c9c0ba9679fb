//! In which language a buyer is written to.

use super::sentiment;
use super::templates::LanguageTag;

/// The language of a new case: the one that the buyer's first words are in, of the texts the first that tells; in the variety
/// that the helpdesk has for the buyer, where that is the same language; else the helpdesk's; else the marketplace's.
///
/// The words come first, as a helpdesk has its own language for everybody who never chose one. They tell French and English.
pub fn of_buyer(texts: &[&str], helpdesk: Option<&str>, house: &str) -> Option<LanguageTag> {
    let parsed = |tag: &str| tag.parse::<LanguageTag>().ok();
    let helpdesk = helpdesk.and_then(parsed);
    let written = texts.iter().find_map(|text| sentiment::assess(text, None).language);
    match (written, helpdesk) {
        (Some(written), Some(helpdesk)) if helpdesk.speaks(written.tag()) => Some(helpdesk),
        (Some(written), _) => parsed(written.tag()),
        (None, Some(helpdesk)) => Some(helpdesk),
        (None, None) => parsed(house),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_before_the_helpdesk_and_that_before_the_house() {
        let (french, english, neither) = ("Bonjour, où est mon colis ?", "Hello, where is my parcel?", "4711 ?!");
        for (texts, helpdesk, house, expected) in [
            (&[french][..], None, "en", Some("fr")),
            (&[french], Some("en-US"), "en", Some("fr")),
            (&[french], Some("fr-ca"), "en", Some("fr-CA")),
            (&[english], Some("en-GB"), "fr", Some("en-GB")),
            (&[neither], Some("de"), "fr", Some("de")),
            (&[neither], Some("klingon?"), "fr", Some("fr")),
            (&[neither, english], None, "fr", Some("en")),
            (&[neither, french], Some("pt-br"), "de", Some("fr")),
            (&[neither], None, "fr-BE", Some("fr-BE")),
            (&[], None, "not a tag", None),
        ] {
            let found = of_buyer(texts, helpdesk, house);
            assert_eq!(found.as_ref().map(LanguageTag::as_str), expected, "{texts:?} {helpdesk:?} {house}");
        }
    }
}
