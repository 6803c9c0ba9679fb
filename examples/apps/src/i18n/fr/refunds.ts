import type { refunds as english } from '../en/refunds';

export const refunds: typeof english = {
  title: 'Remboursements',
};
