// SPDX-License-Identifier: CC-BY-4.0

// What a run says, in the page: its state, its output, and what came of it.

import { button, keepKeys, make } from "../dom.js";
import { fileName, listed } from "../names.js";

/** After how long it says that it goes on, in milliseconds. */
const SLOW = 5000;

/**
 * A place for the output of runs, one after the other. `label` names it to screen readers; `openAt(file, line)` opens
 * a file of the reader's. Returns `{ element, begin, stopped, on }`: `begin(stop)` clears it for a run that `stop` ends;
 * `on` has a function for each event of a run.
 */
export const output = (label, openAt) => {
  const status = make("p", { class: "live-status", role: "status" });
  const stopper = button(t`Stop`, () => stop(), { hidden: true });
  const code = make("code", { class: "hljs" });
  const text = make("pre", { class: "live-text", role: "log", tabindex: "0", "aria-label": label }, code);
  const more = make("div");
  const element = make("div", { class: "live-output", hidden: true }, status, stopper, text, more);
  keepKeys(element);
  let ended;
  let stopped;
  let stop;
  let slow;
  /** The files with changes of the reader's that are in what runs. */
  let used;

  const say = (sentence, state) => {
    status.textContent = sentence;
    status.dataset.state = state;
  };
  // What not every run has is loaded when it is first needed.
  const add = async (loaded, shown) => more.append(shown(await loaded));
  const addWords = (event) => add(import("./crash.js"), ({ crashed }) => crashed(event, openAt));
  const settle = () => {
    clearTimeout(slow);
    stopper.hidden = true;
  };
  // However the server puts it: what was stopped has ended because of that.
  const end = (words, state) => {
    settle();
    ended = true;
    const sentence = /[.!?。]$/.test(words) ? words : `${words}.`;
    const note = used.length ? t` This run used your changes in ${listed(used)}.` : "";
    say((stopped ? t`Stopped.` : sentence) + note, stopped ? "other" : state);
  };
  const compared = ({ same, varies, difference: lines, status: code }) => {
    if (same) {
      end(varies.length ? t`As in the book, apart from the ${listed(varies)}.` : t`As in the book.`, "good");
    } else if (same === false) {
      end(t`Not as in the book.`, "other");
      add(import("./difference.js"), ({ difference }) => difference(lines ?? ""));
    } else {
      end(code === 0 ? t`Done.` : t`The command ended with status ${code}.`, code === 0 ? "good" : "bad");
    }
  };

  const on = {
    queued: ({ place }) => say(place > 1 ? t`Place ${place} in the queue.` : t`Next in the queue.`, "busy"),
    building: ({ what }) => say(t`Building: ${what}.`, "busy"),
    diagnostics: ({ items }) => {
      add(import("./diagnostics.js"), ({ diagnostics }) => diagnostics(items, openAt));
      if (items.some(({ level }) => level === "error")) {
        end(t`It does not compile.`, "bad");
      }
    },
    changes: ({ files }) => (used = files.map(fileName)),
    started: ({ limit }) => {
      say(t`Running.`, "busy");
      slow = setTimeout(() => {
        say(t`It still runs. It may take ${limit}; Stop ends it now.`, "busy");
        stopper.hidden = false;
      }, SLOW);
    },
    output: (event) => {
      text.hidden = false;
      code.append(event.text);
    },
    crashed: (event) => {
      end(t`The kernel crashed.`, "bad");
      addWords(event);
    },
    hung: (event) => {
      end(t`Ended: ${event.why}.`, "bad");
      addWords(event);
    },
    ended: (event) => ended || compared(event),
    checked: ({ passed, why, text: lines }) => {
      const reason = why ?? t`the check does not pass`;
      end(passed ? t`Done: the check passes.` : t`Not yet: ${reason}.`, passed ? "good" : "other");
      on.output({ text: lines });
    },
    error: ({ message }) => end(message, "bad"),
    closed: () => {
      settle();
      return ended || end(t`The connection to the server was lost.`, "bad");
    },
  };
  const begin = (its) => {
    settle();
    stop = its;
    used = [];
    ended = stopped = false;
    code.replaceChildren();
    more.replaceChildren();
    text.hidden = true;
    element.hidden = false;
    say(t`Waiting for the server.`, "busy");
    status.scrollIntoView({ block: "nearest" });
  };
  return { element, begin, on, stopped: () => (stopped = true) };
};
