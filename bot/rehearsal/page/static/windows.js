// Windows of the page itself: starting over, the first welcome, making trouble.

import { byId, h, openDialog } from "./dom.js";
import { get, post } from "./net.js";
import { store } from "./store.js";
import { failed } from "./writing.js";

const noted = () => sessionStorage.getItem("noted") === store.state.script.title;
const note = () => sessionStorage.setItem("noted", store.state.script.title);

/** On a fresh rehearsal: what this is, the content note, and three ways to begin. */
export function welcome() {
  const { script } = store.state;
  if (noted() || document.querySelector("dialog")) return;
  note();
  const way = (label, act, look = "") => h("li", {}, h("button", { type: "button", class: look, autofocus: Boolean(look), onclick: () => { dialog.close(); act(); } }, label));
  const dialog = openDialog(
    "Try a programme before anyone real joins",
    h(
      "div",
      {},
      h("p", {}, "This works like the chat your participants will use, and the real bot is in it. Be each person in turn, do what they would do, and move the clock. Everybody here is invented. Nothing leaves this machine, and all of it is thrown away at the end."),
      script.note ? h("p", { class: "note-box" }, script.note) : null,
      h("ul", { class: "plain ways" },
        way("Begin with an empty server, and set it up yourself", () => byId("write").focus(), "main"),
        way("See the first day of the script first", firstDay),
        way("Choose another script, or another day", start)),
    ),
    { wide: true },
  );
}

async function firstDay() {
  try {
    const { scripts } = await get("scripts");
    const own = scripts.find((one) => one.title === store.state.script.title);
    await post("start", { script: own.name, until: own.days[0].until });
  } catch (error) {
    failed(error.message);
  }
}

/** Choose a script and how far to play it, then start over. */
export async function start() {
  let found;
  try {
    found = (await get("scripts")).scripts;
  } catch (error) {
    return failed(error.message);
  }
  const error = h("p", { class: "error", role: "alert" });
  const days = h("select", { id: "start-day" });
  const content = h("p", { class: "note-box", hidden: true });
  const usable = found.filter((one) => !one.mistakes.length);
  let chosen = usable.find((one) => one.title === store.state?.script.title) ?? usable[0];
  const choose = (one) => {
    chosen = one;
    content.hidden = !one.note;
    content.textContent = one.note ?? "";
    days.replaceChildren(
      h("option", { value: "" }, "the very beginning: nothing is set up yet"),
      ...one.days.map((day) => h("option", { value: String(day.until) }, `the end of ${day.label}, played for you`)),
    );
  };
  const rows = found.map((one) =>
    h("label", { class: "choice" },
      h("input", { type: "radio", name: "script", value: one.name, checked: one === chosen, disabled: one.mistakes.length > 0, onchange: () => choose(one) }),
      h("span", {}, one.title, one.mistakes.length ? h("span", { class: "error" }, ` This script has mistakes: ${one.mistakes.join(" ")}`) : null)));
  const go = async (event) => {
    event.preventDefault();
    error.textContent = "";
    try {
      sessionStorage.setItem("noted", chosen.title);
      await post("start", { script: chosen.name, until: days.value === "" ? null : Number(days.value) });
      dialog.close();
    } catch (refused) {
      error.textContent = refused.message;
    }
  };
  const form = h("form", { class: "fields", onsubmit: go },
    h("fieldset", { class: "field" }, h("legend", {}, "Which script"), rows),
    content,
    h("div", { class: "field" }, h("label", { for: "start-day" }, "Begin at"), days),
    h("p", {}, "What is here now is thrown away."),
    error,
    h("p", {}, h("button", { class: "main" }, "Start over")));
  if (chosen) choose(chosen);
  const dialog = openDialog("Start over", form, { wide: true });
}

const TROUBLE = [
  ["drop", "Cut the connection", "The line between Discord and the bot breaks. It should come back by itself and miss nothing."],
  ["slow", "Make Discord slow", "Each of the bot’s next 8 requests takes a second."],
  ["restart", "Restart the bot (kill -9)", "As a power cut does. What was open must still work afterwards."],
  ["stop", "Switch the bot off", "Write something, move the time, then switch it on again."],
  ["start", "Switch the bot on", "After it was switched off, or ended by itself."],
];

function trouble() {
  const does = (what) => {
    dialog.close();
    post("trouble", { what }).catch((error) => failed(error.message));
  };
  const rows = TROUBLE.map(([what, label, told]) => h("li", {}, h("button", { type: "button", data: { trouble: what }, onclick: () => does(what) }, label), h("p", { class: "small" }, told)));
  const last = h("li", {}, h("p", {}, `To close somebody’s direct messages, be that person and use the button under the list of people.`));
  const dialog = openDialog("Make trouble", h("ul", { class: "plain ways" }, rows, last));
}

byId("open-start").addEventListener("click", start);
byId("open-trouble").addEventListener("click", trouble);
