// An agent reads, and answers in each lane; nothing is said to the wrong people.
import assert from 'node:assert/strict';
import { begin, chooseLane, composer, openTab } from '../lib/agent.mjs';
import { until } from '../lib/server.mjs';
import { escalate, openThread, say, textsIn } from '../lib/story.mjs';

/** The operator takes part with both sides, and has a word with each alone. */
const withAllLanes = async ({ operator, caseId }) => {
  await escalate(operator, caseId);
  await openThread(operator, caseId, 'OPERATOR_SELLER');
  await openThread(operator, caseId, 'OPERATOR_BUYER');
};
const lanes = [
  { lane: 'Everyone', kind: 'TRIPARTITE', readBy: ['buyer', 'seller'], notBy: [] },
  { lane: 'Seller only', kind: 'OPERATOR_SELLER', readBy: ['seller'], notBy: ['buyer'] },
  { lane: 'Buyer only', kind: 'OPERATOR_BUYER', readBy: ['buyer'], notBy: ['seller'] },
];

export default {
  async 'an agent reads what the buyer said'(world) {
    const { frame } = await begin(world);
    await openTab(frame, 'Messages');
    await frame.getByText('Hello, the lamp arrived cracked at the base.').waitFor();
  },

  ...Object.fromEntries(
    lanes.map(({ lane, kind, readBy, notBy }) => [
      `an agent answers in the lane ${lane}`,
      async (world) => {
        const { frame, story } = await begin(world, { prepare: withAllLanes });
        await openTab(frame, 'Messages');
        await chooseLane(frame, lane);
        const words = `Words for ${lane}.`;
        await composer(frame).fill(words);
        await frame.locator('button.send').click();
        await frame.locator('.feed').getByText(words).waitFor();
        assert.equal(await composer(frame).inputValue(), '');
        for (const who of readBy) assert.deepEqual((await textsIn(story[who], story.caseId, kind))?.at(-1), words, `${who} reads it`);
        for (const who of notBy) assert.equal(await textsIn(story[who], story.caseId, kind), null, `${who} has no such thread`);
        const others = lanes.filter((each) => each.kind !== kind);
        for (const other of others) assert.ok(!(await textsIn(story.operator, story.caseId, other.kind)).includes(words), `not in ${other.lane}`);
      },
    ]),
  ),

  async 'a draft stays in its lane'(world) {
    const { frame } = await begin(world, { prepare: withAllLanes });
    await openTab(frame, 'Messages');
    await chooseLane(frame, 'Seller only');
    await composer(frame).fill('Between us: who packed this?');
    for (const lane of ['Buyer only', 'Everyone']) {
      await chooseLane(frame, lane);
      assert.equal(await composer(frame).inputValue(), '', `nothing of it is in ${lane}`);
      assert.ok(await frame.locator('button.send').isDisabled(), `${lane} has nothing to send`);
    }
    await chooseLane(frame, 'Seller only');
    assert.equal(await composer(frame).inputValue(), 'Between us: who packed this?');
  },

  async 'who reads is said in words, whatever the lane'(world) {
    const { frame } = await begin(world, { prepare: withAllLanes });
    await openTab(frame, 'Messages');
    const said = { Everyone: /everyone/i, 'Seller only': /Nordic Home only/, 'Buyer only': /Léa Martin only/ };
    for (const [lane, words] of Object.entries(said)) {
      await chooseLane(frame, lane);
      assert.match(await frame.locator('button.send').innerText(), words);
    }
  },

  async 'what is said meanwhile appears by itself, once'(world) {
    const { frame, story } = await begin(world, { prepare: withAllLanes });
    await openTab(frame, 'Messages');
    await chooseLane(frame, 'Everyone');
    await say(story.seller, story.caseId, 'TRIPARTITE', 'We look into it.');
    const message = frame.locator('.feed').getByText('We look into it.');
    await message.waitFor();
    await until(async () => (await message.count()) === 1, 'the message to stand there once');
  },
};
