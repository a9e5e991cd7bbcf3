// The messages of one place: pages of them, at most LONGEST on screen, the rest fetched on the way.

import { announce, byId, fill, h, openDialog } from "./dom.js";
import { attachments, components, embed } from "./components.js";
import { openForm } from "./forms.js";
import { inline, markdown } from "./markdown.js";
import { act, get } from "./net.js";
import { place, store } from "./store.js";
import { dayOf, stamp, told } from "./times.js";
import { failed, editMessage, replyTo } from "./writing.js";

const PAGE = 50;
const LONGEST = 150;
const NEAR = 600; // pixels from an end at which the next page is fetched
const GROUP = 7 * 60 * 1000; // milliseconds in which messages of one author stand together

const list = byId("messages");
const scroll = byId("scroll");
let shown = []; // the messages on screen, oldest first
let more = { older: false, newer: false };
let loading = null; // what is being fetched, so that a late answer is dropped

const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
let stuck = true; // the newest stays in sight when the window or a message changes its size
function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  stuck = true;
}
const compare = (a, b) => a.length - b.length || (a < b ? -1 : Number(a > b)); // ids as numbers

/** Show the newest messages of the place this page is in, or those around one of them. */
export async function load(around = "") {
  const ticket = (loading = {});
  const where = store.in;
  const query = around ? { around } : {};
  const found = await get("messages", { in: where, limit: PAGE, ...query });
  if (ticket !== loading || where !== store.in) return;
  shown = found.messages;
  more = { older: found.older, newer: found.newer };
  draw();
  toEnd();
  if (around) jumpTo(around);
  markRead();
}

/** Nothing is on screen any more. */
export function clear() {
  loading = null;
  shown = [];
  more = { older: false, newer: false };
  fill(list);
}

async function extend(older) {
  if (loading?.busy || !shown.length || !(older ? more.older : more.newer)) return;
  const ticket = (loading = { busy: true });
  const query = older ? { before: shown[0].id } : { after: shown.at(-1).id };
  const found = await get("messages", { in: store.in, limit: PAGE, ...query }).catch(() => null);
  if (ticket !== loading) return;
  loading = null;
  if (!found) return;
  const anchor = older ? list.querySelector("li[data-id]") : list.querySelector("li[data-id]:last-of-type");
  const before = anchor?.getBoundingClientRect().top ?? 0;
  const key = anchor?.dataset.id;
  if (older) {
    shown = [...found.messages, ...shown].slice(0, LONGEST);
    more = { older: found.older, newer: more.newer || shown.length === LONGEST };
  } else {
    shown = [...shown, ...found.messages].slice(-LONGEST);
    more = { older: more.older || shown.length === LONGEST, newer: found.newer };
  }
  draw();
  const after = key && list.querySelector(`li[data-id="${key}"]`);
  if (after) scroll.scrollTop += after.getBoundingClientRect().top - before;
}

/** A message came, changed, or went. */
export function heard(event) {
  if (event.channel !== store.in) return;
  if (event.type === "new") return arrived(event.message);
  const at = shown.findIndex((one) => one.id === (event.message.id ?? event.message));
  if (at < 0) return;
  const stay = atEnd();
  if (event.type === "gone") {
    shown.splice(at, 1);
    draw();
  } else {
    shown[at] = event.message;
    redraw(at);
    if (event.message.author.bot && event.message.ephemeral) speak(event.message);
  }
  if (stay) toEnd();
}

function arrived(message) {
  if (more.newer || shown.some((one) => one.id === message.id)) return;
  const stay = atEnd() || message.mine;
  if (!stay && shown.length >= LONGEST) {
    more.newer = true; // somebody reads further up; what is new waits below
    return decorate();
  }
  shown.push(message);
  shown.sort((a, b) => compare(a.id, b.id));
  if (shown.at(-1) === message) list.append(...drawn(message, shown.at(-2)));
  else draw();
  if (shown.length > LONGEST && stay) dropOldest();
  decorate();
  if (stay) toEnd();
  if (!message.mine && !message.loading) speak(message);
  if (stay) markRead();
}

/** Take the oldest off the screen, with the lines of days that have nothing under them any more. */
function dropOldest() {
  shown.splice(0, shown.length - LONGEST);
  more.older = true;
  const first = list.querySelector(`li[data-id="${shown[0].id}"]`);
  while (list.firstChild !== first) list.firstChild.remove();
  list.prepend(...drawn(shown[0], null).slice(0, 1));
}

function speak(message) {
  const node = list.querySelector(`li[data-id="${message.id}"] .body`);
  announce(`${message.author.name}: ${(node?.innerText ?? "").slice(0, 300)}`);
}

/** Tell that everything here was read, when it was on screen. */
export function markRead() {
  const here = place();
  if (here?.unread && document.visibilityState === "visible" && atEnd() && !more.newer) {
    here.unread = here.pings = 0;
    act("read", { channel: store.in }).catch(() => {});
  }
}

// drawing

function draw() {
  const nodes = [];
  shown.forEach((message, at) => nodes.push(...drawn(message, shown[at - 1])));
  fill(list, nodes);
  decorate();
}

/** Draw what is on screen anew: the day is another. */
export function drawAgain() {
  const stay = atEnd();
  draw();
  if (stay) toEnd();
}

function redraw(at) {
  const old = list.querySelector(`li[data-id="${shown[at].id}"]`);
  if (!old) return;
  const focus = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const fresh = item(shown[at], shown[at - 1]);
  old.replaceWith(fresh);
  if (focus) (fresh.querySelector(`[data-key="${CSS.escape(focus)}"]`) ?? fresh).focus({ preventScroll: true });
}

function decorate() {
  byId("newest").hidden = !more.newer;
  const here = place();
  const name = here?.kind === "direct" ? "your conversation with the bot" : `#${here?.name ?? ""}`;
  byId("begin").textContent = more.older ? "Older messages are above." : `This is the beginning of ${name}.`;
}

function drawn(message, before) {
  const when = new Date(message.at);
  const newDay = !before || dayOf(new Date(before.at)) !== dayOf(when);
  const line = newDay ? [h("li", { class: "day" }, h("span", {}, dayOf(when)))] : [];
  return [...line, item(message, newDay ? null : before)];
}

function item(message, before) {
  const when = new Date(message.at);
  const together =
    before && !before.note && !message.note && !message.reply && before.author.id === message.author.id &&
    before.ephemeral === message.ephemeral && when - new Date(before.at) < GROUP;
  const classes = ["message", together && "together", message.ephemeral && "ephemeral", message.pinged && place()?.kind !== "direct" && "pinged", message.note && "note"];
  return h(
    "li",
    { class: classes.filter(Boolean).join(" "), data: { id: message.id }, tabIndex: -1 },
    message.reply ? quoted(message.reply) : null,
    h(
      "div",
      { class: together ? "head unseen" : "head" },
      h("span", { class: "author" }, message.author.name),
      message.author.bot ? h("span", { class: "tag" }, "bot") : null,
      h("time", { dateTime: message.at, title: told(when, "F") }, stamp(when)),
      message.silent ? h("span", { class: "tag" }, "silent") : null,
      message.pinned ? h("span", { class: "tag" }, "pinned") : null,
    ),
    body(message),
    message.ephemeral ? h("p", { class: "small only-you" }, `Only ${store.as} can see this.`) : null,
    message.loading || message.note ? null : tools(message),
  );
}

function body(message) {
  if (message.loading) return h("div", { class: "body" }, h("p", { class: "small" }, `${message.author.name} is thinking …`));
  const use = (what, id, values, button) => useComponent(message, what, id, values, button);
  return h(
    "div",
    { class: "body" },
    message.forwarded.map((one) => h("blockquote", {}, h("p", { class: "small" }, "Forwarded"), markdown(one.content))),
    message.content ? h("div", { class: "text" }, message.note ? inline(message.content) : markdown(message.content)) : null,
    message.embeds.map(embed),
    components(message.components, use),
    attachments(message),
    message.edited ? h("span", { class: "small" }, "(edited)") : null,
    message.thread ? h("p", {}, h("a", { href: "#", class: "mention", data: { channel: message.thread.id, message: "" } }, `Thread: ${message.thread.name}`)) : null,
  );
}

function quoted(reply) {
  return h("p", { class: "small reply" }, reply.id ? `In reply to ${reply.name}: ` : "", inline(reply.text.replaceAll("\n", " ")));
}

function tools(message) {
  const label = `What to do with the message of ${message.author.name}`;
  return h("button", { type: "button", class: "icon tools-of", "aria-haspopup": "dialog", "aria-label": label, data: { key: `tools-${message.id}` }, onclick: () => menuOf(message) }, "…");
}

// doing

async function useComponent(message, what, custom_id, values, button) {
  failed("");
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  const where = { channel: message.channel, message: message.id };
  try {
    const answer = await act(what, { ...where, custom_id, values });
    button.disabled = false;
    button.focus({ preventScroll: true });
    answered(answer);
  } catch (error) {
    failed(error.message);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

/** Show what an interaction brought: a form, or that nobody answered. */
export function answered(answer) {
  if (answer.failed) failed(answer.failed);
  if (answer.form) openForm(answer.form, answered);
}

async function menuOf(message) {
  const channel = message.channel;
  const where = { channel, message: message.id };
  const entry = (label, onclick, look = "") =>
    h("li", {}, h("button", { type: "button", class: look, onclick: () => { dialog.close(); onclick(); } }, label));
  const attempt = (what, body) => act(what, body).then(answered, (error) => failed(error.message));
  const apps = h("ul", { class: "plain" });
  const dialog = openDialog(
    `Message of ${message.author.name}`,
    h(
      "ul",
      { class: "plain" },
      message.ephemeral || !place()?.writes ? null : entry("Reply", () => replyTo(message)),
      message.mine ? entry("Edit", () => editMessage(message)) : null,
      message.ephemeral ? null : entry("Forward", () => forward(message)),
      message.deletable && !message.ephemeral ? entry("Delete", () => attempt("delete", where), "danger") : null,
      h("li", {}, apps),
    ),
  );
  const found = message.ephemeral ? { menu: [] } : await get("commands", { in: channel }).catch(() => ({ menu: [] }));
  apps.append(...found.menu.map((one) => entry(`Apps: ${one.shown}`, () => attempt("menu", { ...where, name: one.name }))));
  if (!dialog.querySelector(".plain button")) dialog.append(h("p", {}, "There is nothing you can do with this one."));
}

function forward(message) {
  const places = store.state.places.filter((one) => one.kind !== "category" && one.writes);
  const select = h("select", { id: "forward-to" }, places.map((one) => h("option", { value: one.id }, one.kind === "direct" ? one.name : `#${one.name}`)));
  const send = () => {
    const body = { channel: message.channel, message: message.id, to: select.value };
    dialog.close();
    act("forward", body).catch((error) => failed(error.message));
  };
  const dialog = openDialog("Forward this message", h("p", {}, h("label", { for: "forward-to" }, "Where to "), select, " ", h("button", { type: "button", class: "main", onclick: send }, "Forward")));
}

export async function openPins() {
  const found = await get("pins", { in: store.in });
  const nodes = found.messages.map((one) => h("li", { class: "message" }, h("div", { class: "head" }, h("span", { class: "author" }, one.author.name), " ", h("time", {}, stamp(new Date(one.at)))), body(one)));
  const dialog = openDialog("Pinned here", h("ul", { class: "plain pins" }, nodes), { wide: true });
  dialog.addEventListener("click", (event) => event.target.closest("[data-channel]") && dialog.close());
}

/** Bring a message into sight and put the focus on it. */
function jumpTo(id) {
  const node = list.querySelector(`li[data-id="${id}"]`);
  if (!node) return failed("That message is not there any more.");
  stuck = false;
  node.scrollIntoView({ block: "center" });
  node.classList.add("found");
  node.focus({ preventScroll: true });
}

// moving among messages

function step(event) {
  const moves = { ArrowUp: -1, ArrowDown: 1 };
  if (event.key === "End" && event.target === scroll) return showNewest();
  if (!(event.key in moves) || event.target.closest("select, textarea, input")) return;
  const items = [...list.querySelectorAll("li[data-id]")];
  const at = items.indexOf(document.activeElement.closest("li[data-id]"));
  const next = at < 0 ? items.at(-1) : items[at + moves[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

export function showNewest() {
  if (more.newer) load().catch((error) => failed(error.message));
  else toEnd();
}

scroll.addEventListener("keydown", step);
scroll.addEventListener("scroll", () => {
  stuck = atEnd();
  if (scroll.scrollTop < NEAR) extend(true);
  else if (scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR) extend(false);
  markRead();
}, { passive: true });
byId("newest").addEventListener("click", showNewest);
document.addEventListener("visibilitychange", markRead);
const sizes = new ResizeObserver(() => stuck && toEnd());
sizes.observe(scroll);
sizes.observe(list);
