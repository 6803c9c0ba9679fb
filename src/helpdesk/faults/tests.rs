use super::*;

#[test]
fn every_documented_shape_gives_its_code() {
    let shapes = [
        (
            r#"{"error":"RecordInvalid","description":"…","details":{"status":[{"description":"Status: closed"}]}}"#,
            "RecordInvalid (status)",
        ),
        (r#"{"error":{"title":"Forbidden","message":"You do not have access"}}"#, "Forbidden"),
        (r#"{"errors":[{"code":"TooManyValues","title":"Too many","detail":"…"}]}"#, "TooManyValues"),
        (r#"{"error":"Couldn't authenticate you"}"#, ""),
        (
            r#"{"description":"Validation failed","errors":[{"field":"email","message":"…","code":"invalid_value"}]}"#,
            "invalid_value (email)",
        ),
        (r#"{"code":"invalid_credentials","message":"You have to be logged in"}"#, "invalid_credentials"),
        (r#"{"error_type":"INVALID_INPUT","message":"…","errors":[{"name":"order","message":"…"}]}"#, "INVALID_INPUT (order)"),
        ("<html><body>502 Bad Gateway</body></html>", ""),
        ("", ""),
        ("null", ""),
        ("[1]", ""),
    ];
    for (body, expected) in shapes {
        assert_eq!(code(body.as_bytes()), expected, "{body}");
    }
}

#[test]
fn nothing_that_quotes_what_was_sent_is_taken_over() {
    for body in
        [r#"{"code":"buyer@example.com"}"#, r#"{"error":"Anna Example is unknown"}"#, r#"{"errors":[{"code":"x","field":"+49 151"}]}"#]
    {
        let code = code(body.as_bytes());
        assert!(code.is_empty() || code == "x", "{code}");
    }
}
