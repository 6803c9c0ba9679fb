//! What is said about refunds: to the buyer, and to the team.

use super::{Draft, Party, TemplateUsers};

pub(super) const DRAFTS: &[Draft] = &[
    Draft {
        number: 40,
        key: "refund_requested",
        title: "Your request for a refund / Demande de remboursement",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &["until"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

We have received your request for a refund{% if order.reference is defined %} for order {{ order.reference }}{% endif %}.{% if until is defined %} The seller decides by {{ until }} at the latest; after that we do.{% endif %}

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Nous avons bien reçu votre demande de remboursement{% if order.reference is defined %} pour la commande {{ order.reference }}{% endif %}.{% if until is defined %} Le vendeur se prononce au plus tard le {{ until }} ; à défaut, nous prenons le relais.{% endif %}

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 41,
        key: "refund_granted",
        title: "Your refund is granted / Remboursement accordé",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &["amount", "means", "until"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Your refund{% if order.reference is defined %} for order {{ order.reference }}{% endif %} is granted: {{ amount }}, by {{ means }}.{% if until is defined %} It is due by {{ until }} at the latest.{% endif %} We will write to you here once it is paid.

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Votre remboursement{% if order.reference is defined %} pour la commande {{ order.reference }}{% endif %} est accordé : {{ amount }}, par {{ means }}.{% if until is defined %} Il vous est dû au plus tard le {{ until }}.{% endif %} Nous vous écrirons ici même dès qu’il sera effectué.

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 42,
        key: "refund_consent_asked",
        title: "Do you agree to this refund? / Accord sur un remboursement",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &["amount", "means", "until"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

A refund of {{ amount }}{% if order.reference is defined %} for order {{ order.reference }}{% endif %} is offered to you by {{ means }}. You are free to accept it or not, and it costs you nothing. Without your express agreement{% if until is defined %} by {{ until }}{% endif %}, the money goes back the way you paid.

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Un remboursement de {{ amount }}{% if order.reference is defined %} pour la commande {{ order.reference }}{% endif %} vous est proposé sous la forme suivante : {{ means }}. Vous êtes libre de l’accepter ou non, sans aucun frais. Sans votre accord exprès{% if until is defined %} avant le {{ until }}{% endif %}, vous serez remboursé par le moyen de paiement utilisé lors de la commande.

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 43,
        key: "refund_fell_back",
        title: "Your refund goes back the way you paid / Remboursement par le moyen de paiement",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &["amount", "means"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Your refund of {{ amount }}{% if order.reference is defined %} for order {{ order.reference }}{% endif %} goes back by {{ means }}. We will write to you here once it is paid.

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Votre remboursement de {{ amount }}{% if order.reference is defined %} pour la commande {{ order.reference }}{% endif %} vous sera versé par {{ means }}. Nous vous écrirons ici même dès qu’il sera effectué.

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 44,
        key: "refund_declined",
        title: "Your request for a refund is declined / Refus de remboursement",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &["reason"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Your request for a refund{% if order.reference is defined %} for order {{ order.reference }}{% endif %} is declined, for this reason:

{{ reason }}

If you do not agree, answer this message: you can ask us to look into it.

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Votre demande de remboursement{% if order.reference is defined %} pour la commande {{ order.reference }}{% endif %} est refusée pour le motif suivant :

{{ reason }}

Si vous n’êtes pas d’accord, répondez à ce message : vous pouvez nous demander d’examiner la situation.

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 45,
        key: "refund_paid",
        title: "Your refund is paid / Remboursement effectué",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &["amount", "means"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Your refund{% if order.reference is defined %} for order {{ order.reference }}{% endif %} is paid: {{ amount }}, by {{ means }}. Depending on your bank it may take some days until you see it.

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Votre remboursement{% if order.reference is defined %} pour la commande {{ order.reference }}{% endif %} a été effectué : {{ amount }}, par {{ means }}. Selon votre banque, quelques jours peuvent être nécessaires avant qu’il n’apparaisse.

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 46,
        key: "refund_canceled",
        title: "Your refund is called off / Remboursement annulé",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &[],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

The refund{% if order.reference is defined %} for order {{ order.reference }}{% endif %} has been called off. Answer this message if you have a question about it.

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Le remboursement{% if order.reference is defined %} pour la commande {{ order.reference }}{% endif %} a été annulé. Répondez à ce message si vous avez une question à ce sujet.

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 47,
        key: "refund_to_decide",
        title: "A refund waits for the operator / Remboursement à décider",
        reader: Party::Operator,
        users: TemplateUsers::Operator,
        variables: &["line", "amount"],
        english: "The seller did not decide in time on the refund of line {{ line }}{% if order.reference is defined %}, order {{ order.reference }}{% endif %}: it is for you to decide now.",
        french: "Le vendeur ne s’est pas prononcé à temps sur le remboursement de la ligne {{ line }}{% if order.reference is defined %}, commande {{ order.reference }}{% endif %} : la décision vous revient.",
    },
    Draft {
        number: 48,
        key: "refund_to_approve",
        title: "A refund waits for a second person / Remboursement à approuver",
        reader: Party::Operator,
        users: TemplateUsers::Operator,
        variables: &["line", "amount"],
        english: "The refund{% if amount is defined %} of {{ amount }}{% endif %} on line {{ line }}{% if order.reference is defined %}, order {{ order.reference }}{% endif %} is above the limit: another person than the one who granted it has to approve it.",
        french: "Le remboursement{% if amount is defined %} de {{ amount }}{% endif %} de la ligne {{ line }}{% if order.reference is defined %}, commande {{ order.reference }}{% endif %} dépasse le plafond : une autre personne que celle qui l’a accordé doit l’approuver.",
    },
    Draft {
        number: 49,
        key: "refund_failed",
        title: "A refund failed / Échec d’un remboursement",
        reader: Party::Operator,
        users: TemplateUsers::Operator,
        variables: &["line", "amount"],
        english: "The payment system could not carry out the refund{% if amount is defined %} of {{ amount }}{% endif %} on line {{ line }}{% if order.reference is defined %}, order {{ order.reference }}{% endif %}. Try again or call it off.",
        french: "Le système de paiement n’a pas pu effectuer le remboursement{% if amount is defined %} de {{ amount }}{% endif %} de la ligne {{ line }}{% if order.reference is defined %}, commande {{ order.reference }}{% endif %}. Relancez-le ou annulez-le.",
    },
    Draft {
        number: 50,
        key: "refund_slow",
        title: "A refund takes long / Remboursement en attente",
        reader: Party::Operator,
        users: TemplateUsers::Operator,
        variables: &["line", "amount"],
        english: "The payment system has not said for days what became of the refund{% if amount is defined %} of {{ amount }}{% endif %} on line {{ line }}{% if order.reference is defined %}, order {{ order.reference }}{% endif %}. Look into it there.",
        french: "Depuis plusieurs jours, le système de paiement ne dit rien du remboursement{% if amount is defined %} de {{ amount }}{% endif %} de la ligne {{ line }}{% if order.reference is defined %}, commande {{ order.reference }}{% endif %}. Vérifiez-y son état.",
    },
    Draft {
        number: 51,
        key: "refund_reversed",
        title: "A refund was taken back / Remboursement rejeté",
        reader: Party::Operator,
        users: TemplateUsers::Operator,
        variables: &["line", "amount"],
        english: "The payment system took the refund{% if amount is defined %} of {{ amount }}{% endif %} on line {{ line }}{% if order.reference is defined %}, order {{ order.reference }}{% endif %} back after it had been paid. The buyer does not have the money: grant it anew.",
        french: "Le système de paiement a repris le remboursement{% if amount is defined %} de {{ amount }}{% endif %} de la ligne {{ line }}{% if order.reference is defined %}, commande {{ order.reference }}{% endif %} après l’avoir effectué. L’acheteur n’a pas l’argent : accordez-le de nouveau.",
    },
    Draft {
        number: 52,
        key: "refund_unclear",
        title: "A refund needs to be looked into / Remboursement à vérifier",
        reader: Party::Operator,
        users: TemplateUsers::Operator,
        variables: &["line", "amount"],
        english: "What the payment system says about the refund{% if amount is defined %} of {{ amount }}{% endif %} on line {{ line }}{% if order.reference is defined %}, order {{ order.reference }}{% endif %} does not fit what was granted. Nothing was booked: look into it there before anything else.",
        french: "Ce que dit le système de paiement du remboursement{% if amount is defined %} de {{ amount }}{% endif %} de la ligne {{ line }}{% if order.reference is defined %}, commande {{ order.reference }}{% endif %} ne correspond pas à ce qui a été accordé. Rien n’a été comptabilisé : vérifiez-y avant toute chose.",
    },
];
