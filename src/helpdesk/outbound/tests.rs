use proptest::prelude::*;

use super::*;

fn body(text: &str) -> String {
    html(text, None).unwrap()
}

#[test]
fn words_become_text_and_nothing_else() {
    assert_eq!(
        body("a < b & \"c\"\r\nd\re\n\n<img src=x onerror='y'>"),
        "<p>a &lt; b &amp; &quot;c&quot;<br>d<br>e<br><br>&lt;img src=x onerror=&#39;y&#39;&gt;</p>"
    );
}

#[test]
fn placeholders_are_broken_apart() {
    for attack in
        ["{{ticket.requester.email}}", "{% for c in comments %}", "{\u{0}{x}\u{7}}", "{\u{200b}{x}\u{feff}}", "{{{{x}}}}", "{%{{x}}%}"]
    {
        let html = body(attack);
        assert_harmless(&html);
        // Nor does dropping what the sender smuggled in, without what we put in, make one.
        assert_harmless(&html.chars().filter(|character| *character == BREAK || !is_invisible(*character)).collect::<String>());
    }
    assert_eq!(body("{{a}}"), "<p>{\u{200d}{a}\u{200d}}</p>");
}

fn assert_harmless(html: &str) {
    for pair in ["{{", "}}", "{%", "%}"] {
        assert!(!html.contains(pair), "{pair} in {html:?}");
    }
}

#[test]
fn the_line_that_names_the_speaker_is_told_from_the_words() {
    assert_eq!(without_speaker("Kettles & Co (seller):\n\nHi\nyou"), "Hi\nyou");
    for whole in ["Hi\nyou (seller):", "one line (seller):", ""] {
        assert_eq!(without_speaker(whole), whole);
    }
}

#[test]
fn a_seller_s_name_is_said_first_and_does_no_harm_either() {
    assert_eq!(html("Hi", Some("Kettles & Co")).unwrap(), "<p><strong>Kettles &amp; Co</strong> (seller):</p><p>Hi</p>");
    let hostile = html("Hi", Some("{{x}}\n</strong><script>\u{202e}")).unwrap();
    assert_harmless(&hostile);
    assert!(hostile.starts_with("<p><strong>{\u{200d}{x}\u{200d}} &lt;/strong&gt;&lt;script&gt;</strong> (seller):</p>"), "{hostile}");
    assert_eq!(name(" \n "), "?");
}

#[test]
fn blank_and_overlong_words_are_refused_not_cut() {
    for blank in ["", " \n\t", "\u{0}"] {
        assert!(matches!(html(blank, None), Err(HelpdeskError::Unsendable { .. })));
    }
    let text = body(&"ä".repeat(100));
    let length = text.len();
    assert_eq!(within(text.clone(), length), Ok(text.clone()));
    assert!(matches!(within(text, length - 1), Err(HelpdeskError::Unsendable { .. })));
}

#[test]
fn a_fingerprint_outlives_rewriting() {
    assert_eq!(fingerprint("{\u{200d}{a}\u{200d}}  b\n"), fingerprint("{{a}} b"));
    assert_ne!(fingerprint("a"), fingerprint("b"));
}

/// The way back from our HTML to the words.
fn read_back(html: &str) -> String {
    let inner = html.strip_prefix("<p>").unwrap().strip_suffix("</p>").unwrap();
    let text = inner.replace("<br>", "\n");
    assert!(!text.contains('<'), "no other element: {html}");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&").replace(BREAK, "")
}

proptest! {
    #[test]
    fn no_placeholder_survives_and_the_words_do(text in r#"([{}%\n\t <>&"'a-cä\u{200b}\u{200d}]|\PC){1,60}"#) {
        let Ok(html) = html(&text, None) else { return Ok(()) };
        assert_harmless(&html);
        let words = text.replace(BREAK, "").replace(['\u{2028}', '\u{2029}'], "\n");
        let said = read_back(&html);
        prop_assert_eq!(said.trim(), words.trim());
    }
}
