export const refunds = {
  title: 'Refunds',
};
