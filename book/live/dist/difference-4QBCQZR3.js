// SPDX-License-Identifier: CC-BY-4.0 AND MIT
import{a as e}from"./chunk-I6ADODNM.js";var i={"+":"live-added","-":"live-removed"},c=/^--- .*\n\+\+\+ .*\n@@ .*\n/,p=l=>{let n=l.replace(c,"").trimEnd().replaceAll(/^@@ .*$/gm,"\u2026").split(`
`).map(s=>e("span",{class:`live-line ${i[s[0]]??""}`},s)),a=e("pre",{class:"live-text",tabindex:"0","aria-label":t`Difference`},e("code",{class:"hljs"},...n));return e("div",{},e("p",{class:"live-note"},t`The book's lines have a minus, this run's a plus:`),a)};export{p as difference};
