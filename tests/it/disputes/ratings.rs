//! What a decision means for the seller's score: who was not at fault is not scored for it.

use serde_json::{Value, json};

use super::{House, ruling, with};
use crate::harness::on_both_databases;

impl House {
    /// What the buyer of the order says of the seller.
    async fn rated(&self, grade: i32) -> Value {
        let about = json!({ "about": { "orderLine": { "orderId": self.order, "lineExternalId": "1" } } });
        let url = self.app.act(&self.buyer, "ratingInvite", "invitation { url }", about).await["invitation"]["url"].clone();
        let answers = json!({ "token": url.as_str().unwrap().rsplit('/').next(), "seller": { "grades": [{ "criterion": "packaging", "grade": grade }] } });
        self.app.act(&self.buyer, "ratingSubmit", "reviews { id }", answers).await["reviews"][0]["id"].clone()
    }

    /// How many ratings count today, as kept and as told anew; and what is left out.
    async fn counted(&self, token: &str) -> (Value, Value, Value) {
        let seller = self.app.ask(&self.seller, "{ viewer { seller { id } } }", json!({})).await["viewer"]["seller"]["id"].clone();
        let (of, now) = (format!("{{ sellerId: {seller} }}"), self.app.cx.now().to_rfc3339());
        let query = format!(
            "{{ kept: score(of: {of}) {{ count }} anew: score(of: {of}, at: \"{now}\") {{ count excluded {{ reviewId disputeId reasons }} }} }}"
        );
        let told = self.app.ask(token, &query, json!({})).await;
        (told["kept"]["count"].clone(), told["anew"]["count"].clone(), told["anew"]["excluded"].clone())
    }
}

on_both_databases! {
    async fn a_seller_without_fault_is_not_scored_for_it_until_an_appeal_says_otherwise(db: Db) {
        let house = House::open(db).await;
        let review = house.rated(1).await;
        assert_eq!(house.counted(&house.ana).await, (json!(1), json!(1), json!([])));
        let dispute = house.heard().await;
        house.step(&house.ben, "disputeDecide", &dispute, ruling()).await;
        let (kept, anew, excluded) = house.counted(&house.ana).await;
        assert_eq!((kept, anew), (json!(0), json!(0)));
        assert_eq!((&excluded[0]["reviewId"], &excluded[0]["disputeId"]), (&review, &dispute));
        assert!(excluded[0]["reasons"].as_str().unwrap().contains("théière verte"), "the reason is kept: {excluded}");
        assert_eq!(house.counted(&house.seller).await.2, excluded, "the seller reads it");
        assert_eq!(house.counted(&house.other_seller).await.2, json!([]), "others do not");
        let feed = house.app.ask(&house.buyer, "{ reviewFeed { reviews(first: 5) { nodes { id } } } }", json!({})).await;
        assert_eq!(feed["reviewFeed"]["reviews"]["nodes"], json!([{ "id": review }]), "the review stays");

        house.step(&house.buyer, "disputeAppeal", &dispute, json!({ "text": "L’emballage était ouvert.", "evidence": [{ "text": "Une photo" }] })).await;
        let other = with(with(ruling(), "fault", json!("SELLER")), "countsAgainstSeller", json!("COUNTS"));
        house.step(&house.cleo, "disputeDecideAppeal", &dispute, other).await;
        assert_eq!(house.counted(&house.ana).await, (json!(1), json!(1), json!([])), "it counts again");
    }

    async fn who_rates_after_the_decision_is_left_out_too(db: Db) {
        let house = House::open(db).await;
        let dispute = house.heard().await;
        house.step(&house.ben, "disputeDecide", &dispute, ruling()).await;
        house.rated(1).await;
        assert_eq!(house.counted(&house.ana).await.0, json!(0));
        assert_eq!(house.counted(&house.ana).await.1, json!(0));
    }
}
