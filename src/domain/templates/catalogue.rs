//! The templates that come with Trilogue, in French and English. A marketplace replaces one by writing its own under the key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use uuid::Uuid;

use super::{Template, TemplateBody, TemplateKey, TemplateOwner, TemplateUsers};
use crate::domain::ids::TemplateId;
use crate::domain::parties::Party;

mod disputes;
mod mentions;
mod refunds;
mod returns;

/// One of them, as it is written here.
struct Draft {
    /// For ever the same: it is the end of its id.
    number: u128,
    key: &'static str,
    title: &'static str,
    reader: Party,
    users: TemplateUsers,
    variables: &'static [&'static str],
    english: &'static str,
    french: &'static str,
}

/// In French, ordinary spaces stand here before the marks that take one; [`typographic`] fixes them.
const DRAFTS: &[Draft] = &[
    Draft {
        number: 1,
        key: "acknowledgement",
        title: "We have your message / Accusé de réception",
        reader: Party::Buyer,
        users: TemplateUsers::Everybody,
        variables: &[],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

We have received your message{% if order.reference is defined %} about order {{ order.reference }}{% endif %}. Your reference is {{ case.reference }}.

{% if case.due is defined %}You will have an answer by {{ case.due }} at the latest.{% else %}We will get back to you as soon as we can.{% endif %}

Kind regards,
{{ sender.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Nous avons bien reçu votre message{% if order.reference is defined %} concernant la commande {{ order.reference }}{% endif %}. Votre demande porte la référence {{ case.reference }}.

{% if case.due is defined %}Une réponse vous sera apportée au plus tard le {{ case.due }}.{% else %}Nous revenons vers vous dès que possible.{% endif %}

Bien cordialement,
{{ sender.name }}",
    },
    Draft {
        number: 2,
        key: "ask_clarification",
        title: "We need to know more / Demande de précisions",
        reader: Party::Buyer,
        users: TemplateUsers::Everybody,
        variables: &["question"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Thank you for your message. So that we can help you, please tell us:

{{ question }}

A photo often says it faster: feel free to attach one to your answer.

Kind regards,
{{ sender.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Nous vous remercions de votre message. Afin de pouvoir vous aider, pourriez-vous nous préciser le point suivant ?

{{ question }}

N’hésitez pas à joindre une photo à votre réponse : elle nous permettra souvent d’aller plus vite.

Bien cordialement,
{{ sender.name }}",
    },
    Draft {
        number: 3,
        key: "hostile_reply",
        title: "Calm answer to an angry message / Réponse à un message vif",
        reader: Party::Buyer,
        users: TemplateUsers::Everybody,
        variables: &["facts", "next_step"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

I understand that this situation is frustrating, and I want to see it settled.

This is what we know so far{% if order.reference is defined %} about order {{ order.reference }}{% endif %}:

{{ facts }}

What happens next: {{ next_step }}

If anything in this is not right, please tell me and I will look into it.

Kind regards,
{{ sender.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Je comprends que cette situation soit contrariante et je tiens à ce qu’elle soit réglée.

Voici ce que nous savons à ce jour{% if order.reference is defined %} de la commande {{ order.reference }}{% endif %} :

{{ facts }}

La suite : {{ next_step }}

Si l’un de ces éléments vous semble inexact, indiquez-le-moi et je le vérifierai.

Bien cordialement,
{{ sender.name }}",
    },
    Draft {
        number: 4,
        key: "escalated_to_operator",
        title: "We have taken over / Prise en charge par le service client",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &[],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

The customer service of {{ marketplace.name }} has taken over your request {{ case.reference }}. We are in touch with {% if seller.name is defined %}{{ seller.name }}{% else %}the seller{% endif %}, and you do not need to send anything again: the whole exchange is before us.

We will write to you here as soon as there is news.

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Le service client de {{ marketplace.name }} a pris en charge votre demande {{ case.reference }}. Nous sommes en relation avec {% if seller.name is defined %}{{ seller.name }}{% else %}le vendeur{% endif %} et vous n’avez rien à renvoyer : l’ensemble de vos échanges est sous nos yeux.

Nous vous écrirons ici même dès que nous aurons du nouveau.

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 5,
        key: "seller_silent",
        title: "Reminder to a silent seller / Relance d’un vendeur sans réponse",
        reader: Party::Seller,
        users: TemplateUsers::Operator,
        variables: &[],
        english: "Hello{% if seller.name is defined %} {{ seller.name }}{% endif %},

The buyer of {% if order.reference is defined %}order {{ order.reference }}{% else %}case {{ case.reference }}{% endif %} is still waiting for your answer{% if case.due is defined %}, which was due on {{ case.due }}{% endif %}.

Please answer now, or tell us what keeps you from it. Without news from you we will settle the matter with the buyer under the rules of {{ marketplace.name }}.

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if seller.name is defined %} {{ seller.name }}{% endif %},

L’acheteur {% if order.reference is defined %}de la commande {{ order.reference }}{% else %}du dossier {{ case.reference }}{% endif %} attend toujours votre réponse{% if case.due is defined %}, attendue pour le {{ case.due }}{% endif %}.

Nous vous invitons à lui répondre sans tarder ou à nous indiquer ce qui vous en empêche. Sans nouvelles de votre part, nous réglerons la situation avec l’acheteur selon les règles de {{ marketplace.name }}.

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 6,
        key: "delay_notice",
        title: "It will take longer / Annonce d’un retard",
        reader: Party::Buyer,
        users: TemplateUsers::Everybody,
        variables: &["new_date"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

{% if order.reference is defined %}Order {{ order.reference }} is taking longer than announced, and we are sorry for it.{% else %}Your request is taking longer than announced, and we are sorry for it.{% endif %}

The new date is {{ new_date }}. If it does not suit you, simply answer this message and we will look for a solution together.

Kind regards,
{{ sender.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

{% if order.reference is defined %}La commande {{ order.reference }} prend plus de temps que prévu et nous vous prions de nous en excuser.{% else %}Le traitement de votre demande prend plus de temps que prévu et nous vous prions de nous en excuser.{% endif %}

La nouvelle date est la suivante : {{ new_date }}. Si elle ne vous convient pas, il vous suffit de répondre à ce message : nous chercherons une solution avec vous.

Bien cordialement,
{{ sender.name }}",
    },
    Draft {
        number: 7,
        key: "resolved",
        title: "It is settled / Demande résolue",
        reader: Party::Buyer,
        users: TemplateUsers::Everybody,
        variables: &["outcome"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Your request {{ case.reference }} is settled:

{{ outcome }}

If anything is still missing, answer this message and the case will be opened again.

Kind regards,
{{ sender.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Votre demande {{ case.reference }} est résolue :

{{ outcome }}

S’il manque encore quelque chose, répondez à ce message et le dossier sera rouvert.

Bien cordialement,
{{ sender.name }}",
    },
    Draft {
        number: 8,
        key: "operator_cannot_intervene",
        title: "We cannot settle this, but others can / Limites de notre intervention",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &["reason", "mediator"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

We have looked into your request {{ case.reference }} with care, and we cannot settle it in your place, for this reason: {{ reason }}

Your rights against the seller stay as they are. If no agreement is reached, you can turn to the consumer mediator, free of charge: {{ mediator }}

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Nous avons étudié votre demande {{ case.reference }} avec attention et nous ne sommes pas en mesure de la trancher à votre place, pour la raison suivante : {{ reason }}

Vos droits à l’égard du vendeur restent inchangés. À défaut d’accord, vous pouvez saisir gratuitement le médiateur de la consommation : {{ mediator }}

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 9,
        key: "channel_redirect",
        title: "Please write here / Merci d’écrire ici",
        reader: Party::Buyer,
        users: TemplateUsers::Everybody,
        variables: &[],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Please keep writing to us in this conversation rather than by telephone or private e-mail. Here, {{ marketplace.name }} can follow the exchange and help if something goes wrong, and your contact details stay with you.

Simply answer this message: we will see it.

Kind regards,
{{ sender.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Nous vous invitons à poursuivre cette conversation ici plutôt que par téléphone ou par courriel personnel. {{ marketplace.name }} peut ainsi suivre nos échanges et vous aider en cas de difficulté, et vos coordonnées restent confidentielles.

Il vous suffit de répondre à ce message : nous le verrons.

Bien cordialement,
{{ sender.name }}",
    },
];

/// The templates that come with Trilogue.
pub fn built_in() -> &'static [Template] {
    static ALL: LazyLock<Vec<Template>> = LazyLock::new(|| {
        DRAFTS
            .iter()
            .chain(disputes::DRAFTS)
            .chain(mentions::DRAFTS)
            .chain(refunds::DRAFTS)
            .chain(returns::DRAFTS)
            .filter_map(template)
            .collect()
    });
    &ALL
}

fn template(draft: &Draft) -> Option<Template> {
    let key: TemplateKey = draft.key.parse().ok()?;
    let texts = BTreeMap::from([("en".parse().ok()?, draft.english.to_owned()), ("fr".parse().ok()?, typographic(draft.french))]);
    let body = TemplateBody {
        title: draft.title.to_owned(),
        reader: draft.reader,
        users: draft.users,
        reason: None,
        phase: None,
        variables: draft.variables.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(),
        texts,
    };
    let id = TemplateId::from_uuid(Uuid::from_u128(draft.number));
    Some(Template { id, key, owner: TemplateOwner::BuiltIn, body, revision: 1, updated_at: None })
}

/// French as it is set: no line begins with a mark that takes a space before it.
fn typographic(french: &str) -> String {
    [" :", " ;", " ?", " !", " »"]
        .iter()
        .fold(french.replace("« ", "«\u{a0}"), |text, mark| text.replace(mark, &mark.replace(' ', "\u{a0}")))
}
