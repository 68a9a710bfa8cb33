// SPDX-License-Identifier: CC-BY-4.0

// An exercise in the page: task, files, Check, a command line, hints.

import { button, keepKeys, make, nextFrame, withCode } from "../dom.js";
import { edit } from "../edit.js";
import { once } from "../once.js";
import { runButton } from "../run/button.js";
import { commandLine } from "../run/command.js";
import { output } from "../run/output.js";
import { exercises } from "../server.js";
import { hints } from "./hints.js";
import { showNext } from "./next.js";
import { openTabs } from "./tabs.js";

const benches = new Map();

const TITLES = { new: "", started: "", done: t` ✓ done` };

const makeBench = async ({ name, tellsTask, opener, show }) => {
  const before = await exercises.read(name);
  const exercise = before.state === "new" ? await exercises.act(name, "start") : before;
  const title = make("strong", { tabindex: "-1" });
  const next = make("div");
  const state = (now) => {
    title.replaceChildren(...withCode(exercise.title), TITLES[now]);
    show(now);
    next.hidden = now !== "done";
    if (now === "done") {
      showNext(next, name);
    }
  };
  state(exercise.state);

  const openAt = (file, line) => tabs.show(file, line) || edit({ file, line, after: element });
  // Of what is saved, at this path of the server's.
  const ask = async (action, output, rest = {}) => {
    tabs.mark([]);
    const path = `/live/exercises/${encodeURIComponent(name)}/${action}`;
    const on = { diagnostics: ({ items }) => tabs.mark(items), checked: ({ passed }) => state(passed ? "done" : "started") };
    return (await tabs.save()) ? [{ path, output, on, ...rest }] : [];
  };
  const checked = output(t`What the check says`, openAt);
  const check = runButton(t`Check`, () => ask("check", checked), {
    title: "Ctrl+Enter",
    busy: (whether) => (reset.disabled = whether),
  });
  const ran = output(t`Output with what you have written`, openAt);
  const run = commandLine(exercise.command, (command) => ask("run", ran, { first: { command } }));
  let tabs = await openTabs(exercise, () => check.start());
  const help = hints(exercise);

  const reset = button(t`Reset the exercise`, async () => {
    if (!(await tabs.save())) {
      return;
    }
    const again = await exercises.act(name, "reset");
    const fresh = await openTabs(again, () => check.start());
    tabs.element.replaceWith(fresh.element);
    tabs = fresh;
    tabs.begin();
    state(again.state);
  }, { title: t`What you have written is moved aside, not removed` });
  const close = button(t`Close`, async () => {
    await tabs.save();
    element.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  });

  const task = make("div", { class: "live-task", hidden: tellsTask });
  // The server has made it from the exercise's README.
  task.innerHTML = exercise.task;
  const element = make("section", { class: "live-workbench live-exercise", "aria-label": t`Exercise: ${exercise.title}` },
    make("div", { class: "live-bar" }, title, reset, close),
    task,
    tabs.element,
    run.element,
    ran.element,
    make("div", { class: "live-bar" }, check.button, help.button),
    help.element,
    checked.element,
    next);
  keepKeys(element);
  return { element, title, begin: () => tabs.begin() };
};

/** Opens an exercise below an element. `show(state)` is told when it is done. */
export const open = async (what) => {
  const { element, title, begin } = await once(benches, what.name, () => makeBench(what));
  element.hidden = false;
  what.opener.setAttribute("aria-expanded", "true");
  if (what.after.nextElementSibling !== element) {
    what.after.after(element);
    begin();
    // By then the editor has scrolled to its line.
    await nextFrame();
  }
  title.focus();
  element.scrollIntoView({ block: "start" });
};
