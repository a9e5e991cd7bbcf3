// The two lists on the left: whom one can be, and the places that person sees.

import { byId, fillWhenChanged, h } from "./dom.js";
import { act } from "./net.js";
import { me, place, store } from "./store.js";
import { city, clockIn, now } from "./times.js";
import { failed } from "./writing.js";

const count = (number, word) => (number ? h("span", { class: "count" }, h("span", {}, String(number)), h("span", { class: "unseen" }, ` ${word}`)) : null);

/** Draw both; `be(name)` and `enter(id)` are called when one is chosen. */
export function drawSides(be, enter) {
  drawPeople(be);
  drawPlaces(enter);
}

function drawPeople(be) {
  const { people, clock } = store.state;
  const shown = people.map((one) => ({ ...one, time: clockIn(now(), one.zone), you: one.name === store.as, away: one.zone !== clock.zone }));
  fillWhenChanged(byId("people"), shown, () => [
    h("h2", {}, "You are"),
    h("ul", { class: "plain" }, shown.map((one) => h("li", {}, person(one, be)))),
    yourself(shown.find((one) => one.you)),
  ]);
}

function person(one, be) {
  const roles = one.roles.filter((role) => role !== "Managers");
  const about = one.here ? roles.join(", ") || "no role" : "not in the server";
  const where = one.away ? `, ${one.time} in ${city(one.zone)}` : "";
  return h(
    "button",
    { type: "button", class: "entry", "aria-pressed": String(one.you), data: { key: `person-${one.name}`, person: one.name }, onclick: () => be(one.name) },
    h("span", { class: "face", "aria-hidden": "true" }, one.name.slice(0, 1)),
    h("span", { class: "who" }, h("span", { class: "name" }, one.name), h("span", { class: "small" }, about + where)),
    one.you ? null : count(one.pings, "for them"),
  );
}

function yourself(one) {
  if (!one) return null;
  const attempt = (what, body) => () => act(what, body).catch((error) => failed(error.message));
  const button = (key, label, what, body) => h("button", { type: "button", data: { key }, onclick: attempt(what, body) }, label);
  return h(
    "p",
    { class: "yourself" },
    one.takes_direct
      ? button("direct", `Close ${one.name}’s direct messages`, "direct", { open: false })
      : button("direct", `Open ${one.name}’s direct messages`, "direct", { open: true }),
    " ",
    one.here ? button("member", "Leave the server", "leave", {}) : button("member", "Join the server", "join", {}),
  );
}

function drawPlaces(enter) {
  const { places, server } = store.state;
  const shown = [server, store.in, places.map(({ id, kind, name, unread, pings, archived }) => [id, kind, name, unread, pings, archived])];
  fillWhenChanged(byId("places"), shown, () => [
    h("h2", {}, server),
    h("ul", { class: "plain" }, h("li", { class: "category" }, "Direct messages"), places.map((one) => (one.kind === "category" ? h("li", { class: "category" }, one.name) : h("li", {}, door(one, enter))))),
    me()?.here === false ? h("p", { class: "small" }, `${store.as} is not in the server. Direct messages stay.`) : null,
  ]);
}

function door(one, enter) {
  const sign = { direct: "@", thread: "↳", text: "#" }[one.kind];
  const unread = one.unread && one.id !== store.in;
  return h(
    "button",
    {
      type: "button",
      class: `entry ${one.kind}${unread ? " unread" : ""}`,
      "aria-current": one.id === store.in ? "page" : undefined,
      data: { key: `place-${one.id}`, place: one.name },
      onclick: () => enter(one.id),
    },
    h("span", { class: "sign", "aria-hidden": "true" }, sign),
    h("span", { class: "name" }, one.name),
    unread ? (count(one.pings, "for you") ?? h("span", { class: "dot" }, h("span", { class: "unseen" }, " has something new"))) : null,
  );
}

/** The line above the messages: where this is, and who else sees it. */
export function drawPlace() {
  const here = place();
  const name = byId("place-name");
  name.textContent = !here ? "Nowhere" : here.kind === "direct" ? `${here.name}, direct messages with ${store.as}` : `#${here.name}`;
  document.title = here ? `${store.as} in ${here.name} – Handrail rehearsal` : "Handrail rehearsal";
  const others = (here?.seen_by ?? []).filter((one) => one !== store.as);
  const seen = !here ? "" : here.kind === "direct" ? `Only ${store.as} reads this.` : others.length ? `Also seen by ${others.join(", ")}.` : `Of these people only ${store.as} sees this.`;
  byId("place-more").textContent = [here?.home && `In ${here.home}.`, seen].filter(Boolean).join(" ");
  const about = byId("place-about");
  about.hidden = !here?.topic;
  about.querySelector("p").textContent = here?.topic ?? "";
  const pins = byId("open-pins");
  pins.hidden = !here?.pins;
  pins.textContent = `Pinned (${here?.pins ?? 0})`;
}
