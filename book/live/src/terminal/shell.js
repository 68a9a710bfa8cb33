// SPDX-License-Identifier: CC-BY-4.0

// xterm.js, connected to a shell in a guest.

import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";

import { address } from "../socket.js";

/** The page's colours, as they are now. */
const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const [background, foreground, selection] = ["--bg", "--fg", "--theme-hover"].map((name) => style.getPropertyValue(name).trim());
  const [bg, fg] = [background, foreground].map(asHex);
  return { background: bg, foreground: fg, cursor: fg, cursorAccent: bg, selectionBackground: asHex(selection) };
};

/** A colour as xterm.js reads it: themes have `hsl(…)` too. */
const asHex = (colour) => {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  return context.fillStyle;
};

/** The largest file to add, in MiB: base64 makes it a third longer, and the server takes 16 MiB in a message. */
const LARGEST = 11;

/** `base64` of a file's bytes. */
const base64 = async (file) => {
  const reader = new FileReader();
  await new Promise((done, failed) => {
    reader.onload = done;
    reader.onerror = () => failed(new Error(t`${file.name} was not added: it is a folder, or cannot be read.`));
    reader.readAsDataURL(file);
  });
  return reader.result.slice(reader.result.indexOf(",") + 1);
};

/** Sentences for what the server says besides the terminal's bytes. */
const SENTENCES = {
  queued: ({ place }) => t`Place ${place} in the queue.`,
  building: ({ what }) => t`Building: ${what}.`,
  started: () => "",
  crashed: () => t`The kernel crashed. Press New guest for another.`,
  hung: ({ why }) => t`Ended: ${why}.`,
  ended: ({ status }) => t`The shell ended with status ${status}. Press New guest to begin again.`,
  error: ({ message }) => message,
};

/** Starts a shell in a guest and shows it in an element. `say(sentence)` tells how it is. */
export const openShell = (element, say) => {
  const terminal = new Terminal({
    theme: colours(), minimumContrastRatio: 4.5, fontSize: 14, scrollback: 5000, screenReaderMode: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono-font"),
  });
  const fitter = new FitAddon();
  terminal.loadAddon(fitter);
  element.replaceChildren();
  terminal.open(element);
  fitter.fit();
  terminal.focus();

  const socket = new WebSocket(address("/live/terminal", { columns: terminal.cols, rows: terminal.rows }));
  socket.binaryType = "arraybuffer";
  const connected = () => socket.readyState === WebSocket.OPEN;
  const send = (message) => connected() && socket.send(message);
  const tell = (message) => send(JSON.stringify(message));
  let ended = false;
  say(t`Waiting for the server.`);
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") {
      return terminal.write(new Uint8Array(data));
    }
    const event = JSON.parse(data);
    ended ||= ["crashed", "hung", "ended", "error"].includes(event.type);
    say(SENTENCES[event.type]?.(event) ?? "");
    if (event.type === "crashed") {
      terminal.write(event.log.replaceAll("\n", "\r\n"));
    }
  };
  socket.onclose = () => ended || say(t`The connection to the server was lost.`);

  const encoder = new TextEncoder();
  // Tab is the shell's. After Escape, and when there is no shell, it moves the focus.
  let leaving = false;
  terminal.attachCustomKeyEventHandler(({ type, key }) => {
    const leaves = key === "Tab" && (leaving || !connected());
    if (type === "keydown" && key !== "Shift") {
      leaving = key === "Escape";
    }
    return !leaves;
  });
  terminal.textarea.setAttribute("aria-label", t`Terminal. Tab is for the shell; press Escape, then Tab, to leave.`);
  terminal.onData((text) => send(encoder.encode(text)));
  terminal.onBinary((text) => send(Uint8Array.from(text, (it) => it.charCodeAt(0))));
  terminal.onResize(({ cols, rows }) => tell({ resize: [cols, rows] }));
  const fit = () => fitter.fit();
  const watcher = new ResizeObserver(fit);
  watcher.observe(element);
  const themes = new MutationObserver(() => (terminal.options.theme = colours()));
  themes.observe(document.documentElement, { attributeFilter: ["class"] });

  const add = async (file) => {
    if (file.size > LARGEST << 20) {
      throw new Error(t`${file.name} was not added: it is larger than ${LARGEST} MiB.`);
    }
    const message = { file: file.name, base64: await base64(file) };
    if (!connected()) {
      throw new Error(t`${file.name} was not added: no guest is running.`);
    }
    tell(message);
  };

  return {
    fit,
    /** Puts a file into the guest. Fails with a sentence that says why not. */
    add,
    end: () => {
      ended = true;
      watcher.disconnect();
      themes.disconnect();
      socket.close();
      terminal.dispose();
    },
  };
};
