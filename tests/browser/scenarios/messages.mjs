// An agent reads, and answers in each lane; nothing is said to the wrong people.
import assert from 'node:assert/strict';
import { begin, chooseLane, composer, openTab } from '../lib/agent.mjs';
import { until } from '../lib/world.mjs';
import { escalate, openThread, say, textsIn } from '../lib/story.mjs';

/** The operator takes part with both sides, and has a word with each alone. */
const withAllLanes = async ({ operator, caseId }) => {
  await escalate(operator, caseId);
  await openThread(operator, caseId, 'OPERATOR_SELLER');
  await openThread(operator, caseId, 'OPERATOR_BUYER');
};
const lanes = [
  { lane: 'everyone', kind: 'TRIPARTITE', readBy: ['buyer', 'seller'], notBy: [] },
  { lane: 'seller', kind: 'OPERATOR_SELLER', readBy: ['seller'], notBy: ['buyer'] },
  { lane: 'buyer', kind: 'OPERATOR_BUYER', readBy: ['buyer'], notBy: ['seller'] },
];

export default {
  async 'an agent reads what the buyer said'(scene) {
    const { frame } = await begin(scene);
    await openTab(frame, 'messages');
    await frame.getByText('Hello, the lamp arrived cracked at the base.').waitFor();
  },

  ...Object.fromEntries(
    lanes.map(({ lane, kind, readBy, notBy }) => [
      `an agent answers in the lane ${lane}`,
      async (scene) => {
        const { frame, story } = await begin(scene, { prepare: withAllLanes });
        await openTab(frame, 'messages');
        await chooseLane(frame, lane);
        const words = `Words for ${lane}.`;
        await composer(frame).fill(words);
        await frame.locator('button.send').click();
        await frame.locator('.feed').getByText(words).waitFor();
        await until(async () => (await composer(frame).inputValue()) === '', 'the field to be empty again');
        for (const who of readBy) assert.deepEqual((await textsIn(story[who], story.caseId, kind))?.at(-1), words, `${who} reads it`);
        for (const who of notBy) assert.equal(await textsIn(story[who], story.caseId, kind), null, `${who} has no such thread`);
        const others = lanes.filter((each) => each.kind !== kind);
        for (const other of others) assert.ok(!(await textsIn(story.operator, story.caseId, other.kind)).includes(words), `not in ${other.lane}`);
      },
    ]),
  ),

  async 'a draft stays in its lane'(scene) {
    const { frame } = await begin(scene, { prepare: withAllLanes });
    await openTab(frame, 'messages');
    await chooseLane(frame, 'seller');
    await composer(frame).fill('Between us: who packed this?');
    for (const lane of ['buyer', 'everyone']) {
      await chooseLane(frame, lane);
      assert.equal(await composer(frame).inputValue(), '', `nothing of it is in ${lane}`);
      assert.ok(await frame.locator('button.send').isDisabled(), `${lane} has nothing to send`);
    }
    await chooseLane(frame, 'seller');
    assert.equal(await composer(frame).inputValue(), 'Between us: who packed this?');
  },

  async 'who reads is said in words, whatever the lane'(scene) {
    const { frame } = await begin(scene, { prepare: withAllLanes });
    await openTab(frame, 'messages');
    const said = { everyone: /everyone/i, seller: /Nordic Home only/, buyer: /Léa Martin only/ };
    for (const [lane, words] of Object.entries(said)) {
      await chooseLane(frame, lane);
      assert.match(await frame.locator('button.send').innerText(), words);
    }
  },

  async 'what is said meanwhile appears by itself, once'(scene) {
    const { frame, story } = await begin(scene, { prepare: withAllLanes });
    await openTab(frame, 'messages');
    await chooseLane(frame, 'everyone');
    await say(story.seller, story.caseId, 'TRIPARTITE', 'We look into it.');
    const message = frame.locator('.feed').getByText('We look into it.');
    await message.waitFor();
    await until(async () => (await message.count()) === 1, 'the message to stand there once');
  },

  async 'an agent works in French and in the dark'(scene) {
    const { frame, story } = await begin(scene, { prepare: withAllLanes, look: { locale: 'fr', scheme: 'dark', width: 280 } });
    assert.equal(await frame.evaluate(() => document.documentElement.lang), 'fr');
    assert.equal(await frame.evaluate(() => document.documentElement.dataset.scheme), 'dark');
    await openTab(frame, 'messages');
    await chooseLane(frame, 'seller');
    assert.match(await frame.locator('button.send').innerText(), /Nordic Home/);
    await composer(frame).fill('Qui a emballé la lampe ?');
    await frame.locator('button.send').click();
    await frame.locator('.feed').getByText('Qui a emballé la lampe ?').waitFor();
    assert.deepEqual((await textsIn(story.seller, story.caseId, 'OPERATOR_SELLER'))?.at(-1), 'Qui a emballé la lampe ?');
  },
};
