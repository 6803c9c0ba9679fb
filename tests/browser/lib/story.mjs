// What the scenarios are about, told through the interface alone.
import { asker } from './world.mjs';

const euro = (amount) => ({ amount, currencyCode: 'EUR' });
const errors = 'userErrors { field message code }';

const plainNames = { seller: 'Nordic Home', buyer: 'Léa Martin', title: 'Oak bedside lamp', subject: 'The lamp arrived broken' };
/** As long as they may come. */
export const longNames = {
  seller: 'Manufacture Bourguignonne de Luminaires et d’Objets Décoratifs',
  buyer: 'Maximiliane-Charlotte von Hohenberg-Wartenstein',
  title: 'Lampe de chevet en chêne massif avec abat-jour en lin lavé, 38 cm, interrupteur tactile',
  subject: 'Donaudampfschifffahrtsgesellschaftskapitänslampe: cracked at the base, and the shade is of another colour',
};

/** A seller, an order of three lines that was delivered, and the case of a broken lamp with its ticket, in Zendesk unless said. */
export async function tellStory(world, { connectionId = world.zendesk, names = plainNames } = {}) {
  const as = (token) => asker(world.server, token);
  const [operator, vendor] = [as(world.operator), as(world.vendor)];
  const daysAgo = (days) => new Date(world.now().getTime() - days * 86_400_000).toISOString();
  await vendor(`mutation($input: SellersUpsertInput!) { sellersUpsert(input: $input) { ${errors} } }`, {
    input: { sellers: [{ externalId: 'nordic', name: names.seller, email: 'care@nordic.example', locale: 'en' }] },
  });
  const seller = as(await world.token('SELLER', 'nordic'));
  const { ordersUpsert } = await vendor(
    `mutation($input: OrdersUpsertInput!) { ordersUpsert(input: $input) { orders { id } ${errors} } }`,
    { input: { orders: [orderOf(daysAgo, names)] } },
  );
  const orderId = ordersUpsert.orders[0].id;
  await vendor(`mutation($input: ShipmentsReportInput!) { shipmentsReport(input: $input) { ${errors} } }`, { input: { shipments: [parcelOf(daysAgo)] } });
  const { caseOpen } = await vendor(
    `mutation($input: CaseOpenInput!) { caseOpen(input: $input) { case { id reference } ${errors} } }`,
    { input: { ...complaintOf(names), connectionId, idempotencyKey: 'case' } },
  );
  await world.settle();
  const { id: caseId, reference } = caseOpen.case;
  const { case: about } = await operator('query($id: ID!) { case(by: { id: $id }) { tickets { externalId } } }', { id: caseId });
  const story = { world, operator, vendor, seller, orderId, caseId, reference, ticket: about.tickets[0].externalId };
  return { ...story, buyer: await admitBuyer(story) };
}

/** Who placed the order; let in for some hours. */
export async function admitBuyer({ world, vendor, orderId }) {
  const { buyerAdmit } = await vendor(`mutation($input: BuyerAdmitInput!) { buyerAdmit(input: $input) { token ${errors} } }`, { input: { orderId } });
  return asker(world.server, buyerAdmit.token);
}

const orderOf = (daysAgo, { title }) => ({
  reference: 'FR-88213-A',
  sellerExternalId: 'nordic',
  buyerEmail: 'lea.martin@example.com',
  placedAt: daysAgo(9),
  total: euro('89.75'),
  sale: { withdrawalToldAt: daysAgo(9), paymentReference: 'pay-1' },
  lines: [
    { externalId: '1', title, quantity: 1, unitPrice: euro('44.95'), taxRate: 2000, commission: { rate: 1200 } },
    { externalId: '2', title: 'Linen cushion cover, sand', quantity: 2, unitPrice: euro('19.95'), taxRate: 2000 },
    { externalId: '3', title: 'Candle', quantity: 1, unitPrice: euro('4.90'), taxRate: 2000 },
  ],
});
const parcelOf = (daysAgo) => ({
  externalId: 'parcel-1',
  orderReference: 'FR-88213-A',
  carrier: 'Colissimo',
  trackingNumber: '6A12345678901',
  shippedAt: daysAgo(7),
  deliveredAt: daysAgo(5),
  lines: ['1', '2', '3'].map((lineId) => ({ lineExternalId: lineId, quantity: lineId === '2' ? 2 : 1 })),
});
const complaintOf = ({ buyer, subject }) => ({
  buyerEmail: 'lea.martin@example.com',
  buyerName: buyer,
  subject,
  text: 'Hello, the lamp arrived cracked at the base. What happens now?',
  orderReference: 'FR-88213-A',
  orderLineId: '1',
  language: 'en',
});

const threadsOf = async (ask, caseId) =>
  (await ask(`query($id: ID!) { case(by: { id: $id }) { threads { id kind messages(last: 50) { nodes { id text author } } } } }`, { id: caseId })).case.threads;

/** What stands in a thread of a kind, as somebody sees it: texts, the oldest first; null where there is no such thread. */
export async function textsIn(ask, caseId, kind) {
  const thread = (await threadsOf(ask, caseId)).find((each) => each.kind === kind);
  return thread ? thread.messages.nodes.map(({ text }) => text) : null;
}

export async function say(ask, caseId, kind, text, key = text) {
  const thread = (await threadsOf(ask, caseId)).find((each) => each.kind === kind);
  if (!thread) throw new Error(`There is no thread ${kind}.`);
  await ask(`mutation($input: MessagePostInput!) { messagePost(input: $input) { ${errors} } }`, { input: { threadId: thread.id, text, idempotencyKey: key } });
}

export async function openThread(ask, caseId, kind) {
  await ask(`mutation($input: ThreadOpenInput!) { threadOpen(input: $input) { thread { id } ${errors} } }`, { input: { caseIds: [caseId], kind } });
}

export async function escalate(ask, caseId) {
  await ask(`mutation($input: CaseEscalateInput!) { caseEscalate(input: $input) { ${errors} } }`, { input: { caseId, reason: 'OTHER', note: 'We decide.' } });
}

export async function requestReturn({ buyer, orderId, caseId }) {
  const input = { orderId, caseId, lineId: '1', quantity: 1, reason: { kind: 'BROKEN' }, idempotencyKey: 'return' };
  const { returnRequest } = await buyer(`mutation($input: ReturnRequestInput!) { returnRequest(input: $input) { return { id revision state } ${errors} } }`, { input });
  return returnRequest.return;
}

export async function requestRefund({ buyer, orderId, caseId }, lineId = '1') {
  const input = { orderId, caseId, lineId, basis: 'LEGAL_CONFORMITY' };
  const { refundRequest } = await buyer(`mutation($input: RefundRequestInput!) { refundRequest(input: $input) { refund { id revision status } ${errors} } }`, { input });
  return refundRequest.refund;
}

export async function openDispute({ buyer, orderId, caseId }, reason = 'DEFECTIVE') {
  const input = { orderId, caseId, lineId: '1', reason, text: 'The lamp is cracked and the shop does not answer.', wanted: 'REFUND' };
  const { disputeOpen } = await buyer(`mutation($input: DisputeOpenInput!) { disputeOpen(input: $input) { dispute { id revision stage } ${errors} } }`, { input });
  return disputeOpen.dispute;
}

/** Brings a dispute before who decides it: nobody answers, and both sides have said what they know. */
export async function reviewDispute(story) {
  const dispute = await openDispute(story);
  await story.world.advance(4 * 24);
  await story.world.advance(14 * 24);
  const buyer = await admitBuyer(story);
  for (const [ask, text] of [[buyer, 'A photo of the crack.'], [story.seller, 'It was packed in two boxes.']]) await submitEvidence(ask, dispute.id, text);
  await story.world.advance(5 * 24);
}

async function submitEvidence(ask, disputeId, text) {
  const { dispute } = await ask('query($id: ID!) { dispute(id: $id) { revision } }', { id: disputeId });
  await ask(`mutation($input: DisputeSubmitEvidenceInput!) { disputeSubmitEvidence(input: $input) { ${errors} } }`, {
    input: { disputeId, revision: dispute.revision, text },
  });
}

/** What a seller has behind it: thirty orders of others, some of them rated, a badge to be had, and a warning. */
export async function giveAPast({ world, operator, vendor }) {
  const placedAt = new Date(world.now().getTime() - 3 * 86_400_000).toISOString();
  const orders = Array.from({ length: 30 }, (_, index) => ({
    reference: `PAST-${index}`,
    sellerExternalId: 'nordic',
    buyerEmail: `buyer-${index}@example.com`,
    placedAt,
    total: euro('24.90'),
    lines: [{ externalId: '1', title: 'Candle', quantity: 1, unitPrice: euro('24.90'), taxRate: 2000 }],
  }));
  const made = await vendor(`mutation($input: OrdersUpsertInput!) { ordersUpsert(input: $input) { orders { id } ${errors} } }`, { input: { orders } });
  const grades = [[5, 5, 5, 4], [4, 4, 5, 3], [5, 3, 4, 2], [5, 2, 5, 4], [4, 2, 5, 5]];
  for (const [index, given] of grades.entries()) await rate(vendor, made.ordersUpsert.orders[index].id, given);
  const labels = [{ locale: 'en', label: 'Few returns' }, { locale: 'fr', label: 'Peu de retours' }];
  await operator(`mutation($input: StandingRulesSetInput!) { standingRulesSet(input: $input) { ${errors} } }`, {
    input: { badges: [{ key: 'few_returns', labels, conditions: [{ measure: 'RETURNS', bound: 10 }] }] },
  });
  const { seller } = await operator('{ seller(by: { externalId: "nordic" }) { id } }');
  const warning = { step: 'WARNING', facts: 'Parcels are packed badly.', ground: { terms: 'Terms, 4.2' }, redress: 'Write to complaints@bazar.example.' };
  await operator(`mutation($input: SanctionImposeInput!) { sanctionImpose(input: $input) { ${errors} } }`, {
    input: { ...warning, sellerId: seller.id, fixUntil: new Date(world.now().getTime() + 60 * 86_400_000).toISOString() },
  });
  await world.settle();
}

async function rate(vendor, orderId, [delivery_time, packaging, communication, after_sale]) {
  const { ratingInvite } = await vendor(`mutation($input: RatingInviteInput!) { ratingInvite(input: $input) { invitation { url } ${errors} } }`, {
    input: { about: { orderLine: { orderId, lineExternalId: '1' } } },
  });
  const token = ratingInvite.invitation.url.split('/').pop();
  const grades = Object.entries({ delivery_time, packaging, communication, after_sale }).map(([criterion, grade]) => ({ criterion, grade }));
  await vendor(`mutation($input: RatingSubmitInput!) { ratingSubmit(input: $input) { ${errors} } }`, { input: { token, seller: { grades } } });
}
