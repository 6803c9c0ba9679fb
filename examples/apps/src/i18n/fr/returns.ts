import type { returns as english } from '../en/returns';

export const returns: typeof english = {
  title: 'Retour',
};
