import type { CostSharesInput } from '../../gql/graphql';
import type { Words } from '../../i18n';

/** Who bears a cost, each with the share: `Seller 60%, Marketplace 40%`. */
export function bearersOf(shares: CostSharesInput, { t, format }: Words): string {
  const { bearers } = t.returns;
  const named: [string, number][] = [
    [bearers.SELLER, shares.seller ?? 0],
    [bearers.OPERATOR, shares.operator ?? 0],
    [bearers.CARRIER, shares.carrier ?? 0],
  ];
  const paying = named.filter(([, share]) => share > 0);
  return paying.map(([name, share]) => `${name} ${format.percent(share / 10_000)}`).join(', ');
}
