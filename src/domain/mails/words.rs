//! The words of e-mails and of the page on which they are stopped.

use std::fmt::Write;

use super::{Language, MailKind};
use crate::domain::parties::Party;

/// What an e-mail speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What happened.
    pub kind: MailKind,
    /// To which side it is written.
    pub to: Party,
    /// The marketplace's name.
    pub marketplace: &'a str,
    /// The case.
    pub reference: &'a str,
    /// Where to look; none when nobody said.
    pub link: Option<&'a str>,
    /// Where to stop e-mails of this kind.
    pub unsubscribe: Option<&'a str>,
}

/// An e-mail, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// What happened, as the end of a subject and as a sentence.
fn what(kind: MailKind, to: Party, language: Language) -> (&'static str, &'static str) {
    use Language::{English, French};
    match (kind, language) {
        (MailKind::NewCase, English) => ("new case", "A new case was opened."),
        (MailKind::NewCase, French) => ("nouveau dossier", "Un nouveau dossier a été ouvert."),
        (MailKind::NewMessage, English) => ("new message", "There is a new message in the case."),
        (MailKind::NewMessage, French) => ("nouveau message", "Il y a un nouveau message dans le dossier."),
        (MailKind::DeadlineNear, English) => ("time to answer is running out", "The time to answer runs out soon."),
        (MailKind::DeadlineNear, French) => ("délai de réponse bientôt écoulé", "Le délai de réponse est bientôt écoulé."),
        (MailKind::DeadlineMissed, English) if matches!(to, Party::Seller) => {
            ("time to answer has run out", "The time to answer has run out. The marketplace has taken over the case.")
        }
        (MailKind::DeadlineMissed, English) => ("time to answer has run out", "The time to answer has run out."),
        (MailKind::DeadlineMissed, French) if matches!(to, Party::Seller) => {
            ("délai de réponse écoulé", "Le délai de réponse est écoulé. La place de marché a repris le dossier.")
        }
        (MailKind::DeadlineMissed, French) => ("délai de réponse écoulé", "Le délai de réponse est écoulé."),
        (MailKind::Escalated, English) if matches!(to, Party::Operator) => ("escalated", "The case was escalated to you."),
        (MailKind::Escalated, English) => ("escalated", "The case was escalated to the marketplace."),
        (MailKind::Escalated, French) if matches!(to, Party::Operator) => ("escaladé", "Le dossier vous a été transmis."),
        (MailKind::Escalated, French) => ("escaladé", "Le dossier a été transmis à la place de marché."),
        (MailKind::Resolved, English) => ("resolved", "The case was resolved."),
        (MailKind::Resolved, French) => ("résolu", "Le dossier a été résolu."),
        (MailKind::Return, English) => ("news of a return", "There is news of a return in the case."),
        (MailKind::Return, French) => ("du nouveau sur un retour", "Il y a du nouveau sur un retour dans le dossier."),
        (MailKind::Refund, English) => ("news of a refund", "There is news of a refund in the case."),
        (MailKind::Refund, French) => ("du nouveau sur un remboursement", "Il y a du nouveau sur un remboursement dans le dossier."),
        (MailKind::Dispute, English) => ("news of a dispute", "There is news of a dispute in the case."),
        (MailKind::Dispute, French) => ("du nouveau sur un désaccord", "Il y a du nouveau sur un désaccord dans le dossier."),
        (MailKind::DeliveryNotice, English) => ("later delivery", "An order comes later than promised."),
        (MailKind::DeliveryNotice, French) => ("livraison retardée", "Une commande arrive plus tard que promis."),
        (MailKind::RatingInvitation, English) => ("your opinion", "You are asked for your opinion."),
        (MailKind::RatingInvitation, French) => ("votre avis", "Votre avis vous est demandé."),
        (MailKind::Defect, English) => ("product that comes back", "A product comes back too often."),
        (MailKind::Defect, French) => ("produit trop retourné", "Un produit est trop souvent retourné."),
        (MailKind::DefectNotice, English) => ("about your order", "There is news of something that you bought."),
        (MailKind::DefectNotice, French) => ("à propos de votre commande", "Il y a du nouveau sur un de vos achats."),
        (MailKind::Report, English) => ("figures", "Here are the figures."),
        (MailKind::Report, French) => ("chiffres", "Voici les chiffres."),
        (MailKind::Review, English) => ("new review", "There is news of a review."),
        (MailKind::Review, French) => ("nouvel avis", "Il y a du nouveau sur un avis."),
        (MailKind::ReviewDecision, English) => ("decision about your review", "There is news of your review."),
        (MailKind::ReviewDecision, French) => ("décision sur votre avis", "Il y a du nouveau sur votre avis."),
        (MailKind::Sanction, English) => ("decision about a shop", "There is news of a decision about a shop."),
        (MailKind::Sanction, French) => ("décision sur une boutique", "Il y a du nouveau sur une décision concernant une boutique."),
    }
}

/// The e-mails of a kind, as people call them.
fn name(kind: MailKind, language: Language) -> &'static str {
    match (kind, language) {
        (MailKind::NewCase, Language::English) => "new cases",
        (MailKind::NewCase, Language::French) => "les nouveaux dossiers",
        (MailKind::NewMessage, Language::English) => "new messages",
        (MailKind::NewMessage, Language::French) => "les nouveaux messages",
        (MailKind::DeadlineNear, Language::English) => "deadlines that are near",
        (MailKind::DeadlineNear, Language::French) => "les délais bientôt écoulés",
        (MailKind::DeadlineMissed, Language::English) => "missed deadlines",
        (MailKind::DeadlineMissed, Language::French) => "les délais écoulés",
        (MailKind::Escalated, Language::English) => "escalations",
        (MailKind::Escalated, Language::French) => "les escalades",
        (MailKind::Resolved, Language::English) => "resolved cases",
        (MailKind::Resolved, Language::French) => "les dossiers résolus",
        (MailKind::Return, Language::English) => "returns",
        (MailKind::Return, Language::French) => "les retours",
        (MailKind::Refund, Language::English) => "refunds",
        (MailKind::Refund, Language::French) => "les remboursements",
        (MailKind::Dispute, Language::English) => "disputes",
        (MailKind::Dispute, Language::French) => "les désaccords",
        (MailKind::DeliveryNotice, Language::English) => "late deliveries",
        (MailKind::DeliveryNotice, Language::French) => "les retards de livraison",
        (MailKind::RatingInvitation, Language::English) => "your opinion",
        (MailKind::RatingInvitation, Language::French) => "votre avis",
        (MailKind::Defect, Language::English) => "products that come back too often",
        (MailKind::Defect, Language::French) => "les produits trop souvent retournés",
        (MailKind::DefectNotice, Language::English) => "products that you bought",
        (MailKind::DefectNotice, Language::French) => "vos achats",
        (MailKind::Report, Language::English) => "the figures of customer service",
        (MailKind::Report, Language::French) => "les chiffres du service client",
        (MailKind::Review, Language::English) => "reviews",
        (MailKind::Review, Language::French) => "les avis",
        (MailKind::ReviewDecision, Language::English) => "decisions about your reviews",
        (MailKind::ReviewDecision, Language::French) => "les décisions sur vos avis",
        (MailKind::Sanction, Language::English) => "decisions about shops",
        (MailKind::Sanction, Language::French) => "les décisions concernant les boutiques",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Writes an e-mail.
pub fn letter(facts: &Facts<'_>, language: Language) -> Letter {
    let (short, sentence) = what(facts.kind, facts.to, language);
    let (colon, case, look, why, stop) = match language {
        Language::English => (": ", "Case", "Open", "You get this e-mail because you take part in cases of", "Stop e-mails about"),
        Language::French => {
            (" : ", "Dossier", "Ouvrir", "Vous recevez ce message car vous participez aux dossiers de", "Ne plus recevoir d'e-mails sur")
        }
    };
    let (marketplace, reference, about) = (facts.marketplace, facts.reference, name(facts.kind, language));
    let mut text = format!("{sentence}\n\n{case}{colon}{reference}\n");
    let mut html = format!("<h1>{sentence}</h1><p>{case}{colon}<strong>{}</strong></p>", escaped(reference));
    if let Some(link) = facts.link {
        let _ = writeln!(text, "{look}{colon}{link}");
        let _ = write!(html, "<p><a href=\"{}\">{look}</a></p>", escaped(link));
    }
    let _ = write!(text, "\n-- \n{why} {marketplace}.\n");
    let _ = write!(html, "<p class=\"why\">{why} {}.", escaped(marketplace));
    if let Some(unsubscribe) = facts.unsubscribe {
        let _ = writeln!(text, "{stop} {about}{colon}{unsubscribe}");
        let _ = write!(html, " <a href=\"{}\">{stop} {about}</a>", escaped(unsubscribe));
    }
    html.push_str("</p>");
    let subject = format!("[{marketplace}] {reference}{colon}{short}");
    let html = document(language.tag(), &subject, &html);
    Letter { subject, text, html }
}

/// What mail programs and browsers show alike, in the light and in the dark.
const STYLE: &str = ":root{color-scheme:light dark}body{margin:0;background:#fff;color:#1f2328;font:1rem/1.5 system-ui,sans-serif}\
    main{max-width:34rem;margin:0 auto;padding:2rem 1rem}h1{margin:0 0 1rem;font-size:1.25rem;line-height:1.35;font-weight:600}\
    a{color:#0b57d0}.why{margin-top:2rem;padding-top:1rem;border-top:1px solid #d0d7de;color:#57606a;font-size:.875rem}\
    button{font:inherit;padding:.625rem 1.25rem;border:1px solid #0b57d0;border-radius:.375rem;background:#0b57d0;color:#fff;cursor:pointer}\
    button:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}\
    @media(prefers-color-scheme:dark){body{background:#16181c;color:#e6e8eb}a{color:#8ab4f8}.why{border-color:#3a3f46;color:#a6adb6}\
    button{background:#8ab4f8;border-color:#8ab4f8;color:#10131a}button:focus-visible{outline-color:#8ab4f8}}";

fn document(language: &str, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escaped(title)
    )
}

/// Makes an e-mail of a kind that its reader can stop, whose words are given as plain text.
pub fn notice(kind: MailKind, subject: String, words: &str, marketplace: &str, unsubscribe: Option<&str>, language: Language) -> Letter {
    let about = name(kind, language);
    let why = match (kind, language) {
        (MailKind::Review, Language::English) => "You get this e-mail because you sell with",
        (MailKind::Review, Language::French) => "Vous recevez ce message car vous vendez chez",
        (MailKind::Defect, Language::English) => "You get this e-mail because you take part in cases of",
        (MailKind::Defect, Language::French) => "Vous recevez ce message car vous participez aux dossiers de",
        (MailKind::Report, Language::English) => "You get this e-mail because you look after the customers of",
        (MailKind::Report, Language::French) => "Vous recevez ce message car vous suivez le service client de",
        (_, Language::English) => "You get this e-mail because of an order that you placed with",
        (_, Language::French) => "Vous recevez ce message car vous avez passé commande chez",
    };
    let (stop, colon) = match language {
        Language::English => ("Stop e-mails about", ": "),
        Language::French => ("Ne plus recevoir d'e-mails sur", " : "),
    };
    plain(subject, words, &format!("{why} {marketplace}."), unsubscribe.map(|link| (format!("{stop} {about}"), colon, link)), language)
}

/// Makes an e-mail that nobody can stop, whose words are given as plain text: the law, or the contract, wants it told.
pub fn unstoppable(kind: MailKind, subject: String, words: &str, marketplace: &str, language: Language) -> Letter {
    let why = match (kind, language) {
        (MailKind::ReviewDecision, Language::English) => format!("You get this e-mail because you wrote a review for {marketplace}."),
        (MailKind::ReviewDecision, Language::French) => format!("Vous recevez ce message car vous avez écrit un avis pour {marketplace}."),
        (MailKind::DefectNotice, Language::English) => {
            format!("You get this e-mail because of an order that you placed with {marketplace}.")
        }
        (MailKind::DefectNotice, Language::French) => {
            format!("Vous recevez ce message car vous avez passé commande chez {marketplace}.")
        }
        (_, Language::English) => format!("You get this e-mail because of your contract with {marketplace}."),
        (_, Language::French) => format!("Vous recevez ce message en raison de votre contrat avec {marketplace}."),
    };
    plain(subject, words, &why, None, language)
}

/// Makes the e-mail that tells somebody who reported a review what became of it (Regulation (EU) 2022/2065, article 16(5)).
pub fn to_reporter(subject: String, words: &str, marketplace: &str, language: Language) -> Letter {
    let why = match language {
        Language::English => format!("You get this e-mail because you reported a review at {marketplace}."),
        Language::French => format!("Vous recevez ce message car vous avez signalé un avis chez {marketplace}."),
    };
    plain(subject, words, &why, None, language)
}

fn plain(subject: String, words: &str, why: &str, stop: Option<(String, &str, &str)>, language: Language) -> Letter {
    let paragraphs = escaped(words).split("\n\n").map(|part| part.replace('\n', "<br>")).collect::<Vec<_>>().join("</p><p>");
    let mut html = format!("<p>{paragraphs}</p><p class=\"why\">{}", escaped(why));
    let mut text = format!("{words}\n\n-- \n{why}\n");
    if let Some((stop, colon, link)) = stop {
        let _ = writeln!(text, "{stop}{colon}{link}");
        let _ = write!(html, " <a href=\"{}\">{stop}</a>", escaped(link));
    }
    html.push_str("</p>");
    let html = document(language.tag(), &subject, &html);
    Letter { subject, text, html }
}

/// Writes the e-mail that carries a code to sign in with.
pub fn code_letter(code: &str, language: Language) -> Letter {
    let (title, sentence, why) = match language {
        Language::English => (
            "Your code to sign in",
            "Type this code in the page that asks for it. It is good for ten minutes.",
            "You did not ask for it? Then do nothing: without this code nobody gets in. Give it to nobody.",
        ),
        Language::French => (
            "Votre code de connexion",
            "Saisissez ce code dans la page qui le demande. Il est valable dix minutes.",
            "Vous ne l’avez pas demandé ? Ne faites rien : sans ce code, personne n’entre. Ne le donnez à personne.",
        ),
    };
    let shown = format!("{} {}", code.get(..3).unwrap_or(code), code.get(3..).unwrap_or_default());
    let text = format!("{sentence}\n\n{shown}\n\n-- \n{why}\n");
    let html = format!("<h1>{title}</h1><p>{sentence}</p><p><strong>{shown}</strong></p><p class=\"why\">{why}</p>");
    let html = document(language.tag(), title, &html);
    let colon = if language == Language::French { " : " } else { ": " };
    Letter { subject: format!("{title}{colon}{shown}"), text, html }
}

/// A page about e-mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The whole page.
    pub html: String,
    /// Its style, whose digest the content security policy names.
    pub style: &'static str,
}

/// Whether a reader wants e-mails of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// They come.
    Wanted,
    /// The reader stopped them.
    Stopped,
}

/// The page on which e-mails of a kind are stopped, or begun again: what is now, and a button to change it.
pub fn page(kind: MailKind, marketplace: &str, wish: Wish, language: Language) -> Page {
    let about = name(kind, language);
    let (title, sentence, button) = match (wish, language) {
        (Wish::Wanted, Language::English) => {
            ("Stop these e-mails?", format!("{marketplace} sends you e-mails about {about}."), "Stop them")
        }
        (Wish::Wanted, Language::French) => {
            ("Ne plus recevoir ces e-mails ?", format!("{marketplace} vous envoie des e-mails sur {about}."), "Ne plus les recevoir")
        }
        (Wish::Stopped, Language::English) => {
            ("These e-mails are stopped", format!("{marketplace} no longer sends you e-mails about {about}."), "Get them again")
        }
        (Wish::Stopped, Language::French) => {
            ("Ces e-mails sont arrêtés", format!("{marketplace} ne vous envoie plus d’e-mails sur {about}."), "Les recevoir de nouveau")
        }
    };
    let action = match wish {
        Wish::Wanted => "unsubscribe",
        Wish::Stopped => "subscribe",
    };
    let body = format!(
        "<h1>{title}</h1><p>{}</p><form method=\"post\"><button name=\"action\" value=\"{action}\">{button}</button></form>",
        escaped(&sentence)
    );
    Page { html: document(language.tag(), title, &body), style: STYLE }
}

/// What whoever follows a link that we did not make is told, in both languages, as nobody knows who it is.
pub fn no_page() -> Page {
    let body = "<h1>Ce lien n’existe pas</h1><p>Il est peut-être incomplet. Recopiez-le en entier depuis l’e-mail.</p>\
                <p lang=\"en\">There is no such page. The link may be incomplete: copy all of it from the e-mail.</p>";
    Page { html: document("fr", "Ce lien n’existe pas", body), style: STYLE }
}
