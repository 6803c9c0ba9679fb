//! What is said about returns and withdrawals: to the buyer, and to the team.

use super::{Draft, Party, TemplateUsers};

/// To the buyer, by a rule.
macro_rules! letter {
    ($number:literal, $key:literal, $title:literal, $variables:expr, $english:literal, $french:literal) => {
        Draft {
            number: $number,
            key: $key,
            title: $title,
            reader: Party::Buyer,
            users: TemplateUsers::Operator,
            variables: $variables,
            english: concat!(
                "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},\n\n",
                $english,
                "\n\nKind regards,\n{{ marketplace.name }}"
            ),
            french: concat!(
                "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},\n\n",
                $french,
                "\n\nBien cordialement,\n{{ marketplace.name }}"
            ),
        }
    };
}

/// To the team, as an internal note.
macro_rules! note {
    ($number:literal, $key:literal, $title:literal, $variables:expr, $english:literal, $french:literal) => {
        Draft {
            number: $number,
            key: $key,
            title: $title,
            reader: Party::Operator,
            users: TemplateUsers::Operator,
            variables: $variables,
            english: $english,
            french: $french,
        }
    };
}

pub(super) const DRAFTS: &[Draft] = &[
    letter!(
        80,
        "return_approved",
        "Your return is approved / Retour accepté",
        &["quantity", "carriage"],
        "The return of {{ quantity }} item(s){% if order.reference is defined %} of order {{ order.reference }}{% endif %} is approved. {{ carriage }}

What you need to send them with follows. Please wait for it before you send anything.",
        "Le retour de {{ quantity }} article(s){% if order.reference is defined %} de la commande {{ order.reference }}{% endif %} est accepté. {{ carriage }}

Les éléments nécessaires à l’envoi vont suivre. Merci de les attendre avant d’expédier quoi que ce soit."
    ),
    letter!(
        81,
        "return_ready",
        "How to send it back / Comment renvoyer votre colis",
        &["papers", "reference", "until"],
        "You can send your return{% if order.reference is defined %} of order {{ order.reference }}{% endif %} now.

{{ papers }}

Please write {{ reference }} on the parcel, so that it is known when it comes.

Please send it by {{ until }}, and tell us the tracking number.",
        "Vous pouvez maintenant renvoyer votre colis{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %}.

{{ papers }}

Merci d’inscrire {{ reference }} sur le colis, afin qu’il soit reconnu à son arrivée.

Merci de l’expédier avant le {{ until }} et de nous indiquer le numéro de suivi."
    ),
    letter!(
        82,
        "return_declined",
        "Your return is declined / Retour refusé",
        &["reason", "until"],
        "Your return{% if order.reference is defined %} of order {{ order.reference }}{% endif %} was declined. The reason given is:

{{ reason }}

If you do not agree, you can dispute this until {{ until }}.",
        "Votre demande de retour{% if order.reference is defined %} pour la commande {{ order.reference }}{% endif %} a été refusée. Motif indiqué :

{{ reason }}

Si vous n’êtes pas d’accord, vous pouvez contester ce refus jusqu’au {{ until }}."
    ),
    letter!(
        83,
        "return_keep_offer",
        "An offer to keep the item / Proposition de conserver l’article",
        &["amount", "until"],
        "You are offered to keep what you want to return{% if order.reference is defined %} of order {{ order.reference }}{% endif %}, and to get {{ amount }} back.

You can accept until {{ until }}. If you do not, your return simply goes on.",
        "Il vous est proposé de conserver ce que vous souhaitez renvoyer{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %}, contre un remboursement de {{ amount }}.

Vous pouvez accepter jusqu’au {{ until }}. Sans réponse de votre part, votre retour suit son cours."
    ),
    letter!(
        84,
        "return_received",
        "Your return has come / Retour reçu",
        &["quantity"],
        "{{ quantity }} item(s) of your return{% if order.reference is defined %} of order {{ order.reference }}{% endif %} have come. The seller looks at them now.",
        "{{ quantity }} article(s) de votre retour{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %} sont arrivés. Le vendeur les examine."
    ),
    letter!(
        85,
        "return_not_as_sold",
        "What came back is not accepted / Retour non conforme",
        &["reason", "until"],
        "What you sent back{% if order.reference is defined %} of order {{ order.reference }}{% endif %} was not accepted. The reason given is:

{{ reason }}

If you do not agree, you can dispute this until {{ until }}.",
        "Ce que vous avez renvoyé{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %} n’a pas été accepté. Motif indiqué :

{{ reason }}

Si vous n’êtes pas d’accord, vous pouvez contester cette décision jusqu’au {{ until }}."
    ),
    letter!(
        86,
        "return_worth_less",
        "Less is refunded / Remboursement réduit",
        &["reason", "amount", "until"],
        "What you sent back{% if order.reference is defined %} of order {{ order.reference }}{% endif %} is worth less than when it was sent to you. {{ amount }} of the refund is kept for that; the rest is refunded. The reason given is:

{{ reason }}

If you do not agree, you can dispute this until {{ until }}.",
        "Ce que vous avez renvoyé{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %} a perdu de sa valeur. {{ amount }} sont retenus à ce titre ; le reste vous est remboursé. Motif indiqué :

{{ reason }}

Si vous n’êtes pas d’accord, vous pouvez contester cette décision jusqu’au {{ until }}."
    ),
    letter!(
        87,
        "return_expired",
        "Your return has ended / Retour expiré",
        &[],
        "We have not heard that you sent your return{% if order.reference is defined %} of order {{ order.reference }}{% endif %}, and its time is over. If you did send it, answer this message with the tracking number.",
        "Nous n’avons pas été informés de l’envoi de votre retour{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %} et son délai est écoulé. Si vous l’avez expédié, répondez à ce message en indiquant le numéro de suivi."
    ),
    letter!(
        88,
        "withdrawal_acknowledgement",
        "Acknowledgement of a withdrawal / Accusé de réception d’une rétractation",
        &["receipt"],
        "We have received your withdrawal. This is the acknowledgement that the law owes you; please keep it.

{{ receipt }}",
        "Nous avons bien reçu votre rétractation. Voici l’accusé de réception prévu par la loi ; merci de le conserver.

{{ receipt }}"
    ),
    note!(
        89,
        "return_requested_note",
        "A return was requested / Retour demandé",
        &["quantity", "line", "until"],
        "A return was requested: {{ quantity }} item(s) of line {{ line }}{% if order.reference is defined %} of order {{ order.reference }}{% endif %}. The seller decides by {{ until }}; silence approves.",
        "Retour demandé : {{ quantity }} article(s) de la ligne {{ line }}{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %}. Le vendeur décide avant le {{ until }} ; son silence vaut acceptation."
    ),
    note!(
        90,
        "return_without_label_note",
        "A return without a label / Retour sans étiquette",
        &["until"],
        "The seller gave no label for a return in time. The buyer was told to send by own means, by {{ until }}.",
        "Le vendeur n’a pas fourni d’étiquette de retour à temps. L’acheteur a été invité à expédier par ses propres moyens, avant le {{ until }}."
    ),
    note!(
        91,
        "return_left_note",
        "A return is left to you / Retour à suivre",
        &[],
        "A return is closed, but what is due for it has not followed in time. Please see to it.",
        "Un retour est clos, mais ce qui est dû n’a pas suivi à temps. Merci d’y veiller."
    ),
    note!(
        92,
        "return_refund_due_note",
        "The refund of a withdrawal is due / Remboursement d’une rétractation",
        &["until"],
        "The goods of a withdrawal, or a proof that they were sent, have come: the refund is due by {{ until }} at the latest.",
        "Les biens d’une rétractation, ou la preuve de leur envoi, sont arrivés : le remboursement est dû au plus tard le {{ until }}."
    ),
    note!(
        93,
        "return_replace_note",
        "Other goods are due / Remplacement à envoyer",
        &["quantity"],
        "A return was found good: {{ quantity }} replacement item(s) are to be sent.",
        "Un retour est conforme : {{ quantity }} article(s) de remplacement sont à envoyer."
    ),
    note!(
        94,
        "return_repair_note",
        "A repair is due / Réparation à faire",
        &["quantity"],
        "A return was found good: {{ quantity }} item(s) are to be repaired and sent back.",
        "Un retour est conforme : {{ quantity }} article(s) sont à réparer et à renvoyer."
    ),
    note!(
        95,
        "return_refund_refused_note",
        "A refund waits for you / Remboursement en attente",
        &["reason", "until"],
        "The refund for goods of this order could not be carried out by itself, and is due by {{ until }}: {{ reason }}",
        "Le remboursement de biens de cette commande, dû avant le {{ until }}, n’a pas pu être exécuté automatiquement : {{ reason }}"
    ),
    note!(
        96,
        "withdrawal_note",
        "The buyer withdrew / Rétractation",
        &["lines"],
        "The buyer withdrew from the contract{% if order.reference is defined %} of order {{ order.reference }}{% endif %}: {{ lines }}. The acknowledgement has been sent.",
        "L’acheteur s’est rétracté{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %} : {{ lines }}. L’accusé de réception a été envoyé."
    ),
    note!(
        97,
        "withdrawal_undelivered_note",
        "Stop a delivery / Livraison à arrêter",
        &["lines"],
        "The buyer withdrew from what has not been delivered yet: {{ lines }}. Please stop its delivery.",
        "L’acheteur s’est rétracté de ce qui n’est pas encore livré : {{ lines }}. Merci d’arrêter la livraison."
    ),
    note!(
        98,
        "withdrawal_on_its_way_note",
        "Withdrawn from what is on its way back / Rétractation d’un bien déjà en retour",
        &["line"],
        "The buyer withdrew from line {{ line }}, all pieces of which are on their way back already. Please look at that return.",
        "L’acheteur s’est rétracté de la ligne {{ line }}, dont tous les articles sont déjà en cours de retour. Merci d’examiner ce retour."
    ),
];
