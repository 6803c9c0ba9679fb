// Every state: looked at by axe, and compared with the picture of it that is committed.
import assert from 'node:assert/strict';
import { askForCode, chooseLane, composer, dialogIn, enterCode, openTab, submitIn, untilSignedOut } from '../lib/agent.mjs';
import { axeFindings, openInFreshdesk, openInZendesk } from '../lib/browser.mjs';
import { keepPicture } from '../lib/pictures.mjs';
import { escalate, giveAPast, longNames, openDispute, openThread, requestRefund, requestReturn, reviewDispute, say, tellStory } from '../lib/story.mjs';
import { until } from '../lib/world.mjs';

/** Both languages, both schemes, and each width that helpdesks give: Freshdesk's, Zendesk's, one drawn wide, one drawn narrow. */
const looks = [
  { locale: 'en', scheme: 'light', width: 380 },
  { locale: 'fr', scheme: 'dark', width: 280 },
  { locale: 'fr', scheme: 'light', width: 258 },
  { locale: 'en', scheme: 'dark', width: 720 },
];

const lane = (key) => async ({ frame }) => {
  await openTab(frame, 'messages');
  await chooseLane(frame, key);
  await frame.locator('.feed, .empty').first().waitFor();
  await hasRead(frame);
};
/** What is in sight counts as read after a moment. */
const hasRead = (frame) => frame.locator('.lanes [aria-selected=true] .count').waitFor({ state: 'detached' });
const goTo = (tab) => ({ frame }) => openTab(frame, tab);
const close = ({ frame }) => dialogIn(frame).locator('.dialog-head button').click();

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
  await story.world.settle();
  await story.world.advance(1);
}

/** In a case where much goes on; in this order, each from where the one before has left the page. */
const busy = {
  case: goTo('case'),
  'case-menu': ({ frame }) => frame.locator('[popovertarget=case-menu]').click(),
  async activity({ page, frame }) {
    await page.keyboard.press('Escape');
    await frame.locator('.activity').evaluate((list) => list.scrollIntoView());
  },
  'messages-everyone': lane('everyone'),
  'messages-seller': lane('seller'),
  'messages-buyer': lane('buyer'),
  async templates(opened) {
    await lane('everyone')(opened);
    await opened.frame.locator('.composer .tools button').first().click();
    await opened.frame.locator('.picker').waitFor();
  },
  async misaddressed(opened) {
    await opened.page.keyboard.press('Escape');
    await lane('seller')(opened);
    await composer(opened.frame).fill('Hello Léa, your refund is on its way.');
    await opened.frame.locator('.composer .note').waitFor();
  },
  return: goTo('return'),
  async refund({ frame }) {
    await frame.getByRole('button', { name: /^(Refund|Rembourser)…$/ }).click();
    await dialogIn(frame).locator('.refund-sums').waitFor();
  },
  async 'refund-over'({ frame }) {
    const dialog = dialogIn(frame);
    await dialog.locator('fieldset[data-look=segments]').first().locator('label').nth(2).click();
    await dialog.locator('input[inputmode=decimal]').first().fill('9999');
    await dialog.locator('.over').first().waitFor();
  },
  async dispute(opened) {
    await close(opened);
    await openTab(opened.frame, 'dispute');
  },
  seller: goTo('seller'),
};

/** The dispute is old enough to be decided, and the seller has a past. */
async function oldStory(story) {
  await giveAPast(story);
  await reviewDispute(story);
}

/** In a case whose dispute the agent is to decide, and whose names are long. */
const review = {
  'long-case': goTo('case'),
  'long-messages': lane('everyone'),
  'long-return': goTo('return'),
  'long-seller': goTo('seller'),
  'dispute-review': goTo('dispute'),
  async decision({ frame }) {
    await frame.getByRole('button', { name: /^(Decide|Trancher|Décider)…$/ }).click();
    const dialog = dialogIn(frame);
    await dialog.locator('fieldset input[type=radio]').nth(1).check();
    await dialog.locator('input[inputmode=decimal]').first().fill('20');
  },
  async 'decision-preview'({ frame }) {
    const dialog = dialogIn(frame);
    await dialog.locator('select').nth(1).selectOption('SELLER');
    await dialog.locator('fieldset[data-look=segments] label').first().click();
    await dialog.locator('select').last().selectOption('NOT_CONFORM');
    await dialog.locator('textarea').fill('The photo shows a crack that was there before.');
    await dialog.locator('input[maxlength="200"]').fill('Terms, 7.2');
    await submitIn(dialog).click();
    await dialog.locator('textarea').waitFor({ state: 'detached' });
  },
};

/** In a case where nothing has happened yet; the last one need not be recovered from. */
const quiet = {
  'return-none': goTo('return'),
  'dispute-none': goTo('dispute'),
  async 'lane-not-open'({ frame }) {
    await openTab(frame, 'messages');
    await hasRead(frame);
    await frame.locator('#lane-tab-buyer').click();
    await frame.locator('.lane-panel .empty').waitFor();
  },
  async offline({ page, frame }) {
    await page.context().setOffline(true);
    await frame.locator('.banner').waitFor();
  },
};

const ended = {
  async 'signed-out'({ frame, world }) {
    await world.revoke();
    await untilSignedOut(frame);
  },
};

/** Beside a ticket that nobody has told the server of. */
const unknown = {
  'no-case': ({ frame }) => frame.locator('input[type=search]').waitFor(),
  async 'cases-found'({ page, frame }) {
    await frame.locator('input[type=search]').fill('lamp');
    await page.keyboard.press('Enter');
    await frame.locator('.choice').waitFor();
  },
  async 'take-up-refused'({ frame }) {
    await frame.locator('form:not([role]) button').click();
    await frame.getByRole('alert').waitFor();
  },
};

/** In Zendesk, but beside no ticket. */
const nowhere = {
  'no-ticket': ({ frame }) => frame.locator('input[type=search]').waitFor(),
  async 'open-case'({ frame }) {
    await frame.locator('main > .button').last().click();
    await dialogIn(frame).waitFor();
  },
};

/** Where cases were taken from the agent's sight meanwhile, and are found still. */
const notTheirs = {
  async 'no-permission'({ page, frame }) {
    await frame.locator('input[type=search]').fill('lamp');
    await page.keyboard.press('Enter');
    await frame.locator('.choice').first().click();
    await frame.getByRole('alert').waitFor();
  },
};

const signIn = {
  'sign-in': ({ frame }) => frame.locator('input[type=email]').waitFor(),
  'sign-in-code': ({ frame, world }) => askForCode(frame, world.agentEmail),
  async 'sign-in-wrong-code'({ frame }) {
    await enterCode(frame, '0'.repeat(6));
    await frame.getByRole('alert').waitFor();
  },
};

/** Keeps a picture of each state, one after the other, and gives what is wrong with them. */
async function shown({ compare }, opened, look, states) {
  const faults = [];
  const quiet = watchTraffic(opened.page);
  for (const [state, reach] of Object.entries(states)) {
    const name = `${state}-${look.locale}-${look.scheme}-${look.width}`;
    await reach(opened);
    await settled(opened.frame, state, quiet);
    const picture = await keepPicture(opened.page, name);
    faults.push(await compare(picture, name), await overflow(opened.frame, name));
    faults.push(...(await axeFindings(opened.frame)).map((finding) => `${name}: ${finding}`));
  }
  return [...faults, ...opened.errors];
}

async function looksRight(scene, look) {
  const faults = [];
  const zendesk = (world, ticket) => openInZendesk(scene, world, { ticket, look }).then((opened) => ({ ...opened, world }));
  const told = async (prepare, names) => {
    const world = await scene.begin();
    const story = await tellStory(world, { names });
    await prepare(story);
    return { world, story };
  };
  for (const [prepare, states, names] of [[busyCase, busy], [oldStory, review, longNames]]) {
    const { world, story } = await told(prepare, names);
    const opened = await zendesk(world, story.ticket);
    faults.push(...(await shown(scene, opened, look, states)));
    await opened.page.close();
  }
  const { world, story } = await told(async () => undefined);
  faults.push(...(await shown(scene, await zendesk(world, '999'), look, unknown)));
  faults.push(...(await shown(scene, await zendesk(world, null), look, nowhere)));
  faults.push(...(await shown(scene, { ...(await openInFreshdesk(scene, world, { ticket: 42, look })), world }, look, signIn)));
  for (const [state, graphql] of [['loading', 'SILENT'], ['error', 500]]) {
    world.network.graphql = graphql;
    faults.push(...(await shown(scene, await zendesk(world, story.ticket), look, { [state]: ({ frame }) => frame.locator('.skeleton, [role=alert]').first().waitFor() })));
    world.network.graphql = null;
  }
  faults.push(...(await shown(scene, await withNothingToSee(scene, world, story, look), look, notTheirs)));
  faults.push(...(await shown(scene, await zendesk(world, story.ticket), look, quiet)));
  faults.push(...(await shown(scene, await zendesk(world, story.ticket), look, ended)));
  const found = [...new Set(faults.filter(Boolean))];
  assert.equal(found.length, 0, `\n${found.join('\n')}`);
}

/** A page that is told of no case. */
async function withNothingToSee(scene, world, story, look) {
  const route = (answer) => ({ contentType: 'application/json', body: JSON.stringify(answer) });
  const opened = await openInZendesk(scene, world, {
    ticket: story.ticket,
    look,
    routes: (context) =>
      context.route('**/graphql', (each) => (each.request().postDataJSON()?.operationName === 'SidebarCase' ? each.fulfill(route({ data: { case: null } })) : each.continue())),
  });
  return { ...opened, world };
}

const quietFor = 600;

/** Counts what is on its way to the server, and gives how long nothing was. */
function watchTraffic(page) {
  const open = new Set();
  let last = Date.now();
  const ended = (request) => {
    open.delete(request);
    last = Date.now();
  };
  page.on('request', (request) => request.url().endsWith('/graphql') && open.add(request));
  // Answered, not finished: what is left unread of an answer never ends.
  page.on('response', (response) => ended(response.request()));
  page.on('requestfailed', ended);
  return () => (open.size ? 0 : Date.now() - last);
}

/** Nothing is on its way, and nothing moves: also what pages do a moment later, as to say what was read. */
async function settled(frame, state, quiet) {
  if (state === 'loading') return frame.page().waitForTimeout(quietFor);
  await frame.waitForFunction(() => !document.querySelector('.skeleton'));
  await frame.page().waitForTimeout(quietFor / 2);
  return until(() => quiet() >= quietFor, 'the page to come to rest');
}

/** Text that runs out of the page to the side. */
async function overflow(frame, name) {
  const wide = await frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 0 ? `${name}: ${wide} pixels stand out to the side.` : null;
}

export default Object.fromEntries(looks.map((look) => [`${look.locale} ${look.scheme} ${look.width}`, (scene) => looksRight(scene, look)]));
