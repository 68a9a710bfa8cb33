// SPDX-License-Identifier: CC-BY-4.0

// A chapter or a listing has changed: the page is loaded again, unless something is open in it.

import { button, make } from "./dom.js";
import { follow } from "./socket.js";

const TOOLS = ".live-workbench:not([hidden]), .live-terminal:not([hidden]), .live-exercise";

const tell = () => {
  const again = button(t`Load it again`, () => location.reload());
  document.querySelector("main").prepend(make("p", { class: "live-changed", role: "status" }, t`The book has changed. `, again));
};

/** Listens for changes. */
export const reload = () => {
  follow("/live/reload", undefined, {
    reload: () => (document.querySelector(TOOLS) ? document.querySelector(".live-changed") ?? tell() : location.reload()),
  });
};
