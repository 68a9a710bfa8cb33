// SPDX-License-Identifier: CC-BY-4.0

// The teacher's page: every seat, and the files of one. Names are shown as text.

import "../../js/words.js";
import { workshop } from "./server.js";
import { row } from "./teacher/row.js";
import { showFiles } from "./teacher/files.js";

/** How often the seats are looked at, in milliseconds. */
const PERIOD = 2000;

const part = (id) => document.getElementById(id);

const invite = async () => {
  const { link } = await workshop.invitation();
  part("link").textContent = part("link").href = link;
  part("code").src = "/live/invitation.svg";
  part("code").hidden = false;
};

const look = async () => {
  try {
    const seats = await workshop.seats();
    const shown = document.activeElement?.dataset.seat;
    part("seats").replaceChildren(...seats.map((seat) => row(seat, () => showFiles(part("files"), seat))));
    part("seats").querySelector(`[data-seat="${CSS.escape(shown ?? "")}"]`)?.focus();
    part("state").textContent = seats.length === 1 ? t`1 seat` : t`${seats.length} seats`;
  } catch (error) {
    part("state").textContent = error.message;
  }
  setTimeout(look, PERIOD);
};

look();
invite();
