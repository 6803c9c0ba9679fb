//! Ratings: who is asked, what is answered, what is published of it, and what counts.

mod invitations;
mod letters;
mod moderation;
mod reviews;
mod satisfaction;
mod scores;
mod submitting;

pub use invitations::{Handed, Opened, hand_out, look, open, open_link, opt_out, url};
pub(super) use invitations::{plan_after_closing, plan_after_delivery};
pub(super) use letters::{invitation_letter, reporter, review_letter};
pub use moderation::{Judgement, Verdict, answer_complaint, decide_report, hide_reply, judge, show_reply};
pub use reviews::{AuthorsWish, agree, complain, reply, report, rewrite, take_back};
pub(super) use satisfaction::read_survey;
pub(super) use scores::dispute_moved;
pub use scores::{ScoreShown, score, scores};
pub use submitting::{ReviewDraft, Submission, Submitted, SupportDraft, submit};
