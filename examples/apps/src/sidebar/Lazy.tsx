import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Failure as Fault } from '../lib/failure';
import { Failure, Skeleton } from '../lib/ui';

export type CaseTab = ComponentType<{ caseId: string }>;

/** A tab whose code is loaded when it is first looked at. */
export function Lazy({ load, caseId }: { load: () => Promise<CaseTab>; caseId: string }) {
  const [state, setState] = useState<{ Tab: CaseTab | null; failed: boolean }>({ Tab: null, failed: false });
  const get = () => {
    setState({ Tab: null, failed: false });
    load().then(
      (Tab) => setState({ Tab, failed: false }),
      () => setState({ Tab: null, failed: true }),
    );
  };
  useEffect(get, [load]);
  if (state.failed) return <Failure failure={new Fault('OFFLINE', 'The code could not be loaded.')} retry={get} />;
  return state.Tab ? <state.Tab caseId={caseId} /> : <Skeleton />;
}
