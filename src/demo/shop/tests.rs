use super::*;
use crate::clock::Clock;
use crate::demo::peer::testing::{Client, clock};

#[tokio::test]
async fn only_a_signed_instruction_is_taken_and_a_key_once() {
    let clock = clock();
    let shop = ShopSim::start(clock.clone(), b"key", Sending::Manual).await.unwrap();
    let client = Client::new("", None);
    let at = clock.now().timestamp().to_string();
    let send = async |key: &str, amount: &str, signing: &[u8], at: &str| {
        let data = json!({ "idempotencyKey": key, "amount": amount, "currency": "EUR", "means": "VOUCHER", "orderReference": "A" });
        let body = json!({ "version": 1, "type": "refund.instruct", "data": data }).to_string();
        let request = client.request(Method::POST, &shop.url()).header("content-type", "application/json");
        let request = request.header("webhook-id", key).header("webhook-timestamp", at);
        let request = request.header("webhook-signature", signature(signing, key, at, &body)).body(body);
        client.send(request).await.unwrap()
    };
    assert_eq!(send("k", "1.00", b"other", &at).await.status, 401);
    assert_eq!(send("k", "1.00", b"key", "1").await.status, 401);
    assert_eq!(shop.refunds(), []);
    let (first, again) = (send("k", "1.00", b"key", &at).await, send("k", "1.00", b"key", &at).await);
    assert_eq!((first.status, first.json["reference"].clone()), (200, again.json["reference"].clone()));
    let other = send("k", "2.00", b"key", &at).await;
    assert_eq!((other.status, other.json["code"].as_str()), (409, Some("KEY_REUSED")));
    assert_eq!(shop.refunds().len(), 1);
}
