// SPDX-License-Identifier: CC-BY-4.0

// What things are called, everywhere in the page alike.

/** A file: by its path in the checkout; of an exercise by its name alone, as the task calls it. */
export const fileName = (path) => path.replace(/^exercises\/[^/]+\//, "");

/** `times, dates and addresses`. */
export const listed = (words) => new Intl.ListFormat(document.documentElement.lang).format(words);

/**
 * What the server calls something, in the page's language. The catalog has: t`times`, t`dates`, t`addresses`,
 * t`what a trace needs`, t`what gdb needs, once, in some minutes`, t`the check does not pass`, t`the kernel crashed`,
 * t`what guests start from; the first time, this takes some minutes`,
 * t`the checks; the first time, this takes some minutes`.
 */
export const inWords = (name) => t([name]);
