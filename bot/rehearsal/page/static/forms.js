// A form of the bot (Discord calls it a modal): every kind of field that it can have.

import { byId, h, newId, openDialog } from "./dom.js";
import { peopleRolesChannels } from "./choices.js";
import { markdown } from "./markdown.js";
import { act } from "./net.js";

let open = null;

/** Close the form on screen; it belongs to somebody else, or to a rehearsal that is over. */
export function closeForm() {
  open?.close();
}

/** Show a form; `answered` gets the bot's answer to it. */
export function openForm(form, answered) {
  closeForm();
  const readers = [];
  const error = h("p", { class: "error", role: "alert" });
  const send = h("button", { type: "submit", class: "main" }, "Submit");
  const body = h(
    "form",
    { class: "fields", noValidate: false },
    form.components.map((one) => field(one, readers)),
    error,
    h("p", { class: "buttons" }, send, " ", h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")),
  );
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = readers.map((one) => one.wrong?.()).find(Boolean);
    if (wrong) return void (error.textContent = wrong);
    send.disabled = true;
    error.textContent = "";
    const answers = Object.fromEntries(readers.map((one) => [one.id, one.read()]).filter(([, value]) => value !== null));
    try {
      const answer = await act("submit", { form: form.key, answers });
      if (answer.failed) return void (error.textContent = `${answer.failed} Your answers are still here; you can try again.`);
      dialog.close();
      byId("write").focus({ preventScroll: true });
      answered(answer);
    } catch (refused) {
      error.textContent = refused.message;
    } finally {
      send.disabled = false;
    }
  });
  const dialog = openDialog(form.title, body, { onclose: () => (open = null) });
  open = dialog;
  body.querySelector("input, textarea, select")?.focus();
}

function field(one, readers) {
  if (one.type === 10) return h("div", { class: "text" }, markdown(one.content));
  const inner = one.type === 1 ? one.components[0] : one.component;
  const label = one.type === 1 ? inner.label : one.label;
  return (GROUPS[inner.type] ?? single)(inner, label, one.description ?? "", readers);
}

const GROUPS = {
  21: (one, label, hint, readers) => group(one, label, hint, readers, "radio"),
  22: (one, label, hint, readers) => group(one, label, hint, readers, "checkbox"),
  23: checkbox,
};

const optional = (one) => (one.required === false ? h("span", { class: "small" }, " (you can leave this out)") : null);

function single(one, label, hint, readers) {
  const id = newId("field");
  const control = one.type === 4 ? text(one, id) : select(one, id);
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  readers.push({
    id: one.custom_id,
    read: () => (one.type === 4 ? control.value : [...control.selectedOptions].map((o) => o.value).filter(Boolean)),
  });
  return h("div", { class: "field" }, h("label", { for: id }, label, optional(one)), hint ? h("p", { class: "small", id: `${id}-hint` }, hint) : null, control);
}

function text(one, id) {
  const shared = {
    id,
    required: one.required !== false,
    maxLength: one.max_length ?? 4000,
    minLength: one.min_length ?? 0,
    placeholder: one.placeholder ?? "",
    value: one.value ?? "",
    autocomplete: "off",
  };
  return one.style === 2 ? h("textarea", { ...shared, rows: 4 }) : h("input", { type: "text", ...shared });
}

function select(one, id) {
  const many = (one.max_values ?? 1) > 1;
  const options = one.type === 3 ? one.options : peopleRolesChannels(one.type);
  return h(
    "select",
    { id, multiple: many, required: one.required !== false },
    many ? null : h("option", { value: "" }, one.placeholder ?? "Choose"),
    options.map((o) => h("option", { value: o.value, selected: o.default ?? false }, o.description ? `${o.label} (${o.description})` : o.label)),
  );
}

function group(one, label, hint, readers, type) {
  const name = newId("group");
  const needed = one.required !== false;
  const inputs = one.options.map((o) => ({
    option: o,
    input: h("input", { type, name, value: o.value, checked: o.default ?? false, required: needed && type === "radio" }),
  }));
  const chosen = () => inputs.filter(({ input }) => input.checked).map(({ input }) => input.value);
  readers.push({
    id: one.custom_id,
    read: () => (type === "radio" ? (chosen()[0] ?? null) : chosen()),
    wrong: () => {
      const least = one.min_values ?? (needed ? 1 : 0);
      if (type === "checkbox" && needed && chosen().length < least) return `${label}: please tick ${least === one.options.length ? "all of them" : `at least ${least}`}.`;
      return "";
    },
  });
  return h(
    "fieldset",
    { class: "field" },
    h("legend", {}, label, optional(one)),
    hint ? h("p", { class: "small" }, hint) : null,
    inputs.map(({ option, input }) => h("label", { class: "choice" }, input, h("span", {}, option.label, option.description ? h("span", { class: "small" }, ` ${option.description}`) : null))),
  );
}

function checkbox(one, label, hint, readers) {
  const input = h("input", { type: "checkbox", checked: one.default ?? false });
  readers.push({ id: one.custom_id, read: () => input.checked });
  return h("div", { class: "field" }, h("label", { class: "choice" }, input, h("span", {}, label)), hint ? h("p", { class: "small" }, hint) : null);
}
