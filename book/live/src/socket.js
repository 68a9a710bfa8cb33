// SPDX-License-Identifier: CC-BY-4.0

// A WebSocket to the server, whose messages are JSON with a `type`.

/** The address of a WebSocket, `/live/run`, whose server speaks the page's language. */
export const address = (path, query = {}) => {
  const asked = new URLSearchParams({ ...query, language: document.documentElement.lang });
  return new URL(`${path}?${asked}`, location.href).href.replace(/^http/, "ws");
};

/**
 * Hands each event of a run to `on[type]`, then calls `on.closed`. Sends `first`, if there is one.
 * Returns `{ stop, close }`: `stop` lets the server end the run, and tell how it ended.
 */
export const follow = (path, first, on) => {
  const socket = new WebSocket(address(path));
  socket.onopen = () => first && socket.send(JSON.stringify(first));
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    on[event.type]?.(event);
  };
  socket.onclose = () => on.closed?.();
  return {
    stop: () => (socket.readyState === WebSocket.OPEN ? socket.send(JSON.stringify({ stop: true })) : socket.close()),
    close: () => socket.close(),
  };
};
