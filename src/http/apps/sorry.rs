//! What somebody is told who is not let in: a sentence in both languages, in the place of the page.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::super::answers;
use super::served;
use crate::identity::IdentityError;
use crate::workflow::sessions::NotLetIn;

/// The refusal: a page where a browser asks, under the policy that its frame needs.
pub(super) fn sorry(error: &NotLetIn, policy: &str, headers: &HeaderMap) -> Response {
    let (status, code, french, english) = match error {
        NotLetIn::House(error) => return answers::failed(error),
        NotLetIn::Identity(IdentityError::Provider(_)) => {
            tracing::error!(error = %answers::causes(error), "nobody can sign in at the identity provider");
            (
                StatusCode::BAD_GATEWAY,
                "PROVIDER_UNAVAILABLE",
                "Le service de connexion de votre place de marché ne répond pas comme il le devrait. Réessayez, puis prévenez votre \
                 administrateur.",
                "Your marketplace's sign-in does not answer as it should. Try again, then tell your administrator.",
            )
        }
        NotLetIn::Identity(IdentityError::Unproven(_) | IdentityError::NoAddress) => {
            tracing::warn!(error = %answers::causes(error), "somebody came back from the identity provider and was not let in");
            (
                StatusCode::FORBIDDEN,
                "NOT_VOUCHED_FOR",
                "Le service de connexion de votre place de marché ne confirme pas votre adresse e-mail.",
                "Your marketplace's sign-in does not confirm your e-mail address.",
            )
        }
        NotLetIn::TurnedBack => (
            StatusCode::FORBIDDEN,
            "TURNED_BACK",
            "Vous n’êtes pas connecté. Fermez cette fenêtre et recommencez depuis la page.",
            "You are not signed in. Close this window and begin again from the page.",
        ),
        NotLetIn::NoSuchDoor => (
            StatusCode::FORBIDDEN,
            "NO_SUCH_DOOR",
            "Cette application n’est pas installée ici : demandez à votre administrateur.",
            "This app is not installed here: ask your administrator.",
        ),
        NotLetIn::NoAgent => (
            StatusCode::FORBIDDEN,
            "NO_AGENT",
            "Seuls les agents du centre d’assistance entrent ici.",
            "Only agents of the helpdesk are let in.",
        ),
        NotLetIn::Forged | NotLetIn::TooMany => {
            (StatusCode::FORBIDDEN, "FORGED", "Cette ouverture n’est pas reconnue.", "This was not opened by the helpdesk.")
        }
        NotLetIn::Expired | NotLetIn::Used => (
            StatusCode::FORBIDDEN,
            "EXPIRED",
            "Cette ouverture n’est plus valable : rechargez la page du ticket.",
            "This is good no more: load the ticket's page again.",
        ),
    };
    if !headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html")) {
        return answers::refused(status, code, english);
    }
    let page = format!(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Trilogue</title></head>\
         <body><main><p>{french}</p><p lang=\"en\">{english}</p></main></body></html>"
    );
    let mut answer = served(&page, policy);
    *answer.status_mut() = status;
    answer
}
