// Writing: messages, replies, edits, and the way into the slash commands.

import { byId, fill, h, openDialog } from "./dom.js";
import { act } from "./net.js";
import { closeSlash, keyInSlash, slashTyped } from "./slash.js";
import { me, place, store } from "./store.js";

const box = byId("write");
let reply = null;

/** Say under the messages what did not work; an empty text takes it away. */
export function failed(text) {
  const line = byId("failed");
  line.hidden = !text;
  line.textContent = text;
}

/** Make the box fit the place this page is in. */
export function drawWriting() {
  const here = place();
  const writes = Boolean(here?.writes);
  const name = !here ? "" : here.kind === "direct" ? here.name : `#${here.name}`;
  byId("write-label").textContent = `Message in ${name} as ${store.as}`;
  box.placeholder = writes ? `Write in ${name} as ${store.as}` : "";
  const gone = me() && !me().here && here?.kind !== "direct";
  byId("write-hint").textContent = writes
    ? "Enter sends, Shift and Enter starts a line, / shows the commands."
    : gone ? "" : `${store.as} can read here and use commands, and cannot write.`;
}

/** Another person, another place: what was begun is dropped. */
export function resetWriting() {
  reply = null;
  box.value = "";
  failed("");
  showReply();
  closeSlash();
}

export function replyTo(message) {
  reply = message;
  showReply();
  box.focus();
}

function showReply() {
  const line = byId("replying");
  line.hidden = !reply;
  if (reply) fill(line, `In reply to ${reply.author.name}. `, h("button", { type: "button", class: "icon", onclick: () => { reply = null; showReply(); box.focus(); } }, "Leave it"));
}

/** Mentions as they are typed, in place of their ids. */
function typed(text) {
  const { users, roles, channels } = store.state.names;
  return text
    .replace(/<@!?(\d+)>/g, (all, id) => (users[id] ? `@${users[id]}` : all))
    .replace(/<@&(\d+)>/g, (all, id) => (roles[id] ? `@${roles[id]}` : all))
    .replace(/<#(\d+)>/g, (all, id) => (channels[id] ? `#${channels[id]}` : all));
}

export function editMessage(message) {
  const area = h("textarea", { id: "edit-text", rows: 4, maxLength: 2000, value: typed(message.content) });
  const error = h("p", { class: "error", role: "alert" });
  const save = async (event) => {
    event.preventDefault();
    try {
      await act("edit", { channel: message.channel, message: message.id, text: area.value });
      dialog.close();
    } catch (refused) {
      error.textContent = refused.message;
    }
  };
  const form = h("form", { class: "fields", onsubmit: save }, h("label", { for: "edit-text" }, "New text"), area, error, h("p", {}, h("button", { class: "main" }, "Save")));
  const dialog = openDialog("Edit your message", form);
  area.focus();
}

async function send(event) {
  event.preventDefault();
  const text = box.value;
  if (!text.trim()) return;
  const original = reply;
  failed("");
  box.value = "";
  reply = null;
  showReply();
  fit();
  try {
    await act("say", { channel: store.in, text, reply_to: original?.id });
  } catch (error) {
    box.value = text;
    failed(error.message);
  }
}

function fit() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
}

box.addEventListener("input", () => {
  fit();
  slashTyped(box.value);
});
box.addEventListener("keydown", (event) => {
  if (event.isComposing || keyInSlash(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    byId("write-form").requestSubmit();
  }
});
byId("write-form").addEventListener("submit", send);
