export const returns = {
  title: 'Return',
};
