// Making and replacing elements. Text always goes in as text, never as HTML.

/** An element: h("button", {class: "main", onclick: go, "aria-label": "Go"}, "Go"). */
export function h(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name in made && !name.includes("-") && name !== "list") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Put nodes in the place of what is inside, and keep the focus on what has the same data-key. */
export function fill(container, ...nodes) {
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  container.replaceChildren(...nodes.flat(Infinity).filter(Boolean));
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Call `fill` only when what is shown is another than last time. */
export function fillWhenChanged(container, shown, make) {
  const print = JSON.stringify(shown);
  if (container.print === print) return;
  container.print = print;
  fill(container, make());
}

let counter = 0;
export const newId = (word) => `${word}-${++counter}`;

/** Tell people who use a screen reader. */
export function announce(text) {
  const live = byId("live");
  live.append(h("p", {}, text));
  while (live.children.length > 5) live.firstChild.remove();
}

/** A modal window; Escape closes it, the focus goes back to where it was. */
export function openDialog(title, body, { onclose, wide } = {}) {
  const id = newId("dialog");
  const dialog = h(
    "dialog",
    { "aria-labelledby": id, class: wide ? "wide" : "" },
    h(
      "div",
      { class: "dialog-top" },
      h("h2", { id }, title),
      h("button", { type: "button", class: "icon", onclick: () => dialog.close() }, "Close"),
    ),
    body,
  );
  // The browser gives the focus back as it closes; by the time of the event it may have moved on.
  dialog.addEventListener("close", () => {
    dialog.remove();
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
