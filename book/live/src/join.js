// SPDX-License-Identifier: CC-BY-4.0

// What was wrong with a name.

document.getElementById("wrong").textContent = new URLSearchParams(location.search).get("wrong") ?? "";
