// Slash commands: the list while typing, then a small form with the command's options.

import { byId, fill, h, newId } from "./dom.js";
import { forOption } from "./choices.js";
import { answered } from "./messages.js";
import { act, get, post } from "./net.js";
import { store } from "./store.js";
import { failed } from "./writing.js";

const area = byId("slash");
const box = byId("write");
let found = []; // the commands that fit what was typed
let at = 0;
let asked = 0;

export function closeSlash() {
  found = [];
  area.hidden = true;
  fill(area);
  box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-expanded", "false");
}

/** What stands in the box has changed. */
export async function slashTyped(text) {
  if (!text.startsWith("/") || text.includes("\n")) return area.hidden || closeSlash();
  const ticket = ++asked;
  let offered;
  try {
    offered = await get("commands", { in: store.in });
  } catch (error) {
    return failed(error.message);
  }
  if (ticket !== asked || !box.value.startsWith("/")) return;
  const words = text.slice(1).trim().toLowerCase();
  found = offered.slash.filter((one) => one.line.includes(words) || words.startsWith(one.line));
  at = 0;
  drawList(offered.slash.length);
}

function drawList(all) {
  area.hidden = false;
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-controls", "slash-list");
  box.setAttribute("aria-expanded", "true");
  const options = found.map((one, i) =>
    h(
      "li",
      { role: "option", id: `slash-${i}`, "aria-selected": String(i === at), onmousedown: (event) => { event.preventDefault(); pick(one); } },
      h("strong", {}, `/${one.line}`),
      " ",
      h("span", { class: "small" }, one.description),
    ),
  );
  const none = all ? "No command fits. Go on typing, or take a few letters away." : "There is no command here yet. Is the bot running?";
  fill(area, found.length ? h("ul", { id: "slash-list", role: "listbox", "aria-label": "Commands" }, options) : h("p", { id: "slash-list" }, none));
  mark();
}

function mark() {
  [...area.querySelectorAll("[role=option]")].forEach((one, i) => {
    one.setAttribute("aria-selected", String(i === at));
    if (i === at) one.scrollIntoView({ block: "nearest" });
  });
  if (found.length) box.setAttribute("aria-activedescendant", `slash-${at}`);
}

/** Keys that mean something while the list is open; true when one did. */
export function keyInSlash(event) {
  if (area.hidden || !box.value.startsWith("/")) return false;
  if (event.key === "Escape") closeSlash();
  else if (event.key === "ArrowDown" && found.length) at = (at + 1) % found.length;
  else if (event.key === "ArrowUp" && found.length) at = (at + found.length - 1) % found.length;
  else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && found.length) pick(found[at]);
  else if (event.key !== "Enter") return false;
  event.preventDefault();
  mark();
  return true;
}

function pick(command) {
  asked += 1;
  box.value = "";
  found = [];
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
  if (!command.options.length) return send(command, {});
  const readers = {};
  const rest = h("div", { class: "options" });
  const fields = command.options.map((option) => [option, field(command, option, readers)]);
  rest.append(...fields.filter(([option]) => option.required).map(([, node]) => node));
  const left = fields.filter(([option]) => !option.required).map(([, node]) => node);
  if (left.length) rest.append(h("details", { open: left.length === fields.length || left.length < 3 }, h("summary", {}, `${left.length} more, which you can leave out`), h("div", { class: "options" }, left)));
  const form = h(
    "form",
    { class: "command", "aria-label": `/${command.line}` },
    h("p", {}, h("strong", {}, `/${command.line}`), " ", h("span", { class: "small" }, command.description)),
    rest,
    h("p", { class: "buttons" }, h("button", { class: "main" }, "Send command"), " ", h("button", { type: "button", onclick: leave }, "Cancel")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(command, Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, read()])), form);
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && leave());
  area.hidden = false;
  fill(area, form);
  form.querySelector("input, select")?.focus();
}

function leave() {
  closeSlash();
  box.focus();
}

async function send(command, options, form) {
  failed("");
  const button = form?.querySelector("button.main");
  if (button) button.disabled = true;
  try {
    const answer = await act("slash", { channel: store.in, command: command.line, options });
    leave();
    answered(answer);
  } catch (error) {
    failed(error.message);
  } finally {
    if (button) button.disabled = false;
  }
}

// one option

function field(command, option, readers) {
  const id = newId("option");
  const control = option.choices.length ? choices(option, id)
    : option.type === 5 ? choices({ ...option, choices: [{ value: "true", label: "Yes" }, { value: "false", label: "No" }] }, id)
    : option.type >= 6 && option.type <= 9 ? choices({ ...option, choices: forOption(option.type) }, id)
    : typedIn(option, id);
  control.setAttribute("aria-describedby", `${id}-hint`);
  readers[option.name] = () => control.value;
  const parts = [h("label", { for: id }, option.shown), control];
  if (option.autocomplete) parts.push(suggest(command, option, control, readers));
  return h("div", { class: "field" }, ...parts, h("span", { class: "small", id: `${id}-hint` }, option.description));
}

function choices(option, id) {
  return h("select", { id, required: option.required }, h("option", { value: "" }, option.required ? "Choose" : "(left out)"), option.choices.map((one) => h("option", { value: String(one.value) }, one.label)));
}

function typedIn(option, id) {
  const numeric = option.type === 4 || option.type === 10;
  return h("input", { id, type: "text", inputMode: numeric ? "decimal" : "text", required: option.required, autocomplete: "off", maxLength: option.max_length ?? 6000 });
}

/** Suggestions of the bot while an option is typed. */
function suggest(command, option, control, readers) {
  const id = newId("suggestions");
  const shown = h("ul", { id, role: "listbox", class: "suggestions", hidden: true, "aria-label": `Suggestions for ${option.shown}` });
  let here = [];
  let current = -1;
  let ticket = 0;
  let chosen = null; // {label, value}: what is shown is a name, what is sent its value
  control.setAttribute("role", "combobox");
  control.setAttribute("aria-controls", id);
  control.setAttribute("aria-expanded", "false");
  control.setAttribute("aria-autocomplete", "list");
  readers[option.name] = () => (chosen && chosen.label === control.value ? chosen.value : control.value);
  const close = () => {
    shown.hidden = true;
    here = [];
    current = -1;
    control.setAttribute("aria-expanded", "false");
    control.removeAttribute("aria-activedescendant");
  };
  const take = (one) => {
    chosen = one;
    control.value = one.label;
    close();
  };
  const draw = () => {
    fill(shown, here.map((one, i) => h("li", { role: "option", id: `${id}-${i}`, "aria-selected": String(i === current), onmousedown: (event) => { event.preventDefault(); take(one); } }, one.label)));
    shown.hidden = !here.length;
    control.setAttribute("aria-expanded", String(here.length > 0));
    if (current >= 0) {
      control.setAttribute("aria-activedescendant", `${id}-${current}`);
      shown.children[current].scrollIntoView({ block: "nearest" });
    }
  };
  const ask = async () => {
    const own = ++ticket;
    const options = Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, read()]));
    const body = { channel: store.in, command: command.line, option: option.name, typed: control.value, options };
    const answer = await post("suggest", body).catch(() => ({ choices: [] }));
    if (own !== ticket || document.activeElement !== control) return;
    const picked = here[current]?.value; // a newer list must not take the choice from under a key
    here = answer.choices;
    current = picked === undefined ? -1 : here.findIndex((one) => one.value === picked);
    draw();
  };
  control.addEventListener("input", ask);
  control.addEventListener("focus", ask);
  control.addEventListener("blur", () => { ticket += 1; close(); });
  control.addEventListener("keydown", (event) => {
    if (!here.length) return;
    if (event.key === "ArrowDown") current = (current + 1) % here.length;
    else if (event.key === "ArrowUp") current = (current + here.length - 1) % here.length;
    else if (event.key === "Enter" && current >= 0) take(here[current]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (here.length) draw();
  });
  return shown;
}
