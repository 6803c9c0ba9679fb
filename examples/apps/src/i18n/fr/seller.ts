import type { seller as english } from '../en/seller';

export const seller: typeof english = {
  title: 'Vendeur',
};
