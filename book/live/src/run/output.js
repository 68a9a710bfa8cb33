// SPDX-License-Identifier: CC-BY-4.0

// What a run says, in the page: its state, its output, and what came of it.

import * as changes from "../changes.js";
import { keepKeys, make } from "../dom.js";
import { crashed } from "./crash.js";
import { diagnostics } from "./diagnostics.js";
import { difference } from "./difference.js";

/**
 * A place for the output of runs, one after the other. `label` names it to screen readers; `openAt(file, line)` opens
 * a file of the reader's. Returns `{ element, begin, stopped, on }`: `on` has a function for each event of a run.
 */
export const output = (label, openAt) => {
  const status = make("p", { class: "live-status", role: "status" });
  const code = make("code", { class: "hljs" });
  const text = make("pre", { class: "live-text", role: "log", tabindex: "0", "aria-label": label }, code);
  const more = make("div");
  const element = make("div", { class: "live-output", hidden: true }, status, text, more);
  keepKeys(element);
  let ended;
  let stopped;

  const say = (sentence, state) => {
    status.textContent = sentence;
    status.dataset.state = state;
  };
  // However the server puts it: what was stopped has ended because of that.
  const end = (sentence, state) => {
    ended = true;
    say(stopped ? "Stopped." : sentence, stopped ? "other" : state);
  };
  const compared = ({ same, difference: lines, status: code }) => {
    if (same) {
      return end("As in the book.", "good");
    }
    if (same === null || same === undefined) {
      return end(code === 0 ? "Done." : `The command ended with status ${code}.`, code === 0 ? "good" : "bad");
    }
    const own = changes.list();
    end(own.length ? `Not as in the book. This run used your changes in ${own.join(", ")}.` : "Not as in the book.", "other");
    more.append(difference(lines ?? ""));
  };

  const on = {
    queued: ({ place }) => say(place > 1 ? `Place ${place} in the queue.` : "Next in the queue.", "busy"),
    building: ({ what }) => say(`Building: ${what}.`, "busy"),
    diagnostics: ({ items }) => {
      more.append(diagnostics(items, openAt));
      if (items.some(({ level }) => level === "error")) {
        end("It does not compile.", "bad");
      }
    },
    started: () => say("Running.", "busy"),
    output: (event) => {
      text.hidden = false;
      code.append(event.text);
    },
    crashed: (event) => {
      end("The kernel crashed. The next run has another, and the same changes of yours.", "bad");
      more.append(crashed(event, openAt));
    },
    ended: (event) => ended || compared(event),
    checked: ({ passed, text: lines }) => {
      end(passed ? "Done: the check passes." : "Not yet: the check does not pass.", passed ? "good" : "other");
      on.output({ text: lines });
    },
    error: ({ message }) => end(message, "bad"),
    closed: () => ended || end("The connection to the server was lost.", "bad"),
  };
  const begin = () => {
    ended = stopped = false;
    code.replaceChildren();
    more.replaceChildren();
    text.hidden = true;
    element.hidden = false;
    say("Waiting for the server.", "busy");
    status.scrollIntoView({ block: "nearest" });
  };
  return { element, begin, on, stopped: () => (stopped = true) };
};
