import type { disputes as english } from '../en/disputes';

export const disputes: typeof english = {
  title: 'Litige',
};
