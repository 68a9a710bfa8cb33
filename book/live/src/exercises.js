// SPDX-License-Identifier: CC-BY-4.0

// The exercises of a chapter, and the table of all: each can be done in the page. The bench is loaded when first used.

import { button, complain, make } from "./dom.js";
import { exercises as server } from "./server.js";

const LABELS = { new: t`Do it here`, started: t`Go on`, done: t`Done ✓` };

/** `[{ name, code, block }]`: where the page names exercises, and what it says of each. */
const named = () => {
  const inTable = [...document.querySelectorAll("main td:nth-child(2) > code")]
    .map((code) => ({ name: code.textContent, code, block: code.closest(".table-wrapper") ?? code.closest("table") }));
  const inChapter = [...document.querySelectorAll("main .exercise code")]
    .map((code) => ({ name: code.textContent.match(/^cargo lab exercise start (\S+)$/)?.[1], code, block: code.closest(".exercise") }));
  return [...inTable, ...inChapter].filter(({ name }) => name);
};

/** Puts a button at each. */
export const exercises = async () => {
  const places = named();
  if (!places.length) {
    return;
  }
  const all = new Map((await server.list()).map((exercise) => [exercise.name, exercise]));
  const openers = new Map();
  for (const { name, code, block } of places.filter((place) => all.has(place.name))) {
    const exercise = all.get(name);
    const text = document.createTextNode("");
    const show = (state) => (text.data = LABELS[state]);
    const opener = button(text, async () => {
      try {
        const { open } = await import("./exercise/bench.js");
        await open({ name, after: block, tellsTask: block.matches(".exercise"), opener, show });
        complain(block, "");
      } catch (error) {
        complain(block, t`${name} does not open. ${error.message}`);
      }
    }, { "aria-description": exercise.title, "aria-expanded": "false" });
    show(exercise.state);
    openers.set(name, opener);
    code.after(" ", make("span", { class: "live-opener" }, opener));
  }
  // A link to an exercise: `#do-first-ioctl`.
  const follow = () => openers.get(location.hash.replace(/^#do-/, ""))?.click();
  addEventListener("hashchange", follow);
  follow();
};
