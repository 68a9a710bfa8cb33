// SPDX-License-Identifier: CC-BY-4.0

// The markers of the live book: comments that the server puts in front of blocks of code.

/**
 * `[{ kind, file, module, command, pre }]` in the order of the page. `kind` is `recording`, `graph` or `listing`;
 * `file` is relative to the checkout; `pre` is the block.
 */
export const markers = (main) => {
  const found = [];
  let waiting;
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.COMMENT_NODE) {
      const [, described] = node.data.match(/^ live (\{.*\}) $/) ?? [];
      waiting = described ? JSON.parse(described) : waiting;
    } else if (node.localName === "pre" && waiting) {
      found.push({ ...waiting, pre: node });
      waiting = undefined;
    }
  }
  return found;
};

/** Whether a block is the output of a command. */
export const isRun = ({ kind }) => kind === "recording" || kind === "graph";

/** What the server calls a recording: its path in `comparisons/`. */
export const recorded = ({ file }) => file.replace(/^comparisons\//, "");

const step = (file) => file.match(/^(?:userspace\/pairs|comparisons)\/(\d+-[^/]+)\/(.+)\./) ?? [];

/** Whether a command runs with a module: it is loaded before, or by the command itself. */
const runsWith = (module, recording) =>
  recording.module === module || (module && recording.command.includes(module.replace(/\.ko$/, "")));

/** The module to load for a command, so that a listing is what runs. */
export const loads = (listing, recording) =>
  (!listing.module || (recording && runsWith(listing.module, recording)) ? recording?.module : listing.module);

/** How well a recording shows what a listing does: its very program, its step, its module. */
const fit = (listing, recording) => {
  const [, listed, side] = step(listing.file);
  const [, recorded, device] = step(recording.file);
  if (listed) {
    return listed === recorded ? (side === device ? 3 : 2) : 0;
  }
  return runsWith(listing.module, recording) ? 1 : 0;
};

/** The recording nearest to a listing, among those that fit it best. */
export const nearest = (listing, all) => {
  const place = all.indexOf(listing);
  const distance = (it) => Math.abs(all.indexOf(it) - place);
  const recordings = all.filter(({ kind }) => kind === "recording");
  return recordings.sort((a, b) => fit(listing, b) - fit(listing, a) || distance(a) - distance(b))[0];
};
