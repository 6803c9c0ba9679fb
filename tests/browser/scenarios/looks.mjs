// Every state in both languages, light and dark, at three widths: kept as pictures, looked at by axe, compared where a picture
// is committed.
import assert from 'node:assert/strict';
import { begin, chooseLane, openTab } from '../lib/agent.mjs';
import { axeFindings } from '../lib/browser.mjs';
import { compare, keepPicture } from '../lib/pictures.mjs';
import { escalate, openDispute, openThread, requestRefund, requestReturn, say } from '../lib/story.mjs';

const words = {
  en: { tabs: { messages: 'Messages', return: 'Return', dispute: 'Dispute', seller: 'Seller' }, lanes: ['Everyone', 'Seller only', 'Buyer only'] },
  fr: { tabs: { messages: 'Messages', return: 'Retour', dispute: 'Litige', seller: 'Vendeur' }, lanes: ['Tout le monde', 'Vendeur seul', 'Acheteur seul'] },
};
const looks = ['en', 'fr'].flatMap((locale) => ['light', 'dark'].flatMap((scheme) => [280, 380, 640].map((width) => ({ locale, scheme, width }))));
/** Two of them see every language, scheme and a narrow page; all of them would be many pictures to commit. */
const isCommitted = ({ locale, scheme, width }) => ['en-light-380', 'fr-dark-280'].includes(`${locale}-${scheme}-${width}`);

/** Something of everything: both sides have spoken, and a return, a refund and a dispute are open. */
async function busyCase(story) {
  const { operator, seller, caseId } = story;
  await escalate(operator, caseId);
  await openThread(operator, caseId, 'OPERATOR_SELLER');
  await openThread(operator, caseId, 'OPERATOR_BUYER');
  await say(operator, caseId, 'TRIPARTITE', 'Thank you, Léa. Nordic Home, can you confirm a replacement or a refund?');
  await say(seller, caseId, 'TRIPARTITE', 'We are sorry! We check with our warehouse and answer today.');
  await say(operator, caseId, 'OPERATOR_SELLER', 'Do you have a photo of the packing?');
  await requestReturn(story);
  await requestRefund(story, '2');
  await openDispute(story);
}

const goTo = (tab) => (frame, { tabs }) => openTab(frame, tabs[tab]);
const lane = (number) => async (frame, { tabs, lanes }) => {
  await openTab(frame, tabs.messages);
  await chooseLane(frame, lanes[number]);
  await frame.locator('.feed, .empty').first().waitFor();
};
const states = {
  case: async () => undefined,
  'messages-everyone': lane(0),
  'messages-seller': lane(1),
  'messages-buyer': lane(2),
  return: goTo('return'),
  dispute: goTo('dispute'),
  seller: goTo('seller'),
};

async function looksRight(world, look) {
  const startedAt = Date.now();
  const { page, frame, errors } = await begin(world, { prepare: busyCase, look, still: startedAt });
  const faults = [];
  for (const [state, reach] of Object.entries(states)) {
    const name = `${state}-${look.locale}-${look.scheme}-${look.width}`;
    await reach(frame, words[look.locale]);
    await settled(frame);
    const picture = await keepPicture(page, name);
    faults.push(isCommitted(look) ? compare(picture, name) : null, await overflow(frame, name), ...(await axeFindings(frame)).map((finding) => `${name}: ${finding}`));
  }
  const found = [...new Set([...faults.filter(Boolean), ...errors])];
  assert.equal(found.length, 0, `\n${found.join('\n')}`);
}

/** Nothing is on its way, and nothing moves. */
async function settled(frame) {
  await frame.waitForFunction(() => !document.querySelector('.skeleton'));
  await frame.page().waitForTimeout(250);
}

/** Text that runs out of the page to the side. */
async function overflow(frame, name) {
  const wide = await frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 0 ? `${name}: ${wide} pixels stand out to the side.` : null;
}

export default Object.fromEntries(looks.map((look) => [`${look.locale} ${look.scheme} ${look.width}`, (world) => looksRight(world, look)]));
