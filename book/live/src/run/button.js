// SPDX-License-Identifier: CC-BY-4.0

// A button that runs something and, while it runs, stops it.

import { button } from "../dom.js";
import { follow } from "../socket.js";

const LAST = ["ended", "checked", "error"];

/**
 * `begin()` says what to run: `[{ path, first, output, on }]`, a conversation each, with its place for the output, and
 * what else is to be told of its events. Several run at once.
 */
export const runButton = (label, begin, attributes = {}) => {
  let running = [];
  let starting = false;
  const text = document.createTextNode(label);
  const show = () => (text.data = running.length ? "Stop" : label);

  const start = ({ path, first, output, on = {} }) => {
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
        running = running.filter((it) => it.run !== run);
        show();
      },
    });
    return { run, output };
  };

  const press = async () => {
    if (running.length) {
      running.forEach(({ run, output }) => {
        output.stopped();
        run.stop();
      });
      return;
    }
    if (starting) {
      return;
    }
    starting = true;
    const asked = await begin();
    starting = false;
    asked.forEach(({ output }) => output.begin());
    running = asked.map(start);
    show();
  };
  return button(text, press, { icon: "play", ...attributes });
};
