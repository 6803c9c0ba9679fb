import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Failure as Fault } from '../lib/failure';
import { Failure, Skeleton } from '../lib/ui';

interface State<Props> {
  Part: ComponentType<Props> | null;
  failed: boolean;
}

/** A part of the page whose code is loaded when it is first looked at. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>, waiting: () => JSX.Element | null = () => <Skeleton />) {
  return function Lazy(props: Props) {
    const [{ Part, failed }, setState] = useState<State<Props>>({ Part: null, failed: false });
    const get = () => {
      setState({ Part: null, failed: false });
      load().then(
        (loaded) => setState({ Part: loaded, failed: false }),
        () => setState({ Part: null, failed: true }),
      );
    };
    useEffect(get, []);
    if (failed) return <Failure failure={new Fault('OFFLINE', 'The code could not be loaded.')} retry={get} />;
    return Part ? <Part {...props} /> : waiting();
  };
}
