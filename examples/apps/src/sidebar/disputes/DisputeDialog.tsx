import type { DisputeAction, DisputeDetailsFragment } from '../../gql/graphql';
import { DecideAppealDialog, DecideDialog } from './DecideDialog';
import { EscalateDialog, ProposeDialog, RequestEvidenceDialog, StandBackDialog, TakeUpDialog } from './operator';
import type { CaseWithDisputes } from './stages';
import { SubmitEvidenceDialog } from './SubmitEvidenceDialog';

/** What every dialog about a dispute is given. */
export interface DisputeDialogProps {
  of: CaseWithDisputes;
  dispute: DisputeDetailsFragment;
  /** Whether the server still offers it. */
  offered: boolean;
  refetch(): void;
  onClose(): void;
}

const dialogs = {
  DECIDE: DecideDialog,
  DECIDE_APPEAL: DecideAppealDialog,
  TAKE_UP: TakeUpDialog,
  PROPOSE: ProposeDialog,
  REQUEST_EVIDENCE: RequestEvidenceDialog,
  SUBMIT_EVIDENCE: SubmitEvidenceDialog,
  ESCALATE: EscalateDialog,
  STAND_BACK: StandBackDialog,
} satisfies Partial<Record<DisputeAction, unknown>>;

export type KnownAction = keyof typeof dialogs;
export const knownActions = Object.keys(dialogs) as KnownAction[];

export function DisputeDialog({ action, ...props }: DisputeDialogProps & { action: KnownAction }) {
  const One = dialogs[action];
  return <One {...props} />;
}
