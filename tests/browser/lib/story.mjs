// What the scenarios are about, told through the interface alone: one marketplace for each, so that nothing depends on order.
import { asker } from './server.mjs';

const euro = (amount) => ({ amount, currencyCode: 'EUR' });
const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString();
const errors = 'userErrors { field message code }';
let marketplaces = 0;

/** A marketplace with a seller, an order of three lines that was delivered, and the case of a broken lamp. */
export async function tellStory(server, locale = 'en') {
  const slug = `shop-${process.pid}-${++marketplaces}`;
  const { command, url } = server;
  await command('marketplace', 'create', slug, '--name', 'Maison & Co', '--currency', 'EUR', '--locale', locale, '--timezone', 'Europe/Paris', '--business-hours', 'always');
  const tokenFor = async (role, ...more) => (await command('token', 'create', '--marketplace', slug, '--role', role, '--name', role, ...more)).token;
  const tokens = { operator: await tokenFor('operator'), vendor: await tokenFor('vendor') };
  const [operator, vendor] = [asker(url, tokens.operator), asker(url, tokens.vendor)];

  await vendor(`mutation($input: SellersUpsertInput!) { sellersUpsert(input: $input) { ${errors} } }`, {
    input: { sellers: [{ externalId: 'nordic', name: 'Nordic Home', email: 'care@nordic.example', locale: 'en' }] },
  });
  tokens.seller = await tokenFor('seller', '--seller', 'nordic');
  const seller = asker(url, tokens.seller);

  const { ordersUpsert } = await vendor(
    `mutation($input: OrdersUpsertInput!) { ordersUpsert(input: $input) { orders { id } ${errors} } }`,
    { input: { orders: [order] } },
  );
  const orderId = ordersUpsert.orders[0].id;
  await vendor(`mutation($input: ShipmentsReportInput!) { shipmentsReport(input: $input) { ${errors} } }`, { input: { shipments: [parcel] } });
  const { buyerAdmit } = await vendor(`mutation($input: BuyerAdmitInput!) { buyerAdmit(input: $input) { token ${errors} } }`, { input: { orderId } });
  tokens.buyer = buyerAdmit.token;
  const buyer = asker(url, tokens.buyer);

  const { caseOpen } = await vendor(
    `mutation($input: CaseOpenInput!) { caseOpen(input: $input) { case { id reference threads { id kind } } ${errors} } }`,
    { input: { ...complaint, idempotencyKey: 'case' } },
  );
  return { slug, tokens, operator, vendor, seller, buyer, orderId, caseId: caseOpen.case.id, reference: caseOpen.case.reference };
}

const order = {
  reference: 'FR-88213-A',
  sellerExternalId: 'nordic',
  buyerEmail: 'lea.martin@example.com',
  placedAt: daysAgo(9),
  total: euro('89.75'),
  sale: { withdrawalToldAt: daysAgo(9), paymentReference: 'pay-1' },
  lines: [
    { externalId: '1', title: 'Oak bedside lamp', quantity: 1, unitPrice: euro('44.95'), taxRate: 2000, commission: { rate: 1200 } },
    { externalId: '2', title: 'Linen cushion cover, sand', quantity: 2, unitPrice: euro('19.95'), taxRate: 2000 },
    { externalId: '3', title: 'Candle', quantity: 1, unitPrice: euro('4.90'), taxRate: 2000 },
  ],
};
const parcel = {
  externalId: 'parcel-1',
  orderReference: 'FR-88213-A',
  carrier: 'Colissimo',
  trackingNumber: '6A12345678901',
  shippedAt: daysAgo(7),
  deliveredAt: daysAgo(5),
  lines: ['1', '2', '3'].map((lineId) => ({ lineExternalId: lineId, quantity: lineId === '2' ? 2 : 1 })),
};
const complaint = {
  buyerEmail: 'lea.martin@example.com',
  buyerName: 'Léa Martin',
  subject: 'The lamp arrived broken',
  text: 'Hello, the lamp arrived cracked at the base. What happens now?',
  orderReference: 'FR-88213-A',
  orderLineId: '1',
  language: 'en',
};

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
