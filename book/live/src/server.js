// SPDX-License-Identifier: CC-BY-4.0

// What the page asks the server for, besides runs.

const ask = async (path, method = "GET", body = undefined, options = {}) => {
  const headers = { "Accept-Language": document.documentElement.lang, ...options.headers };
  const answer = await fetch(`/live/${path}`, { method, body, ...options, headers });
  if (!answer.ok) {
    throw new Error((await answer.text()).trim() || t`The server answered ${answer.status}.`);
  }
  return answer.headers.get("Content-Type")?.startsWith("application/json") ? answer.json() : undefined;
};

const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");

/** The reader's own files. The checkout has the originals. */
export const files = {
  /** `[{ path, changed }]`, of what the reader has changed. */
  changed: () => ask("files"),
  /** `{ path, text, original, changed, language }`. */
  read: (path) => ask(`files/${encoded(path)}`),
  /** Also while the page is being left: `leaving`. */
  write: (path, text, leaving = false) => ask(`files/${encoded(path)}`, "PUT", text, { keepalive: leaving }),
  /** Forgets the reader's changes. */
  restore: (path) => ask(`files/${encoded(path)}`, "DELETE"),
};

/** The exercises, in the same state as `cargo lab exercise` has them. */
export const exercises = {
  list: () => ask("exercises"),
  read: (name) => ask(`exercises/${encoded(name)}`),
  /** `{ FILE: text }`, of one that is done. */
  solution: (name) => ask(`exercises/${encoded(name)}/solution`),
  /** `start`, `hint` and `reset`. */
  act: (name, action) => ask(`exercises/${encoded(name)}/${action}`, "POST"),
};

/** A workshop, for its teacher. */
export const workshop = {
  invitation: () => ask("invitation"),
  seats: () => ask("seats"),
  files: (seat) => ask(`seats/${encoded(seat)}/files`),
  file: (seat, path) => ask(`seats/${encoded(seat)}/files/${encoded(path)}`),
};

/** Tells a workshop's teacher which chapter is being read. */
export const here = (chapter) =>
  ask("here", "POST", JSON.stringify({ chapter }), { headers: { "Content-Type": "application/json" } });
