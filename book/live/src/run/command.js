// SPDX-License-Identifier: CC-BY-4.0

// A command line with Run: `$ …`.

import { make } from "../dom.js";
import { runButton } from "./button.js";

/** What `cargo lab` is told in a checkout. Here the command alone says it. */
const LAB = /cargo lab (?:run(?: --)?|exercise run \S+) /;

/**
 * `value` is what it starts with; `ask(command)` says what to run, as the `begin` of `runButton`. Returns
 * `{ element, input, start }`.
 */
export const commandLine = (value, ask, attributes = {}) => {
  const input = make("input", {
    type: "text", value, required: true, placeholder: t`a command in the guest`, "aria-label": t`Command`,
    spellcheck: "false", autocapitalize: "off", autocomplete: "off",
  });
  // The browser says where there is no command.
  const begin = () => (input.reportValidity() ? ask(input.value.trim().replace(LAB, "")) : []);
  const { button, start } = runButton(t`Run`, begin, attributes);
  input.addEventListener("keydown", (event) => event.key === "Enter" && start());
  const prompt = make("span", { "aria-hidden": "true" }, "$");
  return { element: make("div", { class: "live-bar live-command" }, prompt, input, button), input, start };
};
