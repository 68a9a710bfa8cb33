// SPDX-License-Identifier: CC-BY-4.0

// An exercise in the page: task, files, Check, hints.

import { button, keepKeys, make } from "../dom.js";
import { edit } from "../edit.js";
import { once } from "../once.js";
import { runButton } from "../run/button.js";
import { output } from "../run/output.js";
import { exercises } from "../server.js";
import { hints } from "./hints.js";
import { openTabs } from "./tabs.js";

const benches = new Map();

const TITLES = { new: "", started: "", done: " ✓ done" };

const makeBench = async ({ name, tellsTask, opener, show }) => {
  const before = await exercises.read(name);
  const exercise = before.state === "new" ? await exercises.act(name, "start") : before;
  const title = make("strong", { tabindex: "-1" });
  const state = (now) => {
    title.textContent = exercise.title + TITLES[now];
    show(now);
  };
  state(exercise.state);

  const shown = output("What the check says", (file, line) => tabs.show(file, line) || edit({ file, line, after: element }));
  const check = runButton("Check", async () => {
    tabs.mark([]);
    if (!(await tabs.save())) {
      return [];
    }
    return [{
      path: `/live/exercises/${encodeURIComponent(name)}/check`,
      output: shown,
      on: { diagnostics: ({ items }) => tabs.mark(items), checked: ({ passed }) => state(passed ? "done" : "started") },
    }];
  }, { title: "Ctrl+Enter" });
  let tabs = await openTabs(exercise.files, () => check.start());
  const help = hints(exercise);

  const reset = button("Start over", async () => {
    if (!(await tabs.save())) {
      return;
    }
    const again = await exercises.act(name, "reset");
    const fresh = await openTabs(again.files, () => check.start());
    tabs.element.replaceWith(fresh.element);
    tabs = fresh;
    state(again.state);
  }, { title: "What you have written is moved aside, not removed" });
  const close = button("Close", async () => {
    await tabs.save();
    element.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  });

  const task = make("div", { class: "live-task", hidden: tellsTask });
  // The server has made it from the exercise's README.
  task.innerHTML = exercise.task;
  const element = make("section", { class: "live-workbench live-exercise", "aria-label": `Exercise: ${exercise.title}` },
    make("div", { class: "live-bar" }, title, reset, close),
    task,
    tabs.element,
    make("div", { class: "live-bar" }, check.button, help.button),
    shown.element,
    help.element);
  keepKeys(element);
  return { element, title };
};

/** Opens an exercise below an element. `show(state)` is told when it is done. */
export const open = async (what) => {
  const { element, title } = await once(benches, what.name, () => makeBench(what));
  element.hidden = false;
  what.opener.setAttribute("aria-expanded", "true");
  what.after.after(element);
  title.focus();
  element.scrollIntoView({ block: "start" });
};
