// SPDX-License-Identifier: CC-BY-4.0

// A button that runs something and, while it runs, stops it.

import { saveAll } from "../changes.js";
import { button } from "../dom.js";
import { follow } from "../socket.js";

/** After these, nothing more comes. */
const LAST = ["ended", "checked", "error"];

/** Starts a conversation with the server: `{ run, output }`. `closed(run)` is called at its end. */
const converse = ({ path, first, output, on = {} }, closed) => {
  const told = (type) => (event) => {
    output.on[type](event);
    on[type]?.(event);
    if (LAST.includes(type)) {
      run.close();
    }
  };
  const run = follow(path, first, {
    ...Object.fromEntries(Object.keys(output.on).map((type) => [type, told(type)])),
    closed: () => {
      output.on.closed();
      closed(run);
    },
  });
  return { run, output };
};

/**
 * `begin()` says what to run: `[{ path, first, output, on }]`, a conversation each, with its place for the output, and
 * what else is to be told of its events. They run at once. `busy(whether)` is told when that begins and ends. Returns
 * `{ button, start }`; `start` does nothing while something runs.
 */
export const runButton = (label, begin, { busy, ...attributes } = {}) => {
  let running = [];
  let starting = false;
  const text = document.createTextNode(label);
  const show = () => {
    text.data = running.length ? t`Stop` : label;
    element.toggleAttribute("data-running", running.length > 0);
    busy?.(starting || running.length > 0);
  };

  const closed = (run) => {
    running = running.filter((it) => it.run !== run);
    show();
  };
  const stop = ({ run, output }) => {
    output.stopped();
    run.stop();
  };
  const start = async () => {
    if (starting || running.length) {
      return;
    }
    starting = true;
    show();
    try {
      await saveAll();
      const asked = await begin();
      running = asked.map((it) => {
        const begun = converse(it, closed);
        it.output.begin(() => stop(begun));
        return begun;
      });
    } finally {
      starting = false;
      show();
    }
  };
  const element = button(text, () => (running.length ? running.forEach(stop) : start()), { icon: "play", ...attributes });
  return { button: element, start };
};
