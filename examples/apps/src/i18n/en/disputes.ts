export const disputes = {
  title: 'Dispute',
};
