//! What somebody wrote themselves: the message without quotations, mail headers and signature.

use std::sync::LazyLock;

use regex::Regex;

/// "Le lun. 3 mars 2025 à 10:02, Anne <a@b> a écrit :" and "On Monday Anne wrote:", which may break over two lines.
static ATTRIBUTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^\s*(?:le|on)\b.{0,250}\b(?:a écrit|wrote)\s*:\s*$"));

/// The head of the second half of a broken attribution.
static ATTRIBUTION_OPENS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^\s*(?:le|on)\b.{0,200}\d{1,2}[:h]\d{2}"));

/// Lines below which mail programs put the message that is answered.
static DIVIDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^\s*(?:
            -{2,}\s*(?:original\ message|forwarded\ message|message\ d['’]origine|message\ original|message\ transféré)\s*-{2,}
            | _{10,}
            | (?:de|from)\s?:\s.{0,200}[@<].{0,200}
            | --\s?
        )\s*$",
    )
});

/// What telephones add by themselves.
static SENT_FROM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s*(?:envoyé (?:de|depuis|à partir d)|sent from (?:my|yahoo|mail)|get outlook for|obtenir outlook|télécharger outlook)")
});

/// A closing formula alone on its line.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:bien )?(?:cordialement|bien à vous|sincères salutations|salutations distinguées|kind regards|best regards|warm regards|regards|yours (?:sincerely|faithfully)|sincerely)\s*[,.!]?\s*$",
    )
});

/// How many lines a signature may have below its closing formula.
const SIGNATURE_LINES: usize = 6;

fn pattern(source: &str) -> Regex {
    Regex::new(source).unwrap_or_else(|error| unreachable!("{error}"))
}

/// The lines that the author of the message wrote for it.
pub fn own_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        let taken = attribution(line, lines.get(at + 1).copied());
        if taken > 0 {
            at += taken;
            // With marked quotations below, the answer may stand between or under them; without, all the rest is quoted.
            let next = lines.iter().skip(at).find(|line| !line.trim().is_empty());
            if next.is_some_and(|line| is_quoted(line)) {
                continue;
            }
            break;
        }
        if DIVIDER.is_match(line) {
            break;
        }
        if CLOSING.is_match(line) && lines.len() - at <= SIGNATURE_LINES + 1 {
            break;
        }
        if !is_quoted(line) && !SENT_FROM.is_match(line) {
            kept.push(line);
        }
        at += 1;
    }
    kept.join("\n")
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// How many lines the words that introduce a quotation take from here; 0 when there are none.
fn attribution(line: &str, next: Option<&str>) -> usize {
    if ATTRIBUTION.is_match(line) {
        return 1;
    }
    match next {
        Some(next)
            if ATTRIBUTION_OPENS.is_match(line) && next.len() <= 250 && ATTRIBUTION.is_match(&format!("{} {}", line.trim_end(), next)) =>
        {
            2
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::own_words;

    #[test]
    fn quotations_and_signatures_go() {
        let cases = [
            (
                "Parfait, merci !\n\nLe lun. 3 mars 2025 à 10:02, Anne <a@b.fr> a écrit :\n> c'est une honte\n> voleurs",
                "Parfait, merci !\n",
            ),
            ("Great.\nOn Mon, 3 Mar 2025 at 10:02, Anne <a@b.com>\nwrote:\n> scam", "Great."),
            ("Great.\nOn Monday Anne wrote:\nscam, not marked as quoted", "Great."),
            ("Top.\n-----Message d'origine-----\nDe : x\nnul", "Top."),
            ("Top.\n-----Original Message-----\nbad", "Top."),
            ("Thanks\n-- \nThe Terrible Company", "Thanks"),
            ("Bien reçu\nCordialement,\nM. Horrible", "Bien reçu"),
            ("OK\nSent from my iPhone", "OK"),
            ("OK\nEnvoyé de mon iPhone", "OK"),
            ("> nul\nJe ne suis pas d'accord", "Je ne suis pas d'accord"),
            ("On Monday Anne wrote:\n> when?\nTomorrow.", "Tomorrow."),
            ("Top.\n________________________________\nFrom: x", "Top."),
            ("Top.\nDe : Anne <a@b.fr>\nEnvoyé : lundi", "Top."),
        ];
        for (text, expected) in cases {
            assert_eq!(own_words(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_words_stay() {
        for text in ["Le vendeur a écrit : rien", "On and on it goes.", "De : Paris", "Regards from Paris, all is well", "a\n\nb"] {
            assert_eq!(own_words(text), text);
        }
    }
}
