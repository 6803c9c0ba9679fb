import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Failure, Refusal } from './failure';
import type { Doc } from './graphql';
import { useAction, type Action } from './query';

/** Whether somebody else was faster: what a decision was made on is not so any more. */
export const isStale = (failure: Failure | null): boolean =>
  failure?.refusals.some(({ code }) => code === 'WRONG_REVISION' || code === 'NOT_IN_THIS_STATE') ?? false;

/** A decision about something that has a revision. When that is not the newest, what it is about is read again. */
export function useDecision<Result extends object, Variables>(
  document: Doc<Result, Variables>,
  readAgain: () => void,
): Action<Result, Variables> {
  const action = useAction(document);
  useEffect(() => {
    if (isStale(action.failure)) readAgain();
  }, [action.failure]);
  return action;
}

/** What the server says of an input field, by the path that begins with these names. */
export const refusalsAt = (failure: Failure | null, ...path: string[]): readonly Refusal[] =>
  failure?.refusals.filter(({ field }) => path.every((name, at) => field?.[at] === name)) ?? [];

/** What it says of everything else. */
export const refusalsBeside = (failure: Failure | null, fields: readonly string[]): readonly Refusal[] =>
  failure?.refusals.filter(({ field }) => !fields.includes(field?.[0] ?? '')) ?? [];

/** Brings what is wrong into view: in a long form it may stand above or below what is seen. */
export function useReveal<Form extends HTMLElement>(failure: Failure | null): RefObject<Form | null> {
  const form = useRef<Form>(null);
  useEffect(() => {
    if (failure) form.current?.querySelector('[role=alert]')?.scrollIntoView({ block: 'nearest' });
  }, [failure]);
  return form;
}
