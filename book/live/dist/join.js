// SPDX-License-Identifier: CC-BY-4.0 AND MIT
document.getElementById("wrong").textContent=new URLSearchParams(location.search).get("wrong")??"";
