// SPDX-License-Identifier: CC-BY-4.0

// What things are called, everywhere in the page alike.

/** A file: by its path in the checkout; of an exercise by its name alone, as the task calls it. */
export const fileName = (path) => path.replace(/^exercises\/[^/]+\//, "");

/** `times, dates and addresses`. */
export const listed = (words) => new Intl.ListFormat(document.documentElement.lang).format(words);
