// Stands in for `react-style-singleton`, whose one use here is a <style> element that stops the page from scrolling under
// a dialog. This page does not scroll, and without that element `style-src 'self'` is enough.
export const styleSingleton = () => () => null;
