use proptest::prelude::*;

use super::*;

#[test]
fn html_becomes_the_text_that_one_reads() {
    assert_eq!(
        text("<div>One<br>two &amp;amp; <b>three</b></div>\n<p>four</p><p></p><p>&nbsp;</p><p>5 &lt; 6</p>"),
        "One\ntwo &amp; three\n\nfour\n\n5 < 6"
    );
    assert_eq!(text("<style>p{}</style><script>x()</script><ul><li>a<li>b</ul>"), "a\n\nb");
    assert_eq!(text("no markup"), "no markup");
}

#[test]
fn history_that_is_marked_and_comes_last_is_left_out() {
    for history in [
        "<blockquote>old words</blockquote>",
        "<div class=\"freshdesk_quote\"><blockquote class=\"freshdesk_quote\">On Friday Ida wrote:<br>old words</blockquote></div>",
        "<div class=\"gmail_quote\"><div>On Friday Ida wrote:</div><blockquote>old <div>words</div></blockquote></div><br>",
        "<div class='x yahoo_quoted'>old words<br></div><p>&nbsp;</p>",
    ] {
        assert_eq!(without_history(&format!("<div>New words.</div>{history}")).as_deref(), Some("New words."), "{history}");
    }
}

#[test]
fn whatever_is_not_clearly_history_stays() {
    for html in [
        "<div>No quotation.</div>",
        "<blockquote>First a quotation,</blockquote><div>then the answer.</div>",
        "<div>a</div><blockquote>b</blockquote><div>c</div><blockquote>d</blockquote><div>e</div>",
        "<blockquote>Nothing but a quotation.</blockquote>",
        "<div>On Friday Ida wrote:</div><div>&gt; old words</div>",
        "<p title=\"<blockquote>\">x</p>",
        "",
    ] {
        assert_eq!(without_history(html), None, "{html}");
    }
}

proptest! {
    #[test]
    fn any_html_is_read(html in r#"(</?(div|p|blockquote|br)( class="(freshdesk_quote|a>b)")?>|[<>&"';a-c]|\PC){0,40}"#) {
        let text = text(&html);
        prop_assert_eq!(text.trim(), &text);
        if let Some(reply) = without_history(&html) {
            prop_assert!(!reply.is_empty());
        }
    }
}
