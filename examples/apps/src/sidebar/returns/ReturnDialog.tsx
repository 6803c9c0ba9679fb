import type { MoneyInput, ReturnAction, ReturnDetailsFragment } from '../../gql/graphql';
import { ApproveDialog, DeclineDialog, KeepItemDialog } from './decide';
import { CancelDialog, InspectDialog, LabelDialog, LostDialog, ReceivedDialog } from './follow';

/** What every dialog about a return is given. */
export interface ReturnDialogProps {
  one: ReturnDetailsFragment;
  /** The price of one piece; null when the line is not known. */
  price: MoneyInput | null;
  /** Whether the server still offers it. */
  offered: boolean;
  /** Reads the return again. */
  refetch(): void;
  onClose(): void;
}

const dialogs = {
  APPROVE: ApproveDialog,
  PROVIDE_LABEL: LabelDialog,
  RECORD_RECEIVED: ReceivedDialog,
  RECORD_INSPECTION: InspectDialog,
  PROPOSE_KEEP_ITEM: KeepItemDialog,
  RECORD_LOST: LostDialog,
  DECLINE: DeclineDialog,
  CANCEL: CancelDialog,
} satisfies Partial<Record<ReturnAction, unknown>>;

export type KnownAction = keyof typeof dialogs;
export const knownActions = Object.keys(dialogs) as KnownAction[];

export function ReturnDialog({ action, ...props }: ReturnDialogProps & { action: KnownAction }) {
  const One = dialogs[action];
  return <One {...props} />;
}
