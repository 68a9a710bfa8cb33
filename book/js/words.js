// SPDX-License-Identifier: CC-BY-4.0

// What scripts put on a page, in the page's language: t`Place ${place} in the queue.` is that sentence, or what an
// edition's catalog.js has for "Place {0} in the queue.".

window.t = (parts, ...values) => {
  const sentence = parts.reduce((before, after, place) => `${before}{${place - 1}}${after}`);
  return (window.catalog?.[sentence] ?? sentence).replace(/\{(\d+)\}/g, (_, place) => values[place]);
};
