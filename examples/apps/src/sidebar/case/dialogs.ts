import { lazy } from '../lazy';

/** The actions of a case that are done in a dialog, in the order of the menu. */
export const dialogActions = [
  'RESOLVE',
  'REOPEN',
  'ESCALATE',
  'ASK_CLARIFICATION',
  'MARK_NO_REPLY_NEEDED',
  'PRIORITIZE',
  'NAME_REASON',
  'ATTACH_ORDER',
  'SET_LANGUAGE',
  'CLOSE',
] as const;
export type DialogAction = (typeof dialogActions)[number];

/** Their code comes when the first is opened. */
export const CaseDialog = lazy(() => import('./CaseDialog').then((part) => part.CaseDialog), () => null);
