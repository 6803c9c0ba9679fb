import { Component, h, type FunctionComponent } from 'preact';

/** Renders again only when it would look different: a conversation has many messages, and one of them changes. */
export function memo<Props extends object>(Inner: FunctionComponent<Props>, same: (one: Props, other: Props) => boolean) {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !same(this.props as Props, next);
    }
    override render(props: Props) {
      return h(Inner, props);
    }
  };
}
